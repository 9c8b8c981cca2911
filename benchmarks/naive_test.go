package benchmarks_test

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/trace"

	"github.com/neuroglia-go/neuroglia/telemetry"
)

// instruments are those of a command, made by hand. They are the framework's, with its names and buckets.
type instruments struct {
	tracer   trace.Tracer
	duration metric.Float64Histogram
	active   metric.Int64UpDownCounter
	logger   *slog.Logger
}

func newInstruments(p telemetry.Providers) instruments {
	meter := p.Meter.Meter("byhand")
	duration, err := meter.Float64Histogram("command.duration", metric.WithUnit("s"),
		metric.WithExplicitBucketBoundaries(0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10))
	if err != nil {
		panic(err)
	}
	active, err := meter.Int64UpDownCounter("message.active", metric.WithUnit("{message}"))
	if err != nil {
		panic(err)
	}
	return instruments{tracer: p.Tracer.Tracer("byhand"), duration: duration, active: active, logger: p.Logger}
}

// naive is the instrumentation of a command as tutorials show it: everything is said where it is needed.
type naive struct{ instruments }

func (n naive) place(ctx context.Context, cmd PlaceOrder) (order Order, err error) {
	began := time.Now()
	ctx, span := n.tracer.Start(ctx, "Command.PlaceOrder", trace.WithAttributes(
		attribute.String("neuroglia.message.kind", "command"),
		attribute.String("neuroglia.message.type", "PlaceOrder"),
		attribute.String("code.function.name", "benchmarks_test.place"),
	))
	defer span.End()
	n.active.Add(ctx, 1, metric.WithAttributes(
		attribute.String("neuroglia.message.kind", "command"),
		attribute.String("neuroglia.message.type", "PlaceOrder"),
	))
	defer func() {
		n.active.Add(ctx, -1, metric.WithAttributes(
			attribute.String("neuroglia.message.kind", "command"),
			attribute.String("neuroglia.message.type", "PlaceOrder"),
		))
	}()

	order, err = recovering(ctx, cmd)

	outcome := "success"
	if err != nil {
		outcome = "failure"
		span.RecordError(err)
		span.SetStatus(codes.Error, err.Error())
	} else {
		span.SetStatus(codes.Ok, "")
	}
	span.SetAttributes(attribute.String("neuroglia.outcome", outcome))
	n.duration.Record(ctx, time.Since(began).Seconds(), metric.WithAttributes(
		attribute.String("neuroglia.message.type", "PlaceOrder"),
		attribute.String("neuroglia.outcome", outcome),
	))
	n.logger.InfoContext(ctx, "command handled", "neuroglia.message.type", "PlaceOrder")
	return order, err
}

// recovering is place, with the panics and the ended contexts that the mediator sees to.
func recovering(ctx context.Context, cmd PlaceOrder) (order Order, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("panic: %v", v)
		}
	}()
	if err := ctx.Err(); err != nil {
		return order, err
	}
	return place(ctx, cmd)
}
