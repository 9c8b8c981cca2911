package registry

import (
	"log/slog"
	"slices"

	"go.opentelemetry.io/otel/attribute"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"

	"github.com/neuroglia-go/neuroglia/telemetry"
)

// The attributes of outboxes.
const (
	OutboxStore    = attribute.Key("neuroglia.outbox.store")
	OutboxPath     = attribute.Key("neuroglia.outbox.path")
	OutboxWaited   = attribute.Key("neuroglia.outbox.waited")
	OutboxReplayed = attribute.Key("neuroglia.outbox.replayed")
)

// The values of [OutboxPath].
const (
	Direct = "direct"
	Relay  = "relay"
)

const outbox = module + "/outbox"

// OutboxPending is how many events wait or are being delivered.
func OutboxPending() telemetry.Metric {
	return telemetry.Gauge("neuroglia.outbox.pending", "{event}", "Events in the outbox that are not delivered yet.",
		OutboxStore).By(outbox)
}

// OutboxOldestAge is how long the event that waits longest has waited: it tells a busy outbox from a stuck one.
func OutboxOldestAge() telemetry.Metric {
	return telemetry.Gauge("neuroglia.outbox.oldest.age", "s", "Time since the oldest event that is not delivered was raised.",
		OutboxStore).By(outbox)
}

// OutboxDead is how many dead letters wait for somebody to replay or discard them.
func OutboxDead() telemetry.Metric {
	return telemetry.Gauge("neuroglia.outbox.dead", "{event}", "Dead letters in the outbox.", OutboxStore).By(outbox)
}

// OutboxDeliveries counts attempts to deliver an event to all its handlers.
func OutboxDeliveries() telemetry.Metric {
	return telemetry.Counter("neuroglia.outbox.deliveries", "{event}", "Attempts to deliver an event of the outbox.",
		EventType, OutboxPath, Outcome).By(outbox)
}

// OutboxRetries counts attempts that failed and are followed by another.
func OutboxRetries() telemetry.Metric {
	return telemetry.Counter("neuroglia.outbox.retries", "{event}", "Attempts that failed and are followed by another.",
		EventType).By(outbox)
}

// OutboxDeadLettered counts events that were given up.
func OutboxDeadLettered() telemetry.Metric {
	return telemetry.Counter("neuroglia.outbox.dead_lettered", "{event}", "Events that became dead letters.",
		EventType, ErrorType).By(outbox)
}

func outboxMetrics() []telemetry.Metric {
	return []telemetry.Metric{
		OutboxPending(), OutboxOldestAge(), OutboxDead(), OutboxDeliveries(), OutboxRetries(), OutboxDeadLettered(),
	}
}

func outboxAttributes() []telemetry.Attribute {
	return []telemetry.Attribute{
		{
			Key: OutboxStore, Type: telemetry.TypeString, Stability: telemetry.Stable,
			Brief: "The package of the outbox's driver.", Examples: []any{"sqlrepo", "mongorepo"},
		},
		{
			Key: OutboxPath, Type: telemetry.TypeString, Stability: telemetry.Stable,
			Brief: "Who delivers an event.",
			Members: []telemetry.Member{
				{Value: Direct, Brief: "Who raised it, after the commit."}, {Value: Relay, Brief: "The relay."},
			},
		},
		{
			Key: OutboxWaited, Type: telemetry.TypeDouble, Stability: telemetry.Stable,
			Brief: "How long the event was in the outbox before this attempt, in seconds.", Examples: []any{1.5},
		},
		{
			Key: OutboxReplayed, Type: telemetry.TypeBoolean, Stability: telemetry.Stable,
			Brief: "That the event was a dead letter and somebody replayed it. Not there otherwise.",
		},
	}
}

func outboxSpans() []telemetry.Span {
	event := []attribute.Key{EventType, EventID, AggregateType, AggregateID, Attempt, OutboxWaited, OutboxReplayed}
	return []telemetry.Span{
		{
			ID: "neuroglia.outbox.relay", Name: "Outbox.{neuroglia.event.type}", Kind: trace.SpanKindInternal, Scope: outbox,
			Stability: telemetry.Stable, Attributes: append(slices.Clip(event), Outcome, ErrorType),
			Events: map[string][]attribute.Key{RetryEvent: {Attempt, RetryWait}},
			Brief:  "The delivery of an event by the relay. It has a link to the span that raised the event.",
		},
		{
			ID: "neuroglia.outbox.dead_letter", Name: "Outbox.dead_letter", Kind: trace.SpanKindInternal, Scope: outbox,
			Stability: telemetry.Stable, Attributes: append(slices.Clip(event), ErrorType),
			Brief: "An event is given up.",
		},
	}
}

func outboxLogs() []telemetry.Log {
	failed := []attribute.Key{ErrorType, semconv.ExceptionTypeKey, semconv.ExceptionMessageKey}
	event := []attribute.Key{EventType, EventID, AggregateID, Attempt}
	logs := []telemetry.Log{
		{Message: "event dead-lettered", Level: slog.LevelError, Scope: outbox, Attributes: exception(event...)},
		{Message: "event replayed", Level: slog.LevelInfo, Scope: outbox, Attributes: event},
	}
	for _, message := range OutboxTroubles() {
		logs = append(logs, telemetry.Log{Message: message, Level: slog.LevelWarn, Scope: outbox, Attributes: failed})
	}
	return logs
}

// OutboxTroubles are the log records of an outbox's database that does not answer. Nothing is lost by it.
func OutboxTroubles() []string {
	return []string{OutboxUnsettled, OutboxUnclaimed, OutboxUnrenewed, OutboxUnwatched, OutboxUnforgotten}
}

// What [OutboxTroubles] returns.
const (
	OutboxUnsettled   = "outbox: what came of deliveries is not stored yet"
	OutboxUnclaimed   = "outbox: cannot look for events to deliver"
	OutboxUnrenewed   = "outbox: cannot renew leases"
	OutboxUnwatched   = "outbox: cannot watch for events of other processes"
	OutboxUnforgotten = "outbox: cannot clear the inbox"
)
