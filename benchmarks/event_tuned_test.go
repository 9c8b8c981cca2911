package benchmarks_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/trace"

	"github.com/neuroglia-go/neuroglia/aggregate"
	"github.com/neuroglia-go/neuroglia/telemetry"
	"github.com/neuroglia-go/neuroglia/telemetry/registry"
)

// tunedEvent is the instrumentation of the handlers of an event with all that is made once made once.
type tunedEvent struct {
	lag      metric.Float64Histogram
	lagged   []metric.RecordOption
	handlers []*tunedEventHandler
}

type tunedEventHandler struct {
	byhand

	name             string
	start            []trace.SpanStartOption
	duration         metric.Float64Histogram
	success, failure []metric.RecordOption
	succeeded        attribute.KeyValue
	work             eventHandler
}

func newTunedEvent(tb testing.TB, p telemetry.Providers, handlers int) *tunedEvent {
	tb.Helper()
	hand := newByHand(p)
	typ := attribute.String("neuroglia.event.type", "OrderPlaced")
	t := &tunedEvent{lag: hand.histogram(tb, registry.EventLag()), lagged: measured(typ)}
	for i := range handlers {
		h := &tunedEventHandler{
			byhand: hand, name: fmt.Sprintf("benchmarks_test.cook#%d", i+1), work: cook, succeeded: outcome("success"),
			duration: hand.histogram(tb, registry.EventProcessingDuration()),
		}
		name := attribute.String("neuroglia.event.handler", h.name)
		h.start = []trace.SpanStartOption{trace.WithAttributes(
			typ, name, attribute.String("code.function.name", "benchmarks_test.cook"))}
		h.success, h.failure = measured(typ, name, h.succeeded), measured(typ, name, outcome("failure"))
		t.handlers = append(t.handlers, h)
	}
	return t
}

func (t *tunedEvent) dispatch(ctx context.Context, r *aggregate.Raised) error {
	var errs []error
	for _, h := range t.handlers {
		if err := h.handle(ctx, r); err != nil {
			errs = append(errs, err)
		}
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	t.lag.Record(ctx, time.Since(r.At).Seconds(), t.lagged...)
	return nil
}

func (t *tunedEventHandler) handle(ctx context.Context, r *aggregate.Raised) error {
	began := time.Now()
	ctx, span := t.tracer.Start(ctx, "Event.OrderPlaced", t.start...)
	defer span.End()

	err := t.work.recovering(ctx, r.Event.(OrderPlaced))

	with := t.success
	if err != nil {
		with = t.failure
		span.SetStatus(codes.Error, err.Error())
		span.SetAttributes(outcome("failure"))
	} else if span.IsRecording() {
		span.SetAttributes(attribute.String("neuroglia.aggregate.type", r.AggregateType),
			attribute.String("neuroglia.aggregate.id", r.AggregateID), t.succeeded)
	}
	t.duration.Record(ctx, time.Since(began).Seconds(), with...)
	if t.logger.Enabled(ctx, slog.LevelDebug) {
		t.logger.LogAttrs(ctx, slog.LevelDebug, "event handled",
			slog.String("neuroglia.event.type", "OrderPlaced"), slog.String("neuroglia.event.handler", t.name))
	}
	return err
}
