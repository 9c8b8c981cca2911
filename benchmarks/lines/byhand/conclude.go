package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"
)

// panicError is a recovered panic.
type panicError struct {
	value any
	stack string
}

func (e *panicError) Error() string { return fmt.Sprintf("panic: %v", e.value) }

// recovered returns err, or the panic with the given value.
func recovered(value any, err error) error {
	if value == nil {
		return err
	}
	return &panicError{value: value, stack: string(debug.Stack())}
}

// fail marks a span as failed, and returns the attribute that says so.
func fail(span trace.Span, err error) attribute.KeyValue {
	failure := semconv.ErrorType(err)
	if p := (*panicError)(nil); errors.As(err, &p) {
		failure = semconv.ErrorTypeKey.String("panic")
	}
	span.SetStatus(codes.Error, err.Error())
	span.SetAttributes(failure)
	return failure
}

// conclude sets and logs the outcome of work. It returns the attributes to measure it with.
func conclude(ctx context.Context, span trace.Span, what string, err error, attrs ...attribute.KeyValue) []attribute.KeyValue {
	outcome := "success"
	switch {
	case err == nil:
		slog.DebugContext(ctx, what+" handled")
	case errors.Is(err, errRefused):
		outcome = "rejected"
		slog.InfoContext(ctx, what+" rejected", "neuroglia.reason", err)
	default:
		outcome = "failure"
		failure := fail(span, err)
		attrs = append(attrs, failure)
		record := []any{"error.type", failure.Value.AsString(), "exception.message", err.Error()}
		if p := (*panicError)(nil); errors.As(err, &p) {
			record = append(record, "exception.stacktrace", p.stack)
		}
		slog.ErrorContext(ctx, what+" failed", record...)
	}
	span.SetAttributes(attribute.String("neuroglia.outcome", outcome))
	return append(attrs, attribute.String("neuroglia.outcome", outcome))
}
