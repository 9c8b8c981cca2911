package boards

import (
	"go.opentelemetry.io/otel/attribute"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"

	"github.com/neuroglia-go/neuroglia/dashboards/grafana"
	"github.com/neuroglia-go/neuroglia/dashboards/limits"
	"github.com/neuroglia-go/neuroglia/dashboards/promql"
	"github.com/neuroglia-go/neuroglia/telemetry"
	"github.com/neuroglia-go/neuroglia/telemetry/registry"
)

// Overview shows rate, errors and duration of all that a service does, and what it does it with.
func Overview() grafana.Dashboard {
	return grafana.Dashboard{
		UID: OverviewUID, Title: "Neuroglia / Overview", Tags: []string{"neuroglia"},
		Description: "Rate, errors and duration of HTTP, commands, queries, events and repositories.",
		Variables:   choices(),
		Marks:       []grafana.Mark{newVersions()},
		Rows: []grafana.Row{
			{Title: "Is it broken?", Panels: first()},
			{Title: "HTTP", Panels: append(httpPanels(), admissionPanels()...)},
			{Title: "Commands", Panels: messagePanels("command", registry.CommandDuration())},
			{Title: "Queries", Panels: messagePanels("query", registry.QueryDuration())},
			{Title: "Events", Panels: eventPanels()},
			{Title: "Repositories and database", Panels: repositoryPanels()},
			{Title: "Calls and messages to others", Folded: true, Panels: append(dependencyPanels(), guardPanels()...)},
			{Title: "Process", Panels: processPanels()},
			{Title: "More of HTTP and process", Folded: true, Panels: morePanels()},
			{Title: "Who calls whom", Folded: true, Panels: []grafana.Panel{
				grafana.ServiceMap("Service map",
					"From the metrics that Tempo makes of spans. Empty without Tempo, or if no service called another.",
					grafana.ServiceGraph(`{server=~"$service"}`)),
			}},
			{Title: "Failures", Panels: []grafana.Panel{
				grafana.LogLines("Errors in the logs",
					"Log records of level error. Open one and follow View trace to see the request that it belongs to.",
					records(`detected_level="error"`)),
			}},
		},
	}
}

// first answers whether anything is wrong.
func first() []grafana.Panel {
	server, commands := of(registry.HTTPServerRequestDuration()), of(registry.CommandDuration())
	events := of(registry.EventProcessingDuration())
	return []grafana.Panel{
		grafana.Stat("Requests", "HTTP requests per second, from http.server.request.duration. None: is traffic reaching the "+
			"service?",
			grafana.Requests, grafana.Metrics(server.Rate(), "requests")).WhenEmpty("no request yet"),
		grafana.Stat("Failed requests",
			"Part of the HTTP requests answered with 5xx. From the first limit on the error budget is used up too soon, from the "+
				"second on now.",
			grafana.Share, grafana.Metrics(server.Share(failedRequests()), "failed")).
			Limits(warn(limits.SlowErrorRatio), alert(limits.FastErrorRatio)).WhenEmpty("no traffic"),
		grafana.Stat("Latency p95", "95 % of the HTTP requests are faster. Slow: look at the row HTTP for the route, then at an "+
			"exemplar's trace.",
			grafana.Seconds, grafana.Metrics(server.Quantile(0.95), "p95").Exemplars()).
			Limits(alert(limits.HTTPLatency)).WhenEmpty("no traffic"),
		grafana.Stat("Failed commands", "Part of the commands with the outcome failure. Refusals are no failures.",
			grafana.Share, grafana.Metrics(commands.Share(failures()), "failed")).
			Limits(alert(limits.MessageFailureRatio)).WhenEmpty("no traffic"),
		grafana.Stat("Failed events", "Part of the handlings of events that failed for good: work that a commit promised and "+
			"that is left undone. What is tried again is no failure.",
			grafana.Share, grafana.Metrics(events.Share(failures()), "failed")).
			Limits(alert(limits.EventFailureRatio)).WhenEmpty("no traffic"),
		grafana.Stat("Age of telemetry", "Seconds since the newest metric of the chosen services. Old: see the dashboard "+
			"Telemetry health.",
			grafana.Seconds, grafana.Now(targetInfo(scope()...).Age(), "age")).
			Limits(alert(seconds(limits.TelemetryAge))).WhenEmpty("no telemetry").Decimals(0).
			Link(grafana.ToBoard("Telemetry health", HealthUID, kept())),
	}
}

func failures() []promql.Match {
	return []promql.Match{promql.Is(registry.Outcome, registry.Failure)}
}

func failedRequests() []promql.Match {
	return []promql.Match{promql.In(semconv.HTTPResponseStatusCodeKey, "5..")}
}

