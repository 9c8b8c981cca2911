package boards

import (
	"go.opentelemetry.io/otel/attribute"

	"github.com/neuroglia-go/neuroglia/dashboards/grafana"
	"github.com/neuroglia-go/neuroglia/dashboards/limits"
	"github.com/neuroglia-go/neuroglia/dashboards/promql"
	"github.com/neuroglia-go/neuroglia/telemetry/registry"
)

// Message shows one command, query or event.
func Message() grafana.Dashboard {
	scopes := func(key string) string { return `span.` + key + `="$message" && resource.service.name=~"$service"` }
	return grafana.Dashboard{
		UID: MessageUID, Title: "Neuroglia / Message", Tags: []string{"neuroglia"},
		Description: "One command, query or event: how often, how long, what came of it, and its traces and logs.",
		Variables: append(choices(), grafana.OneOf("message", "Message", "Name of a command, query or event.",
			anyOf(func(s promql.Series, kind attribute.Key) promql.Expr { return s.Over("1h").Increase(kind) }))),
		Marks: []grafana.Mark{newVersions()},
		Rows: []grafana.Row{
			{Title: "$message", Panels: messageFirst()},
			{Title: "In time", Panels: messageInTime()},
			{Title: "Traces and logs", Panels: []grafana.Panel{
				grafana.TraceList("Traces", "The newest traces with this message, in all environments.", grafana.Traces(
					"{ ("+scopes(string(registry.MessageType))+") || ("+scopes(string(registry.EventType))+") }")),
				grafana.TraceList("Failed traces", "The newest traces in which this message failed, in all environments.", grafana.Traces(
					`{ span.`+string(registry.Outcome)+`="failure" && ((`+scopes(string(registry.MessageType))+
						") || ("+scopes(string(registry.EventType))+")) }")),
				grafana.LogLines("Logs",
					"Commands that succeeded, and all that was refused or failed. Open a record and follow View trace.",
					records(promql.Label(registry.MessageType)+`="$message" or `+promql.Label(registry.EventType)+`="$message"`)),
			}},
		},
	}
}

// anyOf is a query of the chosen message, whatever it is.
func anyOf(query func(s promql.Series, kind attribute.Key) promql.Expr) promql.Expr {
	return query(of(registry.CommandDuration()), registry.MessageType).
		Or(query(of(registry.QueryDuration()), registry.MessageType)).
		Or(query(of(registry.EventProcessingDuration()), registry.EventType))
}

// chosen is a query of the message that the variable names.
func chosen(query func(s promql.Series) promql.Expr) promql.Expr {
	return anyOf(func(s promql.Series, kind attribute.Key) promql.Expr {
		return query(s.Where(promql.Is(kind, "$message")))
	})
}

func quantile(q float64) promql.Expr {
	return chosen(func(s promql.Series) promql.Expr { return s.Quantile(q) })
}

func messageFirst() []grafana.Panel {
	const none = "none in this time range"
	return []grafana.Panel{
		grafana.Stat("How often", "Per second.", grafana.PerSecond, grafana.Metrics(
			chosen(func(s promql.Series) promql.Expr { return s.Rate() }), "rate")).WhenEmpty(none).Size(6, 4),
		grafana.Stat("Failed", "Part that failed. From the limit on somebody should look: see failed traces below.", grafana.Share,
			grafana.Metrics(chosen(func(s promql.Series) promql.Expr { return s.Share(failures()) }), "failed")).
			Limits(alert(limits.MessageFailureRatio)).WhenEmpty(none).Size(6, 4),
		grafana.Stat("p95", "95 % are faster.", grafana.Seconds, grafana.Metrics(quantile(0.95), "p95").Exemplars()).
			WhenEmpty(none).Size(6, 4),
		grafana.Stat("In the time range", "How often in the chosen time.", grafana.Count,
			grafana.Now(chosen(func(s promql.Series) promql.Expr { return s.Over(promql.Range).Grown() }), "total")).
			WhenEmpty(none).Size(6, 4),
	}
}

func messageInTime() []grafana.Panel {
	return []grafana.Panel{
		grafana.TimeSeries("Outcomes", "Per second: rejected is refused as is expected, canceled is given up by the caller, retried "+
			"is tried again.",
			grafana.PerSecond,
			grafana.Metrics(chosen(func(s promql.Series) promql.Expr { return s.Rate(registry.Outcome) }),
				legend(registry.Outcome))).Stacked(),
		grafana.TimeSeries("Duration", "Percentiles. Each point is one message: click it to see its trace.", grafana.Seconds,
			grafana.Metrics(quantile(0.5), "p50"), grafana.Metrics(quantile(0.95), "p95").Exemplars(), grafana.Metrics(quantile(0.99),
				"p99")),
		grafana.Heatmap("Distribution of durations",
			"How many took how long. Two bands are two kinds of work, such as found and not found.",
			grafana.Seconds, grafana.Metrics(chosen(func(s promql.Series) promql.Expr { return s.Buckets() }), "{{le}}")),
		grafana.TimeSeries("Failures by error", "How often since the point before, by error.type.", grafana.Count,
			grafana.Metrics(chosen(func(s promql.Series) promql.Expr {
				return s.Where(failures()...).Grown(registry.ErrorType)
			}), legend(registry.ErrorType))).WhenEmpty("no failures").Size(12, 8),
		grafana.TimeSeries("In progress", "Being handled now, of commands and queries, from neuroglia.message.active.",
			grafana.Number,
			grafana.Metrics(of(registry.ActiveMessages(), promql.Is(registry.MessageType, "$message")).Sum(serviceKey),
				legend(serviceKey))).
			WhenEmpty("an event, or none yet").Size(12, 8),
	}
}
