package rules_test

import (
	"github.com/neuroglia-go/neuroglia/dashboards/boards"
	"github.com/neuroglia-go/neuroglia/telemetry"
	"github.com/neuroglia-go/neuroglia/telemetry/registry"
)

func exportStories() []story {
	all := []story{unread()}
	for _, q := range boards.Export() {
		tell := func(alert, summary, description, problem string, m telemetry.Metric) {
			all = append(all, story{
				alert: alert, severity: "ticket",
				given:      []series{counted(m, missing(10).grow(1, 20).stay(20), registry.ErrorType.String(problem))},
				quietUntil: 10, firesAt: 13, resolvedAt: 16,
				fires: []firing{{
					labels: pizzeria("signal", q.Signal), summary: "mario-pizzeria " + summary + q.Items,
					description: description + " 20 in five minutes.",
				}},
				nearMisses: map[string][]series{
					q.Signal + " that arrive": {counted(m, begin(0).grow(30, 20))},
					q.Signal + " of long ago": {counted(m, begin(0).stay(30).missing(30).stay(10), registry.ErrorType.String(problem))},
				},
			})
		}
		tell("TelemetryDropped", "drops ", "The queue in the process is full: the collector is slow or away, or more is made than "+
			"one exporter sends.", "queue_full", q.Processed)
		tell("TelemetryLost", "cannot send ", "The collector was away for longer than attempts are made, or refused them.",
			"*url.Error", q.Exported)
	}
	return all
}

func unread() story {
	lines := func(values timeline) []series { return []series{counted(registry.StdoutDropped(), values)} }
	return story{
		alert: "TelemetryDropped", severity: "ticket", given: lines(begin(0).stay(9).grow(1, 20).stay(20)),
		quietUntil: 9, firesAt: 13, resolvedAt: 16,
		fires: []firing{{
			labels: pizzeria("signal", "stdout"), summary: "mario-pizzeria drops lines of its standard output",
			description: "Nobody reads it: the container's runtime hangs, or is slower than what is logged. 20 in five minutes.",
		}},
		nearMisses: map[string][]series{"all lines are read": lines(begin(0).stay(30))},
	}
}
