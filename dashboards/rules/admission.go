package rules

import (
	"time"

	"github.com/neuroglia-go/neuroglia/dashboards/boards"
	"github.com/neuroglia-go/neuroglia/dashboards/limits"
	"github.com/neuroglia-go/neuroglia/dashboards/promql"
	"github.com/neuroglia-go/neuroglia/telemetry/registry"
)

// loadShed is about requests that are not handled for minutes: a burst is what shedding is for.
func loadShed() Alert {
	return Alert{
		Name: "LoadShed", Value: promql.Of(registry.HTTPServerShed()).Over("5m").Watched().Rate(service()...), Limit: limits.ShedRate,
		For: 5 * time.Minute, Severity: Ticket,
		Summary:     "{{ $labels.service_name }} sheds {{ $value | humanize }} requests per second",
		Description: "There is more to do than it can, for ten minutes now. These requests were answered with 503 and not handled.",
		Board:       boards.OverviewUID, Panel: "Shed requests",
	}
}
