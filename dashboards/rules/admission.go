package rules

import (
	"time"

	"github.com/neuroglia-go/neuroglia/dashboards/boards"
	"github.com/neuroglia-go/neuroglia/dashboards/limits"
	"github.com/neuroglia-go/neuroglia/dashboards/promql"
	"github.com/neuroglia-go/neuroglia/telemetry/registry"
)

// loadShed is about requests that are shed for ten minutes: a burst is what shedding is for. The window is short, because it
// goes on for as long after the last of them.
func loadShed() Alert {
	return Alert{
		Name: "LoadShed", Value: promql.Of(registry.HTTPServerShed()).Over("2m").Watched().Rate(service()...), Limit: limits.ShedRate,
		For: 10 * time.Minute, Severity: Ticket,
		Summary:     "{{ $labels.service_name }} sheds {{ $value | humanize }} requests per second",
		Description: "There is more to do than it can, for ten minutes now. These requests were answered with 503 and not handled.",
		Board:       boards.OverviewUID, Panel: "Shed requests",
	}
}
