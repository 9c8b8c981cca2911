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

// tunedMessage is the instrumentation of a message by somebody who knows what OpenTelemetry's calls cost: options and
// sets of attributes are made once, and what is only known at the end is set then.
type tunedMessage[M, R any] struct {
	byhand

	name, span, handled string
	level               slog.Level
	attributes          []attribute.KeyValue
	start               []trace.SpanStartOption
	duration            metric.Float64Histogram
	success, failure    []metric.RecordOption
	active              metric.Int64UpDownCounter
	counted             metric.MeasurementOption
	activeOptions       []metric.AddOption
	succeeded           attribute.KeyValue
	work                handler[M, R]
}

func newTunedMessage[M, R any](
	tb testing.TB, p telemetry.Providers, kind mediator.Kind, h handler[M, R]) *tunedMessage[M, R] {
	tb.Helper()
	t := tuneMessage(tb, p, kind, h)
	t.active = made(tb, registry.ActiveMessages().Int64UpDownCounter, t.meter)
	return t
}

// tuneMessage makes all but what counts the messages being handled.
func tuneMessage[M, R any](tb testing.TB, p telemetry.Providers, kind mediator.Kind, h handler[M, R]) *tunedMessage[M, R] {
	tb.Helper()
	t := &tunedMessage[M, R]{byhand: newByHand(p), name: reflect.TypeFor[M]().Name(), work: h, succeeded: outcome("success")}
	t.span, t.duration, t.level = "Command."+t.name, t.histogram(tb, registry.CommandDuration()), slog.LevelInfo
	if kind == mediator.KindQuery {
		t.span, t.duration, t.level = "Query."+t.name, t.histogram(tb, registry.QueryDuration()), slog.LevelDebug
	}
	t.handled = kind.String() + " handled"
	kindOf := attribute.String("neuroglia.message.kind", kind.String())
	name := attribute.String("neuroglia.message.type", t.name)
	t.attributes = []attribute.KeyValue{kindOf, name, attribute.String("code.function.name", "benchmarks_test.place")}
	t.start = []trace.SpanStartOption{trace.WithAttributes(t.attributes...)}
	t.counted = metric.WithAttributeSet(attribute.NewSet(kindOf, name))
	t.activeOptions = []metric.AddOption{t.counted}
	t.success, t.failure = measured(name, t.succeeded), measured(name, outcome("failure"))
	return t
}

func (t *tunedMessage[M, R]) handle(ctx context.Context, msg M) (R, error) {
	began := time.Now()
	ctx, span := t.tracer.Start(ctx, t.span, t.start...)
	defer span.End()
	t.active.Add(ctx, 1, t.activeOptions...)
	defer t.active.Add(ctx, -1, t.activeOptions...)

	answer, err := t.work.recovering(ctx, msg)

	with := t.success
	if err != nil {
		with = t.failure
		span.SetStatus(codes.Error, err.Error())
		span.SetAttributes(outcome("failure"))
	} else if span.IsRecording() {
		span.SetAttributes(t.succeeded)
	}
	t.duration.Record(ctx, time.Since(began).Seconds(), with...)
	if t.logger.Enabled(ctx, t.level) {
		t.logger.LogAttrs(ctx, t.level, t.handled, slog.String("neuroglia.message.type", t.name))
	}
	return answer, err
}

func outcome(o string) attribute.KeyValue { return attribute.String("neuroglia.outcome", o) }

// measured are the options of a measurement, made once.
func measured(attrs ...attribute.KeyValue) []metric.RecordOption {
	return []metric.RecordOption{metric.WithAttributeSet(attribute.NewSet(attrs...))}
}
