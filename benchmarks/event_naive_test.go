package benchmarks_test

import (
	"context"
	"errors"
	"fmt"
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

// naiveEvent is the instrumentation of the handlers of an event as tutorials show it.
type naiveEvent struct {
	byhand

	duration, lag metric.Float64Histogram
	names         []string
	nameArgs      []any // the names as arguments of slog, for which a constant costs nothing
	handlers      []eventHandler
}

func newNaiveEvent(tb testing.TB, p telemetry.Providers, handlers int) *naiveEvent {
	tb.Helper()
	n := &naiveEvent{byhand: newByHand(p)}
	n.duration, n.lag = n.histogram(tb, registry.EventProcessingDuration()), n.histogram(tb, registry.EventLag())
	for i := range handlers {
		name := fmt.Sprintf("benchmarks_test.cook#%d", i+1)
		n.names, n.nameArgs, n.handlers = append(n.names, name), append(n.nameArgs, name), append(n.handlers, cook)
	}
	return n
}

func (n *naiveEvent) dispatch(ctx context.Context, r *aggregate.Raised) error {
	var errs []error
	for i, h := range n.handlers {
		errs = append(errs, n.handle(ctx, i, h, r))
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	n.lag.Record(ctx, time.Since(r.At).Seconds(), metric.WithAttributes(
		attribute.String("neuroglia.event.type", "OrderPlaced")))
	return nil
}

func (n *naiveEvent) handle(ctx context.Context, which int, h eventHandler, r *aggregate.Raised) error {
	began, name := time.Now(), n.names[which]
	ctx, span := n.tracer.Start(ctx, "Event.OrderPlaced", trace.WithAttributes(
		attribute.String("neuroglia.event.type", "OrderPlaced"),
		attribute.String("neuroglia.event.handler", name),
		attribute.String("neuroglia.aggregate.type", r.AggregateType),
		attribute.String("neuroglia.aggregate.id", r.AggregateID),
		attribute.String("code.function.name", "benchmarks_test.cook"),
	))
	defer span.End()

	err := h.recovering(ctx, r.Event.(OrderPlaced))

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
		attribute.String("neuroglia.event.type", "OrderPlaced"),
		attribute.String("neuroglia.event.handler", name),
		attribute.String("neuroglia.outcome", outcome),
	))
	n.logger.DebugContext(ctx, "event handled", "neuroglia.event.type", "OrderPlaced", "neuroglia.event.handler", n.nameArgs[which])
	return err
}
