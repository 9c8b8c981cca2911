package rules_test

import (
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"

	"github.com/neuroglia-go/neuroglia/telemetry"
	"github.com/neuroglia-go/neuroglia/telemetry/registry"
)

func outboxStories() []story {
	store := registry.OutboxStore.String("sqlrepo")
	// Two processes share the outbox and say the same of it.
	both := func(m telemetry.Metric, values timeline) []series {
		return []series{counted(m, values, store), counted(m, values, store, semconv.ServiceVersion("2"))}
	}
	oldest := func(values timeline) []series { return both(registry.OutboxOldestAge(), values) }
	dead := func(values timeline) []series { return both(registry.OutboxDead(), values) }
	givenUp := func(values timeline) []series {
		return []series{counted(registry.OutboxDeadLettered(), values, registry.EventType.String("OrderCreatedEvent"),
			semconv.ErrorTypeKey.String("timeout"))}
	}
	deliveries := func(outcome string, values timeline) series {
		return counted(registry.OutboxDeliveries(), values, registry.EventType.String("OrderCreatedEvent"),
			registry.OutboxPath.String(registry.Relay), registry.Outcome.String(outcome))
	}
	event := func() map[string]string { return pizzeria("neuroglia_event_type", "OrderCreatedEvent") }
	waits := func(alert, severity, minutes, description string, firesAt, quietUntil int, misses map[string][]series) story {
		return story{
			alert: alert, severity: severity, given: oldest(begin(0).grow(30, 60).level(10, 0)),
			quietUntil: quietUntil, firesAt: firesAt, resolvedAt: 31,
			fires: []firing{{
				labels:  pizzeria("neuroglia_outbox_store", "sqlrepo"),
				summary: "mario-pizzeria: an event waits in the outbox for " + minutes, description: description,
			}},
			nearMisses: misses,
		}
	}
	return []story{
		waits("OutboxLate", "ticket", "10m 0s", "That is longer than one event is tried. Later events of its aggregate wait "+
			"behind it, and other aggregates' may.", 10, 7, map[string][]series{
			"one event that is given up at last":     oldest(begin(0).grow(4, 60).stay(1).level(30, 0)),
			"many events that are delivered in time": oldest(begin(2).stay(60)),
			"a minute above the limit":               oldest(begin(0).grow(6, 60).level(30, 0)),
		}),
		waits("OutboxStuck", "page", "22m 0s", "What was committed is not done: no relay works, or nothing that it calls does.",
			22, 20, map[string][]series{
				"ten minutes":              oldest(begin(0).grow(10, 60).stay(40)),
				"a minute above the limit": oldest(begin(0).grow(16, 60).level(30, 0)),
			}),
		{
			alert: "OutboxDeadLetters", severity: "ticket", given: dead(begin(0).stay(10).level(20, 3).level(10, 0)),
			quietUntil: 11, firesAt: 25, resolvedAt: 31,
			fires: []firing{{
				labels: pizzeria("neuroglia_outbox_store", "sqlrepo"), summary: "mario-pizzeria has 3 dead letters in its outbox",
				description: "Events that were given up: work that a commit promised. It goes on until somebody replays or discards them.",
			}},
			nearMisses: map[string][]series{
				"none":                         dead(begin(0).stay(30)),
				"one that is replayed at once": dead(begin(0).stay(10).level(1, 1).level(10, 0)),
			},
		},
		{
			alert: "EventsGivenUp", severity: "page", given: givenUp(missing(20).grow(1, 6).stay(40)),
			quietUntil: 20, firesAt: 25, resolvedAt: 31,
			fires: []firing{{
				labels: event(), summary: "mario-pizzeria: 6 of OrderCreatedEvent were given up",
				description: "In ten minutes so many became dead letters that it is no single bad event, but something that all of them " +
					"need.",
			}},
			nearMisses: map[string][]series{
				"a few bad events":           givenUp(missing(20).grow(4, 1).stay(40)),
				"some each hour":             givenUp(begin(0).every(20, 12)),
				"those of before Prometheus": append(process(missing(5).level(40, 1), 86400), givenUp(missing(5).level(40, 60))...),
			},
		},
		{
			alert: "EventsRetried", severity: "ticket",
			given: []series{
				deliveries(registry.Success, begin(0).grow(80, 10)), deliveries(registry.Retried, missing(20).grow(21, 10).stay(40)),
			},
			quietUntil: 23, firesAt: 35, resolvedAt: 52,
			fires: []firing{{
				labels: event(), summary: "mario-pizzeria: 50% of the deliveries of OrderCreatedEvent are tried again",
				description: "In the last ten minutes. Nothing is lost yet: after the last attempt they become dead letters.",
			}},
			nearMisses: map[string][]series{
				"a few retries of few": {
					deliveries(registry.Success, begin(0).every(10, 6)), deliveries(registry.Retried, missing(20).grow(4, 1).stay(37)),
				},
				"a ratio below the limit": {
					deliveries(registry.Success, begin(0).grow(60, 90)), deliveries(registry.Retried, begin(0).grow(60, 10)),
				},
				"events given up": {
					deliveries(registry.Success, begin(0).grow(60, 10)), deliveries(registry.Failure, begin(0).grow(60, 10)),
				},
			},
		},
	}
}

