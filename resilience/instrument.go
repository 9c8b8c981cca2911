package resilience

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/failsafe-go/failsafe-go/circuitbreaker"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/trace"

	"github.com/neuroglia-go/neuroglia/fault"
	"github.com/neuroglia-go/neuroglia/internal/instrument"
	"github.com/neuroglia-go/neuroglia/telemetry"
	"github.com/neuroglia-go/neuroglia/telemetry/registry"
)

// instruments are made once per policy.
type instruments struct {
	logger   *slog.Logger
	retries  metric.Int64Counter
	refusals metric.Int64Counter
	changes  metric.Int64Counter
}

func newInstruments(p telemetry.Providers) *instruments {
	meter := instrument.NewScope("resilience").Meter(p.Meter)
	i := &instruments{logger: p.Logger}
	var errs [3]error
	i.retries, errs[0] = registry.Retries().Int64Counter(meter)
	i.refusals, errs[1] = registry.GuardRefusals().Int64Counter(meter)
	i.changes, errs[2] = registry.BreakerChanges().Int64Counter(meter)
	if err := errors.Join(errs[:]...); err != nil {
		otel.Handle(fmt.Errorf("resilience: %w", err)) // the instruments can be used all the same
	}
	return i
}

// guardTelemetry is what is known of a guard before it is used.
type guardTelemetry struct {
	*instruments
	name string
}

// forGuard begins the counters that can be known at zero, so that the first of a kind is seen to have been added.
func (i *instruments) forGuard(name string, p *Policy) *guardTelemetry {
	t := &guardTelemetry{instruments: i, name: name}
	ctx := context.Background()
	if p.concurrency > 0 {
		i.refusals.Add(ctx, 0, t.with(registry.GuardRefusal.String(registry.BulkheadFull)))
	}
	if p.breaker != nil {
		i.refusals.Add(ctx, 0, t.with(registry.GuardRefusal.String(registry.BreakerIsOpen)))
		for _, change := range []string{registry.BreakerOpened, registry.BreakerTrying, registry.BreakerClosed} {
			i.changes.Add(ctx, 0, t.with(registry.BreakerChange.String(change)))
		}
	}
	return t
}

func (t *guardTelemetry) with(attrs ...attribute.KeyValue) metric.MeasurementOption {
	return metric.WithAttributes(append(attrs, registry.GuardName.String(t.name))...)
}

// retried shows an attempt that failed, when the next begins.
func (t *guardTelemetry) retried(ctx context.Context, attempt int, failed time.Time, wait time.Duration, err error) {
	kind := registry.ErrorType.String(fault.TypeOf(err))
	event := []attribute.KeyValue{registry.Attempt.Int(attempt), registry.RetryWait.Float64(wait.Seconds())}
	if span := trace.SpanFromContext(ctx); span.IsRecording() {
		span.AddEvent(registry.RetryEvent, trace.WithTimestamp(failed), trace.WithAttributes(append(event, kind)...))
	}
	t.retries.Add(ctx, 1, t.with(kind))
	_ = instrument.Log(ctx, t.logger, "call", []slog.Attr{
		slog.String(string(registry.GuardName), t.name), instrument.LogAttr(event[0]), instrument.LogAttr(event[1]),
	}, instrument.Retried, err)
}

func (t *guardTelemetry) refused(ctx context.Context, why string) {
	t.refusals.Add(ctx, 1, t.with(registry.GuardRefusal.String(why)))
}

// changed is called by the circuit breaker, which does not say in whose call.
func (t *guardTelemetry) changed(to circuitbreaker.State) {
	change, level := registry.BreakerClosed, slog.LevelInfo
	switch to {
	case circuitbreaker.OpenState:
		change, level = registry.BreakerOpened, slog.LevelWarn
	case circuitbreaker.HalfOpenState:
		change = registry.BreakerTrying
	case circuitbreaker.ClosedState:
	}
	ctx := context.Background()
	t.changes.Add(ctx, 1, t.with(registry.BreakerChange.String(change)))
	t.logger.LogAttrs(ctx, level, registry.BreakerRecord(change), slog.String(string(registry.GuardName), t.name))
}
