package rules

import (
	"time"

	"github.com/neuroglia-go/neuroglia/dashboards/boards"
	"github.com/neuroglia-go/neuroglia/dashboards/limits"
	"github.com/neuroglia-go/neuroglia/dashboards/promql"
	"github.com/neuroglia-go/neuroglia/telemetry/registry"
)

// outboxAlerts are about events that wait, are tried again or are given up. The processes that share an outbox report the
// same of it, so that the greatest value counts, never the sum.
func outboxAlerts() []Alert {
	oldest := promql.Of(registry.OutboxOldestAge()).Max(service(registry.OutboxStore)...)
	const window = "10m"
	deliveries := promql.Of(registry.OutboxDeliveries()).Over(window).Watched()
	byEvent := service(registry.EventType)
	return []Alert{
		{
			Name: "OutboxLate", Value: oldest, Limit: limits.OutboxAgeSoon.Seconds(), For: 2 * time.Minute, Severity: Ticket,
			Summary: "{{ $labels.service_name }}: an event waits in the outbox for {{ $value | humanizeDuration }}",
			Description: "That is longer than one event is tried. Later events of its aggregate wait behind it, and other " +
				"aggregates' may.",
			Board: boards.HealthUID, Panel: "Oldest event in the outbox",
		},
		{
			Name: "OutboxStuck", Value: oldest, Limit: limits.OutboxAge.Seconds(), For: 5 * time.Minute, Severity: Page,
			Summary:     "{{ $labels.service_name }}: an event waits in the outbox for {{ $value | humanizeDuration }}",
			Description: "What was committed is not done: no relay works, or nothing that it calls does.",
			Board:       boards.HealthUID, Panel: "Oldest event in the outbox",
		},
		{
			Name:  "OutboxDeadLetters",
			Value: promql.Of(registry.OutboxDead()).Max(service(registry.OutboxStore)...).Above("0"),
			For:   time.Minute, Severity: Ticket,
			Summary: "{{ $labels.service_name }} has {{ $value }} dead letters in its outbox",
			Description: "Events that were given up: work that a commit promised. It goes on until somebody replays or discards " +
				"them.",
			Board: boards.HealthUID, Panel: "Dead letters",
		},
		{
			Name:  "EventsGivenUp",
			Value: promql.Of(registry.OutboxDeadLettered()).Over(window).Watched().Grown(byEvent...), Limit: limits.Several,
			For: time.Minute, Severity: Page,
			Summary: "{{ $labels.service_name }}: {{ $value | humanize }} of {{ $labels.neuroglia_event_type }} were given up",
			Description: "In ten minutes so many became dead letters that it is no single bad event, but something that all of them " +
				"need.",
			Board: boards.HealthUID, Panel: "Events given up",
		},
		{
			Name: "EventsRetried", Value: deliveries.Share(boards.Retried(), byEvent...), Limit: limits.RetryRatio,
			Guards: []promql.Expr{above(deliveries.Where(boards.Retried()...).Grown(byEvent...), limits.Several)},
			For:    2 * time.Minute, Severity: Ticket,
			Summary: "{{ $labels.service_name }}: {{ $value | humanizePercentage }} of the deliveries of " +
				"{{ $labels.neuroglia_event_type }} are tried again",
			Description: "In the last ten minutes. Nothing is lost yet: after the last attempt they become dead letters.",
			Board:       boards.HealthUID, Panel: "Retried deliveries",
		},
	}
}

// busAlerts are about messages that wait for a group, or that it gave up.
func busAlerts() []Alert {
	by := service(boards.Subscription()...)
	const window = "10m"
	lag := promql.Of(registry.BusConsumerLag()).Over(window)
	least := lag.Least(by...)
	consumed := promql.Of(registry.ConsumedMessages()).Over(window).Grown(by...).Above("0")
	return []Alert{
		{
			Name: "ConsumersStuck", Value: least.Above("0") + " unless " + consumed, For: 5 * time.Minute, Severity: Page,
			Summary: "{{ $labels.service_name }}: {{ $labels.messaging_consumer_group_name }} processes no " +
				"{{ $labels.messaging_destination_name }}",
			Description: "{{ $value }} wait at least, for ten minutes now, and nobody has begun to process one.",
			Board:       boards.HealthUID, Panel: "Waiting for consumers",
		},
		{
			Name: "ConsumersLag", Value: least, Limit: limits.ConsumerLag,
			Guards: []promql.Expr{lag.Max(by...).Above(lag.Before(window).Max(by...))}, For: 5 * time.Minute, Severity: Ticket,
			Summary: "{{ $labels.service_name }}: {{ $value }} of {{ $labels.messaging_destination_name }} wait for " +
				"{{ $labels.messaging_consumer_group_name }}",
			Description: "At least, for ten minutes now, and they become more: more are published than the group processes.",
			Board:       boards.HealthUID, Panel: "Waiting for consumers",
		},
		{
			Name: "BusDeadLetters", For: time.Minute, Severity: Ticket,
			Value: promql.Of(registry.BusDeadLettered()).Over("1h").Watched().Grown(by...).Above("0"),
			Summary: "{{ $labels.service_name }}: {{ $labels.messaging_consumer_group_name }} gave up {{ $value | humanize }} of " +
				"{{ $labels.messaging_destination_name }}",
			Description: "In the last hour. The broker keeps them as dead letters, until somebody replays or discards them.",
			Board:       boards.HealthUID, Panel: "Messages given up",
		},
	}
}
