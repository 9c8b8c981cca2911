package rules_test

import (
	"slices"

	mario "github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/observability"
)

func pizzeriaStories() []story {
	const day = 24 * 60
	oldest := func(values timeline) []series {
		return []series{counted(mario.OldestOrder(), values, mario.Stage.String("ready"))}
	}
	ended := func(cancelled, completed timeline) []series {
		return []series{
			counted(mario.OrdersCancelled(), cancelled, mario.Status.String("cancelled"), mario.Stage.String("pending")),
			counted(mario.OrdersCompleted(), completed, mario.Status.String("delivered")),
		}
	}
	created := func(values timeline) []series {
		return []series{counted(mario.OrdersCreated(), values, mario.Status.String("pending"))}
	}
	return []story{
		{
			alert: "PizzeriaMissing", severity: "page",
			given:      []series{info("mario-pizzeria", "a1", missing(20).level(20, 1).missing(20).level(5, 1))},
			quietUntil: 1, firesAt: 5, resolvedAt: 62,
			fires: []firing{{
				labels:  map[string]string{"service_name": "mario-pizzeria"},
				summary: "The pizzeria sends no telemetry", description: "It is not running, or cannot reach the collector.",
			}},
			nearMisses: map[string][]series{
				"a start":   {info("mario-pizzeria", "a1", missing(2).level(20, 1))},
				"a restart": {info("mario-pizzeria", "a1", slices.Concat(timeline{}.level(20, 1), missing(6)).level(20, 1))},
			},
		},
		{
			alert: "OrdersStuck", severity: "page", given: oldest(begin(0).grow(40, 60).level(10, 0)),
			quietUntil: 32, firesAt: 40, resolvedAt: 41,
			fires: []firing{{
				labels: pizzeria("stage", "ready"), summary: "An order placed 40m 0s ago is still ready",
				description: "Somebody waits for a pizza that nobody moves along.",
			}},
			nearMisses: map[string][]series{
				"orders that take half an hour": oldest(begin(0).grow(30, 60).grow(30, 0)),
				"an order that leaves in time":  oldest(begin(0).grow(31, 60).level(10, 0)),
			},
		},
		{
			alert: "ManyOrdersCancelled", severity: "ticket", given: ended(begin(0).grow(60, 1).stay(60), begin(0).grow(120, 4)),
			quietUntil: 5, firesAt: 60, resolvedAt: 100,
			fires: []firing{{
				labels: pizzeria(), summary: "20% of the orders are cancelled",
				description: "Of those that ended in the last hour. Look at which stage they are cancelled in, and how long orders take.",
			}},
			nearMisses: map[string][]series{
				"a few orders":            ended(begin(0).grow(10, 1).stay(60), begin(0).grow(5, 1).stay(65)),
				"a ratio below the limit": ended(begin(0).grow(120, 1), begin(0).grow(120, 10)),
				"no order":                ended(begin(0).stay(120), begin(0).stay(120)),
			},
		},
		{
			alert: "NoOrders", severity: "ticket", given: created(begin(0).grow(day, 2).stay(90).grow(30, 2)),
			quietUntil: day + 29, firesAt: day + 60, resolvedAt: day + 92,
			fires: []firing{{
				labels: pizzeria(), summary: "No orders for half an hour",
				description: "There were some at this time yesterday. Can customers reach the pizzeria?",
			}},
			nearMisses: map[string][]series{
				"a night like the one before": created(begin(0).grow(60, 2).stay(day-60).grow(60, 2)),
				"the first day":               created(begin(0).grow(120, 2).stay(120)),
			},
		},
	}
}
