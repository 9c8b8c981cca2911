package registry

import (
	"log/slog"

	"go.opentelemetry.io/otel/attribute"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"

	"github.com/neuroglia-go/neuroglia/telemetry"
)

// The attributes of messages, of events and of the aggregates that these are about.
const (
	MessageKind   = attribute.Key("neuroglia.message.kind")
	MessageType   = attribute.Key("neuroglia.message.type")
	EventID       = attribute.Key("neuroglia.event.id")
	EventType     = attribute.Key("neuroglia.event.type")
	EventHandler  = attribute.Key("neuroglia.event.handler")
	AggregateID   = attribute.Key("neuroglia.aggregate.id")
	AggregateType = attribute.Key("neuroglia.aggregate.type")
)

// The values of [MessageKind].
const (
	Command = "command"
	Query   = "query"
)

const mediator = module + "/mediator"

// CommandDuration measures commands.
func CommandDuration() telemetry.Metric {
	return telemetry.Histogram("neuroglia.command.duration", "s", "Duration of commands, from being sent to being answered.",
		Seconds(), MessageType, Outcome, ErrorType).By(mediator)
}

// QueryDuration measures queries.
func QueryDuration() telemetry.Metric {
	return telemetry.Histogram("neuroglia.query.duration", "s", "Duration of queries, from being sent to being answered.",
		Seconds(), MessageType, Outcome, ErrorType).By(mediator)
}

// ActiveMessages counts what is being worked on.
func ActiveMessages() telemetry.Metric {
	return telemetry.UpDownCounter("neuroglia.message.active", "{message}", "Commands and queries being handled.",
		MessageKind, MessageType).By(mediator)
}

// EventProcessingDuration measures the handlers of events.
func EventProcessingDuration() telemetry.Metric {
	return telemetry.Histogram("neuroglia.event.processing.duration", "s", "Duration of the handling of events, per handler.",
		Seconds(), EventType, EventHandler, Outcome, ErrorType).By(mediator)
}

// EventLag measures how far handlers are behind. It is recorded when all of an event's handlers have succeeded.
func EventLag() telemetry.Metric {
	return telemetry.Histogram("neuroglia.event.lag", "s", "Time from an event being raised to its handling being finished.",
		Lags(), EventType).By(mediator)
}

func mediatorMetrics() []telemetry.Metric {
	return []telemetry.Metric{CommandDuration(), QueryDuration(), ActiveMessages(), EventProcessingDuration(), EventLag()}
}

func mediatorAttributes() []telemetry.Attribute {
	return []telemetry.Attribute{
		{
			Key: MessageKind, Type: telemetry.TypeString, Stability: telemetry.Stable,
			Brief: "Whether a message changes something.",
			Members: []telemetry.Member{
				{Value: Command, Brief: "It changes something."}, {Value: Query, Brief: "It changes nothing."},
			},
		},
		{
			Key: MessageType, Type: telemetry.TypeString, Stability: telemetry.Stable,
			Brief: "The name of the message's Go type.", Examples: []any{"PlaceOrder", "GetMenu"},
		},
		{
			Key: EventID, Type: telemetry.TypeString, Stability: telemetry.Stable,
			Brief: "The identity of an event that an aggregate raised.", Examples: []any{"01JD4S9W8XQ5"},
		},
		{
			Key: EventType, Type: telemetry.TypeString, Stability: telemetry.Stable,
			Brief: "The name of the event's Go type.", Examples: []any{"OrderCreatedEvent"},
		},
		{
			Key: EventHandler, Type: telemetry.TypeString, Stability: telemetry.Stable,
			Brief: "The function that handles the event, without the path of its package.", Examples: []any{"eventbus.(*Bus).Forward"},
		},
		{
			Key: AggregateID, Type: telemetry.TypeString, Stability: telemetry.Stable,
			Brief: "The identity of the aggregate that the work is about.", Examples: []any{"0d3f9c1e"},
		},
		{
			Key: AggregateType, Type: telemetry.TypeString, Stability: telemetry.Stable,
			Brief: "The name of the aggregate's Go type.", Examples: []any{"Order"},
		},
	}
}

func mediatorSpans() []telemetry.Span {
	message := []attribute.Key{MessageKind, MessageType, Outcome, AggregateID, semconv.CodeFunctionNameKey, ErrorType}
	return []telemetry.Span{
		{
			ID: "neuroglia.command", Name: "Command.{neuroglia.message.type}", Kind: trace.SpanKindInternal,
			Stability: telemetry.Stable,
			Scope:     mediator, Attributes: message,
			Brief: "A command, with its behaviors, its handler and the commit.",
		},
		{
			ID: "neuroglia.query", Name: "Query.{neuroglia.message.type}", Kind: trace.SpanKindInternal,
			Stability: telemetry.Stable,
			Scope:     mediator, Attributes: message,
			Brief: "A query, until its answer or the end of the iteration over its answers.",
		},
		{
			ID: "neuroglia.event", Name: "Event.{neuroglia.event.type}", Kind: trace.SpanKindInternal, Scope: mediator,
			Stability: telemetry.Stable,
			Attributes: []attribute.Key{
				EventType, EventHandler, Outcome, AggregateType, AggregateID, Attempt, semconv.CodeFunctionNameKey, ErrorType,
			},
			Events: map[string][]attribute.Key{RetryEvent: {Attempt, RetryWait}},
			Brief:  "The handling of an event, one span for each handler.",
		},
	}
}

func mediatorLogs() []telemetry.Log {
	var logs []telemetry.Log
	for _, kind := range []string{Command, Query} {
		level := slog.LevelInfo
		if kind == Query {
			level = slog.LevelDebug
		}
		handled := []attribute.Key{MessageType, AggregateID}
		refused := []attribute.Key{MessageType, AggregateID, Outcome, Reason}
		logs = append(logs,
			telemetry.Log{Message: kind + " handled", Level: level, Scope: mediator, Attributes: handled},
			telemetry.Log{Message: kind + " " + Rejected, Level: slog.LevelInfo, Scope: mediator, Attributes: refused},
			telemetry.Log{Message: kind + " " + Canceled, Level: slog.LevelInfo, Scope: mediator, Attributes: refused},
			telemetry.Log{
				Message: kind + " failed", Level: slog.LevelError, Scope: mediator, Attributes: exception(MessageType, AggregateID),
			})
	}
	event := []attribute.Key{EventType, EventHandler}
	return append(logs,
		telemetry.Log{Message: "event handled", Level: slog.LevelDebug, Scope: mediator, Attributes: event},
		telemetry.Log{
			Message: "event " + Canceled, Level: slog.LevelInfo, Scope: mediator,
			Attributes: []attribute.Key{EventType, EventHandler, Outcome, Reason},
		},
		telemetry.Log{
			Message: "event " + Retried, Level: slog.LevelWarn, Scope: mediator,
			Attributes: exception(EventType, EventHandler, Attempt, RetryWait, Outcome),
		},
		telemetry.Log{Message: "event failed", Level: slog.LevelError, Scope: mediator, Attributes: exception(event...)})
}
