package benchmarks_test

import (
	"context"
	"log/slog"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/trace"

	"github.com/neuroglia-go/neuroglia/telemetry"
)

// tuned is the instrumentation of a command by somebody who knows what OpenTelemetry's calls cost: options and sets of
// attributes are made once.
type tuned struct {
	instruments
	start            []trace.SpanStartOption
	active           []metric.AddOption
	success, failure []metric.RecordOption
	succeeded        attribute.KeyValue
}

func newTuned(p telemetry.Providers) *tuned {
	kind := attribute.String("neuroglia.message.kind", "command")
	name := attribute.String("neuroglia.message.type", "PlaceOrder")
	outcome := func(o string) attribute.KeyValue { return attribute.String("neuroglia.outcome", o) }
	duration := func(o string) []metric.RecordOption {
		return []metric.RecordOption{metric.WithAttributeSet(attribute.NewSet(name, outcome(o)))}
	}
	return &tuned{
		instruments: newInstruments(p),
		start: []trace.SpanStartOption{trace.WithAttributes(
			kind, name, attribute.String("code.function.name", "benchmarks_test.place"))},
		active:  []metric.AddOption{metric.WithAttributeSet(attribute.NewSet(kind, name))},
		success: duration("success"), failure: duration("failure"),
		succeeded: outcome("success"),
	}
}

func (t *tuned) place(ctx context.Context, cmd PlaceOrder) (Order, error) {
	began := time.Now()
	ctx, span := t.tracer.Start(ctx, "Command.PlaceOrder", t.start...)
	defer span.End()
	t.instruments.active.Add(ctx, 1, t.active...)
	defer t.instruments.active.Add(ctx, -1, t.active...)

	order, err := recovering(ctx, cmd)

	measured := t.success
	if err != nil {
		measured = t.failure
		span.SetStatus(codes.Error, err.Error())
		span.SetAttributes(attribute.String("neuroglia.outcome", "failure"))
	} else if span.IsRecording() {
		span.SetAttributes(t.succeeded)
	}
	t.duration.Record(ctx, time.Since(began).Seconds(), measured...)
	if t.logger.Enabled(ctx, slog.LevelInfo) {
		t.logger.LogAttrs(ctx, slog.LevelInfo, "command handled", slog.String("neuroglia.message.type", "PlaceOrder"))
	}
	return order, err
}
