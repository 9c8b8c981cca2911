package registry

import (
	"go.opentelemetry.io/otel/attribute"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"

	"github.com/neuroglia-go/neuroglia/telemetry"
)

// The attributes of several areas.
const (
	Outcome = attribute.Key("neuroglia.outcome")
	Attempt = attribute.Key("neuroglia.attempt")
	Reason  = attribute.Key("neuroglia.reason")
	// RetryWait is there on a [RetryEvent] and in the log record of what will be tried again.
	RetryWait = attribute.Key("neuroglia.retry.wait")
	// ErrorType is there for failures only.
	ErrorType = semconv.ErrorTypeKey
)

// The values of [Outcome]. Only a failure makes a span's status Error.
const (
	Success  = "success"
	Rejected = "rejected"
	Canceled = "canceled"
	Failure  = "failure"
	Retried  = "retried"
)

// RetryEvent is the span event of an attempt that failed and is followed by another.
const RetryEvent = "retry"

func commonAttributes() []telemetry.Attribute {
	return []telemetry.Attribute{
		{
			Key: Outcome, Type: telemetry.TypeString, Stability: telemetry.Stable,
			Brief: "What came of a message, of the handling of an event or of the processing of a message on the bus.",
			Members: []telemetry.Member{
				{Value: Success, Brief: "It was done."},
				{Value: Rejected, Brief: "It was refused, as is expected of a healthy service."},
				{Value: Canceled, Brief: "The caller gave up."},
				{Value: Failure, Brief: "It failed."},
				{Value: Retried, Brief: "It failed and will be tried again."},
			},
		},
		{
			Key: Attempt, Type: telemetry.TypeInt, Stability: telemetry.Stable,
			Brief:    "Which attempt it is, counted from 1. Not on the spans of first attempts.",
			Examples: []any{2},
		},
		{
			Key: Reason, Type: telemetry.TypeString, Stability: telemetry.Stable,
			Brief:    "Why something was refused or given up.",
			Examples: []any{"the kitchen is closed", "1 problem: body.items"},
		},
		{
			Key: RetryWait, Type: telemetry.TypeDouble, Stability: telemetry.Stable,
			Brief:    "How long to wait before the next attempt, in seconds.",
			Examples: []any{0.5},
		},
	}
}

// exception are the attributes of the log record of a failure.
func exception(others ...attribute.Key) []attribute.Key {
	return append(others, ErrorType, semconv.ExceptionTypeKey, semconv.ExceptionMessageKey, semconv.ExceptionStacktraceKey)
}
