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

// messaging are the attributes of all messaging metrics.
func messaging() []attribute.Key {
	return []attribute.Key{semconv.MessagingSystemKey, semconv.MessagingOperationNameKey, semconv.MessagingDestinationNameKey}
}

func eventbusMetrics() []telemetry.Metric {
	return []telemetry.Metric{SentMessages(), ConsumedMessages(), MessagingOperationDuration(), MessageProcessDuration()}
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
			Stability:  telemetry.Development,
			Scope:      eventbus,
			Attributes: append(slices.Clone(both), semconv.MessagingConsumerGroupNameKey, Outcome, Attempt, semconv.CodeFunctionNameKey),
			Brief:      "An event being processed by a subscriber, with a link to the span that published it.",
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
		{Message: "message failed", Level: slog.LevelError, Scope: eventbus, Attributes: exception(slices.Clone(message)...)},
	}
}
