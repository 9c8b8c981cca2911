package benchmarks_test

import (
	"context"
	"log/slog"
	"reflect"
	"testing"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/trace"

	"github.com/neuroglia-go/neuroglia/mediator"
	"github.com/neuroglia-go/neuroglia/telemetry"
	"github.com/neuroglia-go/neuroglia/telemetry/registry"
)

// naiveMessage is the instrumentation of a message as tutorials show it: everything is said where it is needed.
type naiveMessage[M, R any] struct {
	byhand

	kind, name, span, handled string
	nameArg                   any // the name as an argument of slog, for which a constant costs nothing

	level    slog.Level
	duration metric.Float64Histogram
	active   metric.Int64UpDownCounter
	work     handler[M, R]
}

func newNaiveMessage[M, R any](
	tb testing.TB, p telemetry.Providers, kind mediator.Kind, h handler[M, R]) *naiveMessage[M, R] {
	tb.Helper()
	n := &naiveMessage[M, R]{byhand: newByHand(p), kind: kind.String(), name: reflect.TypeFor[M]().Name(), work: h}
	n.handled, n.nameArg = n.kind+" handled", n.name
	n.active = made(tb, registry.ActiveMessages().Int64UpDownCounter, n.meter)
	n.span, n.duration, n.level = "Command."+n.name, n.histogram(tb, registry.CommandDuration()), slog.LevelInfo
	if kind == mediator.KindQuery {
		n.span, n.duration, n.level = "Query."+n.name, n.histogram(tb, registry.QueryDuration()), slog.LevelDebug
	}
	return n
}

func (n *naiveMessage[M, R]) handle(ctx context.Context, msg M) (answer R, err error) {
	began := time.Now()
	ctx, span := n.tracer.Start(ctx, n.span, trace.WithAttributes(
		attribute.String("neuroglia.message.kind", n.kind),
		attribute.String("neuroglia.message.type", n.name),
		attribute.String("code.function.name", "benchmarks_test.place"),
	))
	defer span.End()
	n.active.Add(ctx, 1, metric.WithAttributes(
		attribute.String("neuroglia.message.kind", n.kind),
		attribute.String("neuroglia.message.type", n.name),
	))
	defer func() {
		n.active.Add(ctx, -1, metric.WithAttributes(
			attribute.String("neuroglia.message.kind", n.kind),
			attribute.String("neuroglia.message.type", n.name),
		))
	}()

	answer, err = n.work.recovering(ctx, msg)

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
		attribute.String("neuroglia.message.type", n.name),
		attribute.String("neuroglia.outcome", outcome),
	))
	n.logger.Log(ctx, n.level, n.handled, "neuroglia.message.type", n.nameArg)
	return answer, err
}
