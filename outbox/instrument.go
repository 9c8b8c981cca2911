package outbox

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"github.com/neuroglia-go/neuroglia/fault"
	"github.com/neuroglia-go/neuroglia/internal/instrument"
	"github.com/neuroglia-go/neuroglia/telemetry"
	"github.com/neuroglia-go/neuroglia/telemetry/registry"
)

// instruments are made once per relay.
type instruments struct {
	tracer       instrument.Tracer
	propagator   propagation.TextMapPropagator
	baggage      []string
	logger       *slog.Logger
	deliveries   metric.Int64Counter
	retries      metric.Int64Counter
	deadLettered metric.Int64Counter
	stopped      atomic.Bool                                   // the database may be closed at any time
	direct       *instrument.Cache[string, []metric.AddOption] // of deliveries that succeed at once, by type of event
}

func newInstruments(p telemetry.Providers, log Log, baggageKeys []string) *instruments {
	scope := instrument.NewScope("outbox")
	meter := scope.Meter(p.Meter)
	i := &instruments{
		tracer: scope.Tracer(p.Tracer), propagator: p.Propagator,
		baggage: baggageKeys, logger: p.Logger,
	}
	i.direct = instrument.NewCache(func(eventType string) []metric.AddOption {
		return []metric.AddOption{metric.WithAttributeSet(delivered(eventType, registry.Direct, instrument.Success))}
	})
	var errs [4]error
	i.deliveries, errs[0] = registry.OutboxDeliveries().Int64Counter(meter)
	i.retries, errs[1] = registry.OutboxRetries().Int64Counter(meter)
	i.deadLettered, errs[2] = registry.OutboxDeadLettered().Int64Counter(meter)
	errs[3] = i.gauges(meter, log)
	if err := errors.Join(errs[:]...); err != nil {
		otel.Handle(fmt.Errorf("outbox: %w", err)) // the instruments can be used all the same
	}
	return i
}

// gauges are read from the database at every export, so that they are right whoever fills and empties the outbox.
func (i *instruments) gauges(meter metric.Meter, log Log) error {
	var errs [4]error
	var pending, oldest, dead metric.Float64ObservableGauge
	pending, errs[0] = registry.OutboxPending().Float64ObservableGauge(meter)
	oldest, errs[1] = registry.OutboxOldestAge().Float64ObservableGauge(meter)
	dead, errs[2] = registry.OutboxDead().Float64ObservableGauge(meter)
	store := metric.WithAttributeSet(attribute.NewSet(registry.OutboxStore.String(log.Name())))
	_, errs[3] = meter.RegisterCallback(func(ctx context.Context, o metric.Observer) error {
		status, err := log.Status(ctx)
		switch {
		case err != nil && i.stopped.Load():
			return nil
		case err != nil:
			otel.Handle(fmt.Errorf("outbox: read how full it is: %w", err)) // returned, it would cost all other metrics
			return nil
		}
		o.ObserveFloat64(pending, float64(status.Pending), store)
		o.ObserveFloat64(oldest, status.Oldest.Seconds(), store)
		o.ObserveFloat64(dead, float64(status.Dead), store)
		return nil
	}, pending, oldest, dead)
	return errors.Join(errs[:]...)
}

// origin returns what is stored of the context that events are raised in.
func (i *instruments) origin(ctx context.Context) map[string]string {
	carrier := propagation.MapCarrier{}
	i.propagator.Inject(instrument.AllowBaggage(ctx, i.baggage), carrier)
	if len(carrier) == 0 {
		return nil
	}
	return carrier
}

// begin starts the span of a delivery by the relay, which ends when it is concluded.
func (i *instruments) begin(ctx context.Context, e *Entry, sameTrace time.Duration) context.Context {
	ctx = instrument.AllowBaggage(i.propagator.Extract(ctx, propagation.MapCarrier(e.Origin)), i.baggage)
	if i.tracer.On() {
		ctx, _ = i.tracer.Start(ctx, "Outbox."+e.Type, i.relation(ctx, e, sameTrace)...)
	}
	if e.Replays > 0 {
		i.logger.LogAttrs(ctx, slog.LevelInfo, "event replayed", logged(e)...)
	}
	return ctx
}

