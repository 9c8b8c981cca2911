package rules_test

import (
	"go.opentelemetry.io/otel/attribute"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"

	"github.com/neuroglia-go/neuroglia/telemetry"
	"github.com/neuroglia-go/neuroglia/telemetry/registry"
)

// ending is how a kind of work ends: as one of the values of the outcome.
type ending func(outcome string, values timeline) series

func messages(m telemetry.Metric, name string) ending {
	return func(outcome string, values timeline) series {
		return counted(m, values, ended(outcome, registry.MessageType.String(name))...)
	}
}

// ended adds the attributes that an outcome has.
func ended(outcome string, attributes ...attribute.KeyValue) []attribute.KeyValue {
	attributes = append(attributes, registry.Outcome.String(outcome))
	if outcome == registry.Failure {
		attributes = append(attributes, semconv.ErrorTypeKey.String("timeout"))
	}
	return attributes
}

func messageStories() []story {
	work := func(alert, description, name string, m telemetry.Metric) story {
		of := messages(m, name)
		steady := begin(0).grow(80, 54)
		return story{
			alert: alert, severity: "page",
			given:      []series{of(registry.Success, steady), of(registry.Failure, missing(20).grow(21, 6).stay(40))},
			quietUntil: 24, firesAt: 32, resolvedAt: 51,
			fires: []firing{{
				labels: pizzeria("neuroglia_message_type", name), description: description,
				summary: "mario-pizzeria: 10% of " + name + " fail",
			}},
			nearMisses: map[string][]series{
				"few failures of few":     {of(registry.Success, begin(0).grow(60, 1)), of(registry.Failure, missing(20).grow(4, 1).stay(37))},
				"a ratio below the limit": {of(registry.Success, steady), of(registry.Failure, begin(0).grow(80, 2))},
				"refusals":                {of(registry.Success, steady), of(registry.Rejected, begin(0).grow(80, 54))},
				"callers who gave up":     {of(registry.Success, steady), of(registry.Canceled, begin(0).grow(80, 54))},
				"rare failures before a gap in the telemetry": {
					of(registry.Success, begin(0).grow(60, 2).missing(30).grow(30, 2)),
					of(registry.Failure, begin(0).every(5, 12).missing(30).stay(30)),
				},
				"many failures before a long gap": append(process(begin(1).stay(60).missing(70).level(30, 1), 86400),
					of(registry.Success, begin(0).grow(60, 2).missing(70).stay(30)),
					of(registry.Failure, begin(10).stay(60).missing(70).stay(30))),
				"failures before Prometheus knew the process": append(process(missing(5).level(40, 1), 86400),
					of(registry.Success, missing(5).level(40, 1000)), of(registry.Failure, missing(5).level(40, 60))),
			},
		}
	}
	return []story{
		work("CommandsFail", "Commands with the outcome failure in the last ten minutes. Refusals are not counted.",
			"PlaceOrder", registry.CommandDuration()),
		work("QueriesFail", "Queries with the outcome failure in the last ten minutes. Refusals are not counted.",
			"GetMenu", registry.QueryDuration()),
		{
			alert: "CommandsFail", severity: "page", // all at once, of a process that had none before
			given: []series{
				messages(registry.CommandDuration(), "PlaceOrder")(registry.Success, begin(0).grow(60, 1)),
				messages(registry.CommandDuration(), "PlaceOrder")(registry.Failure, missing(20).grow(1, 10).stay(40)),
			},
			quietUntil: 19, firesAt: 25, resolvedAt: 31,
			fires: []firing{{
				labels: pizzeria("neuroglia_message_type", "PlaceOrder"), summary: "mario-pizzeria: 50% of PlaceOrder fail",
				description: "Commands with the outcome failure in the last ten minutes. Refusals are not counted.",
			}},
		},
	}
}

