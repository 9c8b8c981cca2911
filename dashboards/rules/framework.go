package rules

import (
	"strconv"
	"strings"
	"time"

	"go.opentelemetry.io/otel/attribute"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"

	"github.com/neuroglia-go/neuroglia/dashboards/boards"
	"github.com/neuroglia-go/neuroglia/dashboards/limits"
	"github.com/neuroglia-go/neuroglia/dashboards/promql"
	"github.com/neuroglia-go/neuroglia/telemetry"
	"github.com/neuroglia-go/neuroglia/telemetry/registry"
)

// service is what alerts are grouped by: not by process, or each new one would be a new alert.
func service(more ...attribute.Key) []attribute.Key {
	return append([]attribute.Key{semconv.ServiceNameKey, semconv.DeploymentEnvironmentNameKey}, more...)
}

func framework() File {
	return File{Name: "neuroglia", Groups: []Group{
		{Name: "neuroglia-names", Recordings: shortNames()},
		{Name: "neuroglia-http", Recordings: budget(), Alerts: append(httpAlerts(), loadShed())},
		{Name: "neuroglia-work", Alerts: workAlerts()},
		{Name: "neuroglia-outbox", Alerts: outboxAlerts()},
		{Name: "neuroglia-bus", Alerts: busAlerts()},
		{Name: "neuroglia-process", Alerts: processAlerts()},
	}}
}

// shortNames are the framework's durations without their unit: neuroglia_command_duration_count.
func shortNames() []Recording {
	var short []Recording
	for _, m := range registry.Metrics() {
		if m.Kind != telemetry.KindHistogram || !strings.HasPrefix(m.Name, "neuroglia.") {
			continue
		}
		for _, part := range []string{"_count", "_sum"} {
			name := promql.Name(m)
			short = append(short, Recording{
				Name: strings.TrimSuffix(name, "_seconds") + part,
				// What overflows is no metric of its own under a second name.
				Expr: promql.Expr("sum without (" + promql.Label(promql.Overflow) + ") (" + name + part + ")"),
			})
		}
	}
	return short
}

func failedRequests() []promql.Match {
	return []promql.Match{promql.In(semconv.HTTPResponseStatusCodeKey, "5..")}
}

func failures() []promql.Match {
	return []promql.Match{promql.Is(registry.Outcome, registry.Failure)}
}

// The windows that the burn rate of the error budget is looked at in.
func windows() []string { return []string{"5m", "30m", "1h", "6h"} }

// budget records the ratio of failed requests, and how many there are, in each window.
func budget() []Recording {
	var recordings []Recording
	for _, window := range windows() {
		server := promql.Of(registry.HTTPServerRequestDuration()).Over(window).Watched()
		recordings = append(recordings,
			Recording{Name: failureRatio(window), Expr: server.Share(failedRequests(), service()...)},
			Recording{Name: requestRate(window), Expr: server.Rate(service()...)})
	}
	return recordings
}

func failureRatio(window string) string {
	return "service:http_server_request_failures:ratio_rate" + window
}

func requestRate(window string) string { return "service:http_server_requests:rate" + window }

func above(expr promql.Expr, limit float64) promql.Expr {
	return expr.Above(promql.Expr(strconv.FormatFloat(limit, 'g', -1, 64)))
}

func httpAlerts() []Alert {
	server := promql.Of(registry.HTTPServerRequestDuration()).Over("5m")
	burn := func(name string, limit float64, short, long string, severity Severity, when string) Alert {
		return Alert{
			Name: name, Value: promql.Expr(failureRatio(short)), Limit: limit, For: 2 * time.Minute, Severity: severity,
			Guards: []promql.Expr{
				above(promql.Expr(failureRatio(long)), limit), above(promql.Expr(requestRate(long)), limits.MinimumRate),
			},
			Summary: "{{ $labels.service_name }} fails {{ $value | humanizePercentage }} of its HTTP requests",
			Description: "In the last " + short + " and in the last " + long + " so many requests were answered with 5xx that the " +
				"error " +
				"budget of 30 days is used up " + when + ".",
			Board: boards.OverviewUID, Panel: "Failed requests",
		}
	}
	return []Alert{
		burn("HTTPErrorBudgetBurnsFast", limits.FastErrorRatio, "5m", "1h", Page, "in two days"),
		burn("HTTPErrorBudgetBurnsSlowly", limits.SlowErrorRatio, "30m", "6h", Ticket, "in five days"),
		{
			Name: "HTTPSlow", Value: server.Quantile(0.95, service()...), Limit: limits.HTTPLatency, For: 10 * time.Minute,
			Severity:    Ticket,
			Guards:      []promql.Expr{above(server.Rate(service()...), limits.MinimumRate)},
			Summary:     "{{ $labels.service_name }} is slow: p95 of its HTTP requests is {{ $value | humanizeDuration }}",
			Description: "One request in twenty takes longer, for ten minutes now.",
			Board:       boards.OverviewUID, Panel: "Latency p95",
		},
	}
}