// relation says how the span of a delivery relates to where the event was raised. It belongs to that trace if that is
// recent, and has a link to it in any case.
func (i *instruments) relation(ctx context.Context, e *Entry, sameTrace time.Duration) []trace.SpanStartOption {
	opts := []trace.SpanStartOption{trace.WithAttributes(described(e)...)}
	if raisedIn := trace.SpanContextFromContext(ctx); raisedIn.IsValid() {
		opts = append(opts, trace.WithLinks(trace.Link{SpanContext: raisedIn}))
		recent := sameTrace < 0 || time.Since(e.RaisedAt) < sameTrace
		// An origin that was not sampled would make what is retried invisible: it begins a trace of its own.
		if !recent || e.Replays > 0 || !raisedIn.IsSampled() {
			opts = append(opts, trace.WithNewRoot())
		}
	}
	return opts
}

// concluded measures an attempt and ends the relay's span with what came of it.
func (i *instruments) concluded(ctx context.Context, o *Outcome, byRelay bool, err error) {
	event, outcome := registry.EventType.String(o.Entry.Type), instrument.Success
	switch o.Verdict { //nolint:exhaustive // the others are not outcomes of attempts
	case Again, Postponed:
		outcome = instrument.Retried
		i.retries.Add(ctx, 1, metric.WithAttributes(event))
	case Dead:
		outcome = instrument.Failure
		i.deadLettered.Add(ctx, 1, metric.WithAttributes(event, registry.ErrorType.String(fault.TypeOf(err))))
	}
	path := registry.Direct
	if byRelay {
		path = registry.Relay
		span := trace.SpanFromContext(ctx)
		defer span.End()
		span.SetAttributes(registry.Outcome.String(string(outcome)))
		if outcome == instrument.Retried {
			instrument.Retry(span, max(o.Entry.Attempts, 1), o.Wait)
		}
		if o.Verdict == Dead {
			instrument.Fail(span, err)
		}
	}
	if !byRelay && outcome == instrument.Success {
		i.deliveries.Add(ctx, 1, i.direct.Get(o.Entry.Type)...)
	} else {
		i.deliveries.Add(ctx, 1, metric.WithAttributeSet(delivered(o.Entry.Type, path, outcome)))
	}
	if o.Verdict == Dead {
		i.dead(ctx, &o.Entry, err)
	}
}

// delivered is what a delivery is counted with.
func delivered(eventType, path string, outcome instrument.Outcome) attribute.Set {
	return attribute.NewSet(registry.EventType.String(eventType), registry.OutboxPath.String(path),
		registry.Outcome.String(string(outcome)))
}

// dead shows that an event was given up: it is what somebody has to look at.
func (i *instruments) dead(ctx context.Context, e *Entry, err error) {
	if i.tracer.On() {
		_, span := i.tracer.Start(ctx, "Outbox.dead_letter", trace.WithAttributes(described(e)...))
		instrument.Fail(span, err)
		span.End()
	}
	i.logger.LogAttrs(ctx, slog.LevelError, "event dead-lettered", append(logged(e), instrument.Exception(err)...)...)
}

func described(e *Entry) []attribute.KeyValue {
	attrs := []attribute.KeyValue{
		registry.EventType.String(e.Type), registry.EventID.String(e.ID), registry.AggregateType.String(e.AggregateType),
		registry.AggregateID.String(e.AggregateID), registry.OutboxWaited.Float64(time.Since(e.RaisedAt).Seconds()),
	}
	if e.Attempts > 1 {
		attrs = append(attrs, registry.Attempt.Int(e.Attempts))
	}
	if e.Replays > 0 {
		attrs = append(attrs, registry.OutboxReplayed.Bool(true))
	}
	return attrs
}

func logged(e *Entry) []slog.Attr {
	return []slog.Attr{
		slog.String(string(registry.EventType), e.Type), slog.String(string(registry.EventID), e.ID),
		slog.String(string(registry.AggregateID), e.AggregateID), slog.Int(string(registry.Attempt), e.Attempts),
	}
}

// trouble logs that the database does not answer. Nothing is lost by it.
func (i *instruments) trouble(ctx context.Context, what string, err error) {
	i.logger.LogAttrs(ctx, slog.LevelWarn, what, instrument.Exception(err)...)
}
