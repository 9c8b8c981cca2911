package eventbus

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/propagation"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"

	"github.com/neuroglia-go/neuroglia/cloudevent"
	"github.com/neuroglia-go/neuroglia/fault"
	"github.com/neuroglia-go/neuroglia/internal/instrument"
	"github.com/neuroglia-go/neuroglia/telemetry"
	"github.com/neuroglia-go/neuroglia/telemetry/registry"
)

// instruments are made once per bus. The names follow
// https://opentelemetry.io/docs/specs/semconv/messaging/messaging-metrics/.
type instruments struct {
	tracer     trace.Tracer
	meter      metric.Meter
	silent     bool
	propagator propagation.TextMapPropagator
	baggage    []string // the keys that travel
	logger     *slog.Logger
	system     string
	sent       metric.Int64Counter
	consumed   metric.Int64Counter
	operation  metric.Float64Histogram
	process    metric.Float64Histogram

	retries      metric.Int64Counter
	deadLettered metric.Int64Counter
	redelivers   bool // whether the transport does
	keepsDead    bool // whether it keeps what is given up
}

func newInstruments(p telemetry.Providers, transport Transport, baggageKeys []string) *instruments {
	scope := instrument.NewScope("eventbus")
	meter := scope.Meter(p.Meter)
	i := &instruments{
		tracer: scope.Tracer(p.Tracer), meter: meter, silent: instrument.Silent(p.Tracer), propagator: p.Propagator,
		baggage: baggageKeys, logger: p.Logger, system: transport.System(),
		redelivers: keeps(transport, Redelivery), keepsDead: keeps(transport, DeadLetters),
	}
	var errs [6]error
	i.sent, errs[0] = registry.SentMessages().Int64Counter(meter)
	i.consumed, errs[1] = registry.ConsumedMessages().Int64Counter(meter)
	i.operation, errs[2] = registry.MessagingOperationDuration().Float64Histogram(meter)
	i.process, errs[3] = registry.MessageProcessDuration().Float64Histogram(meter)
	i.retries, errs[4] = registry.BusRetries().Int64Counter(meter)
	i.deadLettered, errs[5] = registry.BusDeadLettered().Int64Counter(meter)
	if err := errors.Join(errs[:]...); err != nil {
		otel.Handle(fmt.Errorf("event bus: %w", err)) // the instruments can be used all the same
	}
	return i
}

// inject writes the trace context, and the baggage that travels, into the event.
func (i *instruments) inject(ctx context.Context, e *cloudevent.Event) {
	i.propagator.Inject(instrument.AllowBaggage(ctx, i.baggage), cloudevent.Carrier{Event: e})
}

// extract returns ctx with the trace context of the event, and of its baggage what travels.
func (i *instruments) extract(ctx context.Context, e *cloudevent.Event) context.Context {
	return instrument.AllowBaggage(i.propagator.Extract(ctx, cloudevent.Carrier{Event: e}), i.baggage)
}

// publishing is a publish that has begun.
type publishing struct {
	*instruments
	span       trace.Span
	attributes []attribute.KeyValue
	began      time.Time
}

func (i *instruments) beginPublish(ctx context.Context, e *cloudevent.Event) (context.Context, publishing) {
	op := publishing{instruments: i, began: time.Now(), attributes: i.attributes("publish", e.Type)}
	ctx, op.span = i.start(ctx, "publish "+e.Type, trace.WithSpanKind(trace.SpanKindProducer))
	if op.span.IsRecording() {
		op.span.SetAttributes(op.attributes...)
		op.span.SetAttributes(semconv.MessagingOperationTypeSend)
		op.span.SetAttributes(eventAttributes(e)...)
	}
	return ctx, op
}

func (op publishing) end(ctx context.Context, err error) {
	attrs := op.attributes
	if instrument.OutcomeOf(ctx, err) == instrument.Failure {
		instrument.Fail(op.span, err)
		attrs = append(attrs, registry.ErrorType.String(fault.TypeOf(err)))
	}
	with := metric.WithAttributes(attrs...)
	op.sent.Add(ctx, 1, with)
	op.operation.Record(ctx, time.Since(op.began).Seconds(), with)
	op.span.End()
}

func (i *instruments) attributes(operation, destination string) []attribute.KeyValue {
	return []attribute.KeyValue{
		semconv.MessagingSystemKey.String(i.system), semconv.MessagingOperationName(operation),
		semconv.MessagingDestinationName(destination),
	}
}

func eventAttributes(e *cloudevent.Event) []attribute.KeyValue {
	attrs := []attribute.KeyValue{
		semconv.MessagingMessageID(e.ID), semconv.CloudEventsEventID(e.ID), semconv.CloudEventsEventType(e.Type),
		semconv.CloudEventsEventSource(e.Source), semconv.CloudEventsEventSpecVersion(cloudevent.SpecVersion),
	}
	if e.Subject != "" {
		attrs = append(attrs, semconv.CloudEventsEventSubject(e.Subject))
	}
	return attrs
}

func (i *instruments) start(ctx context.Context, name string, opts ...trace.SpanStartOption) (
	context.Context, trace.Span) {
	if i.silent {
		return ctx, instrument.NoSpan()
	}
	return i.tracer.Start(ctx, name, opts...) //nolint:spancheck // ended by the callers
}
