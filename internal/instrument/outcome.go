package instrument

import (
	"context"
	"log/slog"
	"slices"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/trace"

	"github.com/neuroglia-go/neuroglia/fault"
	"github.com/neuroglia-go/neuroglia/telemetry/registry"
)

// Outcome is a value of [registry.Outcome].
type Outcome string

// The outcomes of a piece of work. Only Failure makes a span's status Error.
const (
	Success  Outcome = registry.Success
	Rejected Outcome = registry.Rejected // refused, as expected of a healthy service
	Canceled Outcome = registry.Canceled // the caller gave up
	Failure  Outcome = registry.Failure
	Retried  Outcome = registry.Retried // failed, and will be tried again; never the outcome of an error by itself
)

// OutcomeOf classifies the error that work under ctx ended with.
func OutcomeOf(ctx context.Context, err error) Outcome {
	switch kind := fault.KindOf(err); {
	case err == nil:
		return Success
	case kind.Refusal():
		return Rejected
	case kind == fault.Canceled && ctx.Err() != nil:
		return Canceled
	default:
		return Failure
	}
}

// OutcomeOfHandler is [OutcomeOf] for work that nobody waits for, such as the handling of an event: there, a refusal is
// work left undone, and so a failure.
func OutcomeOfHandler(ctx context.Context, err error) Outcome {
	if outcome := OutcomeOf(ctx, err); outcome != Rejected {
		return outcome
	}
	return Failure
}

// Fail sets the status and error.type of a span whose work failed.
func Fail(span trace.Span, err error) {
	if span.IsRecording() {
		span.SetStatus(codes.Error, Text(err))
		span.SetAttributes(registry.ErrorType.String(fault.TypeOf(err)))
	}
}

// Retry adds the event of an attempt that failed, and is followed by another after wait, to its span. It returns the
// same for the log record.
func Retry(span trace.Span, attempt int, wait time.Duration) []slog.Attr {
	again := []attribute.KeyValue{registry.Attempt.Int(attempt), registry.RetryWait.Float64(wait.Seconds())}
	if span.IsRecording() {
		span.AddEvent(registry.RetryEvent, trace.WithAttributes(again...))
	}
	return []slog.Attr{LogAttr(again[0]), LogAttr(again[1])}
}

// Conclude sets the outcome of work that did not succeed on its span, and returns what to measure its duration with:
// the attributes given, the outcome and, for a failure, error.type.
func Conclude(span trace.Span, outcome Outcome, err error, base ...attribute.KeyValue) metric.MeasurementOption {
	attrs := append(slices.Clone(base), registry.Outcome.String(string(outcome)))
	span.SetAttributes(attrs[len(base)])
	if outcome == Failure {
		Fail(span, err)
		attrs = append(attrs, registry.ErrorType.String(fault.TypeOf(err)))
	}
	return metric.WithAttributeSet(attribute.NewSet(attrs...))
}