func workAlerts() []Alert {
	const window = "10m"
	commands := promql.Of(registry.CommandDuration()).Over(window).Watched()
	queries := promql.Of(registry.QueryDuration()).Over(window).Watched()
	events := promql.Of(registry.EventProcessingDuration()).Over(window).Watched()
	lag := promql.Of(registry.EventLag()).Over(window)
	operations := promql.Of(registry.RepositoryOperationDuration()).Over(window).Watched()
	messages := promql.Of(registry.MessageProcessDuration()).Over(window).Watched()
	failed := []promql.Match{promql.Not(registry.ErrorType, "")}
	// A ratio of few is chance: several must have failed.
	several := func(s promql.Series, of []promql.Match, by ...attribute.Key) promql.Expr {
		return above(s.Where(of...).Grown(by...), limits.Several)
	}
	return []Alert{
		{
			Name: "CommandsFail", Value: commands.Share(failures(), service(registry.MessageType)...), Limit: limits.MessageFailureRatio,
			Guards: []promql.Expr{several(commands, failures(), service(registry.MessageType)...)}, For: 2 * time.Minute, Severity: Page,
			Summary:     "{{ $labels.service_name }}: {{ $value | humanizePercentage }} of {{ $labels.neuroglia_message_type }} fail",
			Description: "Commands with the outcome failure in the last ten minutes. Refusals are not counted.",
			Board:       boards.OverviewUID, Panel: "Failures by command",
		},
		{
			Name: "QueriesFail", Value: queries.Share(failures(), service(registry.MessageType)...), Limit: limits.MessageFailureRatio,
			Guards: []promql.Expr{several(queries, failures(), service(registry.MessageType)...)}, For: 2 * time.Minute, Severity: Page,
			Summary:     "{{ $labels.service_name }}: {{ $value | humanizePercentage }} of {{ $labels.neuroglia_message_type }} fail",
			Description: "Queries with the outcome failure in the last ten minutes. Refusals are not counted.",
			Board:       boards.OverviewUID, Panel: "Failures by query",
		},
		{
			Name: "EventHandlersFail", Limit: limits.EventFailureRatio, For: 2 * time.Minute, Severity: Ticket,
			Value: events.Share(failures(), service(registry.EventType, registry.EventHandler)...),
			Summary: "{{ $labels.service_name }}: {{ $labels.neuroglia_event_handler }} fails for {{ " +
				"$labels.neuroglia_event_type }}",
			Description: "{{ $value | humanizePercentage }} of the handlings failed for good in the last ten minutes: work that a " +
				"commit promised. What is tried again is not counted.",
			Board: boards.OverviewUID, Panel: "Failed handlings",
		},
		{
			Name: "EventsLate", Value: lag.Quantile(0.95, service(registry.EventType)...), Limit: limits.EventLag, For: 5 * time.Minute,
			Severity: Ticket,
			Summary:  "{{ $labels.service_name }}: {{ $labels.neuroglia_event_type }} is handled {{ $value | humanizeDuration }} late",
			Description: "From being raised until all handlers are done, 95th percentile of the last ten minutes. Only the " +
				"histogram's last bound " +
				"is known of what is later.",
			Board: boards.OverviewUID, Panel: "Lag of events",
		},
		{
			Name: "RepositoryFails", Value: operations.Share(failed, service(registry.EntityType)...), Limit: limits.RepositoryFailures,
			Guards: []promql.Expr{several(operations, failed, service(registry.EntityType)...)}, For: 2 * time.Minute, Severity: Page,
			Summary: "{{ $labels.service_name }}: {{ $value | humanizePercentage }} of the operations on {{ " +
				"$labels.neuroglia_entity_type }} fail",
			Description: "The store of these aggregates refuses or does not answer. Not found and conflicts are not counted.",
			Board:       boards.OverviewUID, Panel: "Failed operations",
		},
		{
			Name: "SubscribersFail", Limit: limits.EventFailureRatio, For: 2 * time.Minute, Severity: Ticket,
			Value: messages.Share(failed, service(semconv.MessagingDestinationNameKey, semconv.MessagingConsumerGroupNameKey)...),
			Summary: "{{ $labels.service_name }}: {{ $labels.messaging_consumer_group_name }} fails for " +
				"{{ $labels.messaging_destination_name }}",
			Description: "{{ $value | humanizePercentage }} of the messages were given up in the last ten minutes. What is tried " +
				"again is not counted.",
			Board: boards.OverviewUID, Panel: "Failed messages",
		},
	}
}

func processAlerts() []Alert {
	goroutines := promql.Of(registry.GoGoroutines())
	each := service(semconv.ServiceInstanceIDKey)
	use := promql.Of(registry.GoMemoryUsed()).Sum(each...).Per(promql.Of(registry.GoMemoryLimit()).Max(each...)).In()
	factor := func(f float64) promql.Expr { return " > " + promql.Expr(strconv.FormatFloat(f, 'g', -1, 64)) + " * " }
	// A jump within the hour, or a slow rise that a busy hour does not explain.
	more := (goroutines.Max(service()...) + factor(limits.GoroutineGrowth) + goroutines.Before("1h").Max(service()...)).Or(
		goroutines.Over("1h").Least(service()...) + factor(limits.GoroutineRise) +
			goroutines.Over("1h").Before("6h").Least(service()...))
	return []Alert{
		{
			Name: "GoroutinesLeak", Value: goroutines.Max(service()...), Limit: limits.Goroutines,
			Guards: []promql.Expr{more.In()}, For: 10 * time.Minute, Severity: Ticket,
			Summary: "{{ $labels.service_name }} has {{ $value }} goroutines",
			Description: "That is many, and twice as many as an hour ago, or half as many again as six hours ago: some wait for " +
				"what never comes.",
			Board: boards.OverviewUID, Panel: "Goroutines",
		},
		{
			Name: "MemoryNearLimit", Value: "max by (service_name, deployment_environment_name) " + use, Limit: limits.MemoryUsed,
			For: 10 * time.Minute, Severity: Ticket,
			Summary:     "{{ $labels.service_name }} uses {{ $value | humanizePercentage }} of its memory limit",
			Description: "Near GOMEMLIMIT the garbage collector takes more and more of the CPU.",
			Board:       boards.OverviewUID, Panel: "Memory used of the limit",
		},
	}
}
