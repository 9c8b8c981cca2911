package registry

import (
	"log/slog"
	"slices"

	"go.opentelemetry.io/otel/attribute"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/semconv/v1.43.0/messagingconv"
	"go.opentelemetry.io/otel/trace"

	"github.com/neuroglia-go/neuroglia/telemetry"
)

const eventbus = module + "/eventbus"

// BusReplayed is there on the spans of what somebody replayed.
const BusReplayed = attribute.Key("neuroglia.bus.replayed")

// SentMessages counts what the bus was given to publish.
func SentMessages() telemetry.Metric {
	return convention(messagingconv.ClientSentMessages{}, nil, append(messaging(), ErrorType)...).By(eventbus)
}

// ConsumedMessages counts what subscribers were given.
func ConsumedMessages() telemetry.Metric {
	return convention(messagingconv.ClientConsumedMessages{}, nil, append(messaging(), semconv.MessagingConsumerGroupNameKey)...).
		By(eventbus)
}

// MessagingOperationDuration measures publishing.
func MessagingOperationDuration() telemetry.Metric {
	return convention(messagingconv.ClientOperationDuration{}, Seconds(), append(messaging(), ErrorType)...).By(eventbus)
}

// MessageProcessDuration measures subscribers.
func MessageProcessDuration() telemetry.Metric {
	return convention(messagingconv.ProcessDuration{}, Seconds(),
		append(messaging(), semconv.MessagingConsumerGroupNameKey, Outcome, ErrorType)...).By(eventbus)
}

// BusRetries counts the failed attempts to process an event that are followed by another.
func BusRetries() telemetry.Metric {
	return telemetry.Counter("neuroglia.bus.retries", "{event}", "Failed attempts to process an event that are followed by another.",
		subscription()...).By(eventbus)
}

// BusDeadLettered counts the events that were given up and are kept for people to look at.
func BusDeadLettered() telemetry.Metric {
	return telemetry.Counter("neuroglia.bus.dead_lettered", "{event}", "Events that were given up and are kept as dead letters.",
		subscription()...).By(eventbus)
}

// BusConsumerLag is how far consumer groups are behind, if the transport knows. All processes of a group report the same.
func BusConsumerLag() telemetry.Metric {
	return telemetry.Gauge("neuroglia.bus.consumer.lag", "{event}", "Events that a consumer group has not handled.",
		subscription()...).By(eventbus)
}

// subscription are the attributes of what is counted per subscription.
func subscription() []attribute.Key {
	return []attribute.Key{
		semconv.MessagingSystemKey, semconv.MessagingDestinationNameKey, semconv.MessagingConsumerGroupNameKey,
	}
}

// messaging are the attributes of all messaging metrics.
func messaging() []attribute.Key {
	return []attribute.Key{semconv.MessagingSystemKey, semconv.MessagingOperationNameKey, semconv.MessagingDestinationNameKey}
}

func eventbusMetrics() []telemetry.Metric {
	return []telemetry.Metric{
		SentMessages(), ConsumedMessages(), MessagingOperationDuration(), MessageProcessDuration(),
		BusRetries(), BusDeadLettered(), BusConsumerLag(),
	}
}

func eventbusAttributes() []telemetry.Attribute {
	return []telemetry.Attribute{{
		Key: BusReplayed, Type: telemetry.TypeBoolean, Stability: telemetry.Stable,
		Brief: "That the event was a dead letter of the bus and somebody replayed it. Not there otherwise.",
	}}
}

func eventbusSpans() []telemetry.Span {
	both := append(messaging(), semconv.MessagingOperationTypeKey, semconv.MessagingMessageIDKey,
		semconv.CloudEventsEventIDKey, semconv.CloudEventsEventTypeKey, semconv.CloudEventsEventSourceKey,
		semconv.CloudEventsEventSpecVersionKey, semconv.CloudEventsEventSubjectKey, ErrorType)
	return []telemetry.Span{
		{
			ID: "neuroglia.publish", Name: "publish {cloudevents.event_type}", Kind: trace.SpanKindProducer,
			Stability: telemetry.Development,
			Scope:     eventbus, Attributes: both,
			Brief: "An event being given to the transport.",
		},
		{
			ID: "neuroglia.process", Name: "process {cloudevents.event_type}", Kind: trace.SpanKindConsumer,
			Stability: telemetry.Development,
			Scope:     eventbus,
			Attributes: append(slices.Clone(both), semconv.MessagingConsumerGroupNameKey, Outcome, Attempt, BusReplayed,
				semconv.CodeFunctionNameKey),
			Events: map[string][]attribute.Key{RetryEvent: {Attempt, RetryWait}},
			Brief:  "An event being processed by a subscriber, with a link to the span that published it.",
		},
		{
			ID: "neuroglia.dead_letter", Name: "dead_letter {messaging.destination.name}", Kind: trace.SpanKindInternal,
			Stability:  telemetry.Development,
			Scope:      eventbus,
			Attributes: append(subscription(), semconv.MessagingMessageIDKey, Attempt, ErrorType),
			Brief:      "An event being given up by a subscriber, and kept as a dead letter.",
		},
	}
}

func eventbusLogs() []telemetry.Log {
	message := []attribute.Key{
		semconv.CloudEventsEventTypeKey, semconv.CloudEventsEventIDKey, semconv.MessagingConsumerGroupNameKey,
	}
	return []telemetry.Log{
		{Message: "message handled", Level: slog.LevelDebug, Scope: eventbus, Attributes: message},
		{
			Message: "message " + Canceled, Level: slog.LevelInfo, Scope: eventbus,
			Attributes: append(slices.Clone(message), Outcome, Reason),
		},
		{
			Message: "message " + Retried, Level: slog.LevelWarn, Scope: eventbus,
			Attributes: exception(append(slices.Clone(message), Attempt, RetryWait, Outcome)...),
		},
		{Message: "message failed", Level: slog.LevelError, Scope: eventbus, Attributes: exception(slices.Clone(message)...)},
	}
}
