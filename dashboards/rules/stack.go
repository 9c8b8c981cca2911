package rules

import (
	"fmt"
	"time"

	"go.opentelemetry.io/otel/attribute"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"

	"github.com/neuroglia-go/neuroglia/dashboards/boards"
	"github.com/neuroglia-go/neuroglia/dashboards/limits"
	"github.com/neuroglia-go/neuroglia/dashboards/promql"
	"github.com/neuroglia-go/neuroglia/telemetry"
)

// stack are the alerts of telemetry itself: whether the others can be believed.
func stack() File {
	return File{Name: "telemetry", Groups: []Group{
		{Name: "telemetry-services", Alerts: append(serviceAlerts(), exportAlerts()...)},
		{Name: "telemetry-collector", Alerts: collectorAlerts()},
	}}
}

// patience is how long telemetry must be missing on top of [limits.TelemetryAge]: after a start, Prometheus evaluates rules
// before it is sent anything.
const patience = 2 * time.Minute

// overflowing are the metrics of which the SDK counts series in one. An alert has no room for __name__, and the three parts
// of a histogram are one metric.
func overflowing() promql.Expr {
	return promql.Expr(fmt.Sprintf(
		`group by (%s, %s, metric) (label_replace(%s, "metric", "$1", "__name__", "(.+?)(_bucket|_sum|_count)?"))`,
		promql.Label(semconv.ServiceNameKey), promql.Label(semconv.DeploymentEnvironmentNameKey), boards.Overflow().Select()))
}

func serviceAlerts() []Alert {
	info := promql.Named("target_info", telemetry.KindGauge, promql.Not(semconv.ServiceNameKey, "neuroglia-doctor"))
	seen := func(window string) promql.Expr {
		return info.Over(window).Seen(service()...)
	}
	return []Alert{
		{
			Name: "TelemetryMissing", Value: seen("1h") + " unless " + seen(limits.TelemetryWindow), For: patience, Severity: Page,
			Summary: "{{ $labels.service_name }} sends no telemetry",
			Description: "It did within the last hour, and has not for five minutes: it is down, or cannot reach the collector. A " +
				"service that was " +
				"taken away on purpose stops alerting after an hour.",
			Board: boards.HealthUID, Panel: "Age of telemetry",
		},
		{
			Name: "TooManySeries", Value: overflowing(), For: 5 * time.Minute, Severity: Ticket,
			Summary: "{{ $labels.service_name }}: {{ $labels.metric }} has too many series",
			Description: "The SDK counts the rest in one, so that numbers by attribute are wrong. An attribute has values that " +
				"nobody bounds.",
			Board: boards.HealthUID, Panel: "Overflowing metrics",
		},
	}
}

func collectorAlerts() []Alert {
	alerts := []Alert{
		{
			Name: "CollectorMissing", Value: promql.Named("otelcol_process_uptime_seconds_total",
				telemetry.KindCounter).Over(limits.TelemetryWindow).Absent(),
			For: patience, Severity: Page, Summary: "The collector sends no telemetry of its own",
			Description: "It is down, or cannot reach Prometheus. Services keep a little telemetry and then drop it.",
			Board:       boards.HealthUID, Panel: "Memory of the collector",
		},
		{
			Name: "CollectorQueueFills", Value: boards.CollectorQueue(), Limit: limits.QueueUsed, For: time.Minute, Severity: Page,
			Summary:     "The queue of {{ $labels.exporter }} is {{ $value | humanizePercentage }} full",
			Description: "A store does not take telemetry. When the queue is full, new telemetry is refused, and then lost.",
			Board:       boards.HealthUID, Panel: "Queues",
		},
		{
			Name: "CollectorMisunderstands", Value: boards.CollectorAnswers(promql.In(semconv.HTTPResponseStatusCodeKey, "4..")).
				Over("5m").Watched().Grown(semconv.HTTPResponseStatusCodeKey).Above("0"),
			For: time.Minute, Severity: Ticket,
			Summary: "The collector answers {{ $labels.http_response_status_code }} to what is sent to it",
			Description: "It is no OTLP, or more than 20 MiB at once. Whoever sends it drops it. {{ $value | humanize }} times in " +
				"five minutes.",
			Board: boards.HealthUID, Panel: "Answers to services",
		},
	}
	for _, of := range []struct {
		name, counter, panel, summary, description string
		key                                        attribute.Key
		severity                                   Severity
	}{
		{
			"CollectorRefuses", "receiver_refused", "Refused", "The collector refuses telemetry",
			"It has too little memory, or a queue is full. Services try again for a minute, then drop what they have.", "receiver", Page,
		},
		{
			"CollectorLosesData", "exporter_send_failed", "Failed to send", "{{ $labels.exporter }} gave telemetry up",
			"The store refused it for good. It is lost.", "exporter", Page,
		},
		{
			"CollectorQueueFull", "exporter_enqueue_failed", "Failed to queue", "{{ $labels.exporter }} cannot queue telemetry",
			"Its queue is full, or its disk is.", "exporter", Page,
		},
	} {
		for _, signal := range boards.Signals() {
			alerts = append(alerts, Alert{
				Name: of.name, Value: boards.CollectorCounter(of.counter, signal).Over("5m").Watched().Grown(of.key).Above("0"),
				Labels: map[string]string{"signal": signal}, For: time.Minute, Severity: of.severity,
				Summary: of.summary + ": " + signal, Description: of.description + " {{ $value | humanize }} in five minutes.",
				Board: boards.HealthUID, Panel: of.panel,
			})
		}
	}
	for i := range alerts {
		alerts[i].Everywhere = true
	}
	return alerts
}
