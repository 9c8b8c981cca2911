package benchmarks_test

import (
	"context"
	"log/slog"
	"sync/atomic"
	"testing"
	"time"

	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/trace"

	"github.com/neuroglia-go/neuroglia/mediator"
	"github.com/neuroglia-go/neuroglia/telemetry"
	"github.com/neuroglia-go/neuroglia/telemetry/registry"
)

// tunedMostMessage is tunedMessage by somebody who has profiled it too, and does what the framework does: success is said
// when the span starts, and the messages being handled are counted by atomics that are read when metrics are collected.
type tunedMostMessage[M, R any] struct {
	*tunedMessage[M, R]

	begun, ended atomic.Int64
}

func newTunedMostMessage[M, R any](
	tb testing.TB, p telemetry.Providers, kind mediator.Kind, h handler[M, R]) *tunedMostMessage[M, R] {
	tb.Helper()
	t := &tunedMostMessage[M, R]{tunedMessage: tuneMessage(tb, p, kind, h)}
	t.start = []trace.SpanStartOption{trace.WithAttributes(append(t.attributes, t.succeeded)...)}
	active := made(tb, registry.ActiveMessages().Int64ObservableUpDownCounter, t.meter)
	made(tb, func(m metric.Meter) (metric.Registration, error) {
		return m.RegisterCallback(func(_ context.Context, o metric.Observer) error {
			ended := t.ended.Load()
			o.ObserveInt64(active, t.begun.Load()-ended, t.counted)
			return nil
		}, active)
	}, t.meter)
	return t
}

func (t *tunedMostMessage[M, R]) handle(ctx context.Context, msg M) (R, error) {
	began := time.Now()
	t.begun.Add(1)
	defer t.ended.Add(1)
	ctx, span := t.tracer.Start(ctx, t.span, t.start...)
	defer span.End()

	answer, err := t.work.recovering(ctx, msg)

	with := t.success
	if err != nil {
		with = t.failure
		span.SetStatus(codes.Error, err.Error())
		span.SetAttributes(outcome("failure"))
	}
	t.duration.Record(ctx, time.Since(began).Seconds(), with...)
	if t.logger.Enabled(ctx, t.level) {
		t.logger.LogAttrs(ctx, t.level, t.handled, slog.String("neuroglia.message.type", t.name))
	}
	return answer, err
}