func eventStories() []story {
	handled := func(outcome string, values timeline) series {
		return counted(registry.EventProcessingDuration(), values, ended(outcome,
			registry.EventType.String("OrderCreatedEvent"), registry.EventHandler.String("kitchen.enqueue"))...)
	}
	processed := func(outcome string, values timeline) series {
		return counted(registry.MessageProcessDuration(), values, ended(outcome,
			semconv.MessagingDestinationName("order.created.v1"), semconv.MessagingConsumerGroupName("kitchen"))...)
	}
	late := func(bound float64) []series {
		return measured(registry.EventLag(), map[float64]timeline{
			bound: begin(0).grow(30, 6).stay(30), 0.005: begin(0).stay(30).grow(30, 6),
		}, registry.EventType.String("OrderCreatedEvent"))
	}
	first := missing(20).grow(1, 1).stay(40) // the first failure of a process
	near := func(of ending) map[string][]series {
		return map[string][]series{
			"a ratio below the limit": {of(registry.Success, begin(0).grow(60, 200)), of(registry.Failure, begin(0).grow(60, 1))},
			"what is tried again":     {of(registry.Success, begin(0).grow(60, 1)), of(registry.Retried, begin(0).grow(60, 9))},
		}
	}
	return []story{
		{
			alert: "EventHandlersFail", severity: "ticket",
			given:      []series{handled(registry.Success, begin(0).grow(60, 1)), handled(registry.Failure, first)},
			quietUntil: 21, firesAt: 25, resolvedAt: 31,
			fires: []firing{{
				labels:  pizzeria("neuroglia_event_type", "OrderCreatedEvent", "neuroglia_event_handler", "kitchen.enqueue"),
				summary: "mario-pizzeria: kitchen.enqueue fails for OrderCreatedEvent",
				description: "9.091% of the handlings failed for good in the last ten minutes: work that a commit promised. What is " +
					"tried again is not counted.",
			}},
			nearMisses: near(handled),
		},
		{
			alert: "SubscribersFail", severity: "ticket",
			given:      []series{processed(registry.Success, begin(0).grow(60, 1)), processed(registry.Failure, first)},
			quietUntil: 21, firesAt: 25, resolvedAt: 31,
			fires: []firing{{
				labels:      pizzeria("messaging_destination_name", "order.created.v1", "messaging_consumer_group_name", "kitchen"),
				summary:     "mario-pizzeria: kitchen fails for order.created.v1",
				description: "9.091% of the messages were given up in the last ten minutes. What is tried again is not counted.",
			}},
			nearMisses: near(processed),
		},
		{
			alert: "EventsLate", severity: "ticket", given: late(60),
			quietUntil: 4, firesAt: 20, resolvedAt: 41,
			fires: []firing{{
				labels:  pizzeria("neuroglia_event_type", "OrderCreatedEvent"),
				summary: "mario-pizzeria: OrderCreatedEvent is handled 58.5s late",
				description: "From being raised until all handlers are done, 95th percentile of the last ten minutes. Only the " +
					"histogram's last bound is known of what is later.",
			}},
			nearMisses: map[string][]series{"less than the limit": late(30)},
		},
	}
}

func repositoryStories() []story {
	operations := func(failure string, values timeline) series {
		attributes := []attribute.KeyValue{registry.RepositoryOperation.String("get"), registry.EntityType.String("Order")}
		if failure != "" {
			attributes = append(attributes, semconv.ErrorTypeKey.String(failure))
		}
		return counted(registry.RepositoryOperationDuration(), values, attributes...)
	}
	steady := begin(0).grow(80, 57)
	return []story{{
		alert: "RepositoryFails", severity: "page",
		given:      []series{operations("", steady), operations("timeout", missing(20).grow(21, 3).stay(40))},
		quietUntil: 22, firesAt: 32, resolvedAt: 51,
		fires: []firing{{
			labels:      pizzeria("neuroglia_entity_type", "Order"),
			summary:     "mario-pizzeria: 5% of the operations on Order fail",
			description: "The store of these aggregates refuses or does not answer. Not found and conflicts are not counted.",
		}},
		nearMisses: map[string][]series{
			"a few failures":          {operations("", begin(0).grow(60, 1)), operations("timeout", missing(20).grow(4, 1).stay(37))},
			"a ratio below the limit": {operations("", begin(0).grow(80, 600)), operations("timeout", begin(0).grow(80, 3))},
			"no failure ever":         {operations("", steady)},
		},
	}}
}