func httpPanels() []grafana.Panel {
	server := of(registry.HTTPServerRequestDuration())
	byRoute := []attribute.Key{semconv.HTTPRequestMethodKey, semconv.HTTPRouteKey}
	route := legend(semconv.HTTPRequestMethodKey) + " " + legend(semconv.HTTPRouteKey)
	refused := []promql.Match{promql.In(semconv.HTTPResponseStatusCodeKey, "4..")}
	return []grafana.Panel{
		grafana.TimeSeries("Requests by route", "Requests per second, from http.server.request.duration.", grafana.Requests,
			grafana.Metrics(server.Rate(byRoute...), route)),
		grafana.TimeSeries("Failed requests in time",
			"Part of the requests answered with 5xx. Above the lines the error budget burns.",
			grafana.Share, grafana.Metrics(server.Share(failedRequests()), "5xx")).
			Limits(warn(limits.SlowErrorRatio), alert(limits.FastErrorRatio)),
		grafana.TimeSeries("Duration of requests", "Percentiles of all requests. Each point is a request: click it to see its trace.",
			grafana.Seconds, percentiles(server)...).Limits(alert(limits.HTTPLatency)),
		grafana.Table("Routes", "Each route in the time range. Look for much traffic that is slow, or fails.",
			grafana.Now(server.Over(promql.Range).Rate(byRoute...), ""),
			grafana.Now(server.Over(promql.Range).Share(failedRequests(), byRoute...), ""),
			grafana.Now(server.Over(promql.Range).Quantile(0.95, byRoute...), "")).
			Column(promql.Label(semconv.HTTPRequestMethodKey), "Method", "").Column(promql.Label(semconv.HTTPRouteKey), "Route", "").
			Column("Value #A", "Rate", grafana.Requests).Column("Value #B", "Failed", grafana.Share).
			Column("Value #C", "p95", grafana.Seconds).SortedBy("Rate").Narrow("Method", "Rate", "Failed", "p95").Size(12, 8),
		grafana.TimeSeries("Refused requests", "Part of the requests answered with 4xx: the caller's fault, unless there are "+
			"suddenly many.",
			grafana.Share, grafana.Metrics(server.Share(refused), "4xx")).Size(6, 8),
		grafana.TimeSeries("Requests in progress",
			"From http.server.active_requests. Growing without more requests: something that they wait for is stuck.", grafana.Number,
			grafana.Metrics(of(registry.HTTPServerActiveRequests()).Sum(serviceKey), legend(serviceKey))).Size(6, 8),
	}
}

// messagePanels show commands, or queries.
func messagePanels(kind string, m telemetry.Metric) []grafana.Panel {
	s := of(m)
	detail := grafana.ToBoard("This "+kind, MessageUID, kept(), "message", grafana.LabelOf(promql.Label(registry.MessageType)))
	return []grafana.Panel{
		grafana.TimeSeries("Rate by "+kind, "Per second, from "+m.Name+". Click one for its own dashboard.", grafana.PerSecond,
			grafana.Metrics(s.Rate(registry.MessageType), legend(registry.MessageType))).Link(detail),
		grafana.TimeSeries("Outcomes of all: "+kind,
			"Per second: rejected is refused as is expected of a healthy service, canceled is given up by the caller, failure "+
				"needs a look.",
			grafana.PerSecond, grafana.Metrics(s.Rate(registry.Outcome), legend(registry.Outcome))).Stacked(),
		grafana.TimeSeries("Duration: "+kind, "Percentiles of all. Each point is one of them: click it to see its trace.",
			grafana.Seconds, percentiles(s)...),
		grafana.TimeSeries("Failures by "+kind, "Part that failed. Above the line somebody should look: click one for its own "+
			"dashboard.",
			grafana.Share, grafana.Metrics(s.Share(failures(), registry.MessageType), legend(registry.MessageType))).
			Limits(alert(limits.MessageFailureRatio)).Link(detail).Size(12, 8),
		grafana.TimeSeries("p95 by "+kind, "95 % are faster. Click one for its own dashboard, or a point for its trace.",
			grafana.Seconds, p95(s, legend(registry.MessageType), registry.MessageType)).Link(detail).Size(12, 8),
	}
}

func eventPanels() []grafana.Panel {
	s := of(registry.EventProcessingDuration())
	byHandler := []attribute.Key{registry.EventType, registry.EventHandler}
	handler := legend(registry.EventType) + " " + legend(registry.EventHandler)
	detail := grafana.ToBoard("This event", MessageUID, kept(), "message", grafana.LabelOf(promql.Label(registry.EventType)))
	return []grafana.Panel{
		grafana.TimeSeries("Events by handler", "Handlings per second, from neuroglia.event.processing.duration.", grafana.PerSecond,
			grafana.Metrics(s.Rate(byHandler...), handler)).Link(detail),
		grafana.TimeSeries("Failed handlings", "Part that failed for good, by handler: work that a commit promised and that is "+
			"left undone. What is tried again is no failure.",
			grafana.Share, grafana.Metrics(s.Share(failures(), byHandler...), handler)).
			Limits(alert(limits.EventFailureRatio)).Link(detail),
		grafana.TimeSeries("p95 by handler", "95 % are faster. Handlers run in the command's time at first: a slow one makes the "+
			"command slow.",
			grafana.Seconds, p95(s, handler, byHandler...)).Link(detail),
		grafana.TimeSeries("Lag of events", "From being raised until all handlers are done, 95 % are faster, from "+
			"neuroglia.event.lag.",
			grafana.Seconds, p95(of(registry.EventLag()), legend(registry.EventType), registry.EventType)).
			Limits(alert(limits.EventLag)),
		grafana.TimeSeries("Retried handlings", "Per second, by handler: failed, and tried again later. It is no failure yet.",
			grafana.PerSecond, grafana.Metrics(s.Where(Retried()...).Rate(byHandler...), handler)).
			Link(detail).WhenEmpty("nothing was ever retried"),
		deadLetters().Link(grafana.ToBoard("Telemetry health", HealthUID, kept())),
	}
}
