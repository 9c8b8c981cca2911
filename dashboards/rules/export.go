package rules

import (
	"time"

	"github.com/neuroglia-go/neuroglia/dashboards/boards"
	"github.com/neuroglia-go/neuroglia/dashboards/promql"
	"github.com/neuroglia-go/neuroglia/telemetry"
	"github.com/neuroglia-go/neuroglia/telemetry/registry"
)

// exportAlerts tell of telemetry that services made and the collector never had.
func exportAlerts() []Alert {
	unread := promql.Of(registry.StdoutDropped()).Over("5m").Watched().Grown(service()...).Above("0")
	alerts := []Alert{{
		Name: "TelemetryDropped", Value: unread, Labels: map[string]string{"signal": "stdout"}, For: time.Minute, Severity: Ticket,
		Summary: "{{ $labels.service_name }} drops lines of its standard output",
		Description: "Nobody reads it: the container's runtime hangs, or is slower than what is logged. {{ $value | humanize }} in " +
			"five minutes.",
		Board: boards.HealthUID, Panel: "Dropped by services",
	}}
	for _, q := range boards.Export() {
		never := func(m telemetry.Metric) promql.Expr {
			return promql.Of(m, boards.Lost()).Over("5m").Watched().Grown(service()...).Above("0")
		}
		alerts = append(alerts,
			Alert{
				Name: "TelemetryDropped", Value: never(q.Processed), Labels: map[string]string{"signal": q.Signal},
				For: time.Minute, Severity: Ticket,
				Summary: "{{ $labels.service_name }} drops " + q.Items,
				Description: "The queue in the process is full: the collector is slow or away, or more is made than one exporter " +
					"sends. {{ $value | humanize }} in five minutes.",
				Board: boards.HealthUID, Panel: "Dropped by services",
			},
			Alert{
				Name: "TelemetryLost", Value: never(q.Exported), Labels: map[string]string{"signal": q.Signal},
				For: time.Minute, Severity: Ticket,
				Summary: "{{ $labels.service_name }} cannot send " + q.Items,
				Description: "The collector was away for longer than attempts are made, or refused them. {{ $value | humanize }} in " +
					"five minutes.",
				Board: boards.HealthUID, Panel: "Lost by exporters",
			})
	}
	return alerts
}