func busStories() []story {
	of := []string{"messaging_destination_name", "order.created.v1", "messaging_consumer_group_name", "kitchen"}
	subscribed := func(m telemetry.Metric, values timeline) series {
		return counted(m, values, semconv.MessagingDestinationName(of[1]), semconv.MessagingConsumerGroupName(of[3]))
	}
	lag := func(values timeline) series { return subscribed(registry.BusConsumerLag(), values) }
	consumed := func(values timeline) series { return subscribed(registry.ConsumedMessages(), values) }
	given := func(values timeline) []series { return []series{subscribed(registry.BusDeadLettered(), values)} }
	return []story{
		{
			alert: "ConsumersStuck", severity: "page",
			given: []series{
				lag(begin(0).stay(20).level(40, 5).level(10, 0)), consumed(begin(0).grow(20, 9).stay(40).grow(10, 9)),
			},
			quietUntil: 34, firesAt: 45, resolvedAt: 62,
			fires: []firing{{
				labels: pizzeria(of...), summary: "mario-pizzeria: kitchen processes no order.created.v1",
				description: "5 wait at least, for ten minutes now, and nobody has begun to process one.",
			}},
			nearMisses: map[string][]series{
				"nothing to do":                    {lag(begin(0).stay(60)), consumed(begin(9).stay(60))},
				"a slow handler":                   {lag(begin(5).stay(60)), consumed(begin(0).every(5, 12))},
				"one event that is tried again":    {lag(begin(1).stay(30)), consumed(begin(0).every(4, 8))},
				"all at work, and always some new": {lag(begin(40).stay(60)), consumed(begin(0).grow(60, 100))},
			},
		},
		{
			alert: "ConsumersLag", severity: "ticket",
			given: []series{
				lag(begin(0).stay(20).grow(40, 10).grow(30, -13)), consumed(begin(0).grow(90, 9)),
			},
			quietUntil: 40, firesAt: 55, resolvedAt: 70,
			fires: []firing{{
				labels: pizzeria(of...), summary: "mario-pizzeria: 260 of order.created.v1 wait for kitchen",
				description: "At least, for ten minutes now, and they become more: more are published than the group processes.",
			}},
			nearMisses: map[string][]series{
				"a burst that is worked off": {lag(begin(0).stay(20).level(1, 900).grow(45, -20)), consumed(begin(0).grow(66, 20))},
				"few that become more":       {lag(begin(0).grow(60, 1)), consumed(begin(0).grow(60, 9))},
				"many, but no more":          {lag(begin(300).stay(60)), consumed(begin(0).grow(60, 100))},
			},
		},
		{
			alert: "BusDeadLetters", severity: "ticket", given: given(begin(0).stay(10).grow(1, 1).stay(90)),
			quietUntil: 11, firesAt: 30, resolvedAt: 72,
			fires: []firing{{
				labels: pizzeria(of...), summary: "mario-pizzeria: kitchen gave up 1 of order.created.v1",
				description: "In the last hour. The broker keeps them as dead letters, until somebody replays or discards them.",
			}},
			nearMisses: map[string][]series{
				"none":                       given(begin(0).stay(60)),
				"those of before Prometheus": append(process(missing(5).level(40, 1), 86400), given(missing(5).level(40, 6))...),
			},
		},
	}
}
