package eventbus

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
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
	tracer     instrument.Tracer
	meter      metric.Meter
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
	destinations *instrument.Cache[string, *destination]
	redelivers   bool // whether the transport does
	keepsDead    bool // whether it keeps what is given up
}

func newInstruments(p telemetry.Providers, transport Transport, baggageKeys []string) *instruments {
	scope := instrument.NewScope("eventbus")
	meter := scope.Meter(p.Meter)
	i := &instruments{
		tracer: scope.Tracer(p.Tracer), meter: meter, propagator: p.Propagator,
		baggage: baggageKeys, logger: p.Logger, system: transport.System(),
		redelivers: keeps(transport, Redelivery), keepsDead: keeps(transport, DeadLetters),
	}
	i.destinations = instrument.NewCache(i.newDestination)
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

// destination is what is known of a type of event before one is published.
type destination struct {
	span       string
	start      []trace.SpanStartOption
	attributes []attribute.KeyValue // of the metrics
	sent       []metric.AddOption
	success    []metric.RecordOption
}

func (i *instruments) newDestination(eventType string) *destination {
	d := &destination{span: "publish " + eventType, attributes: i.attributes("publish", eventType)}
	d.start = []trace.SpanStartOption{
		trace.WithSpanKind(trace.SpanKindProducer),
		trace.WithAttributes(append(slices.Clone(d.attributes), semconv.MessagingOperationTypeSend)...),
	}
	with := metric.WithAttributeSet(attribute.NewSet(d.attributes...))
	d.sent, d.success = []metric.AddOption{with}, []metric.RecordOption{with}
	return d
}

// publishing is a publish that has begun.
type publishing struct {
	*instruments
	*destination
	span  trace.Span
	began time.Time
}

func (i *instruments) beginPublish(ctx context.Context, e *cloudevent.Event) (context.Context, publishing) {
	op := publishing{instruments: i, destination: i.destinations.Get(e.Type), began: time.Now()}
	ctx, op.span = i.tracer.Start(ctx, op.destination.span, op.start...)
	if op.span.IsRecording() {
		op.span.SetAttributes(eventAttributes(e)...)
	}
	return ctx, op
}

func (op publishing) end(ctx context.Context, err error) {
	took := time.Since(op.began).Seconds()
	if instrument.OutcomeOf(ctx, err) == instrument.Failure {
		instrument.Fail(op.span, err)
		attrs := append(slices.Clone(op.destination.attributes), registry.ErrorType.String(fault.TypeOf(err)))
		with := metric.WithAttributeSet(attribute.NewSet(attrs...))
		op.instruments.sent.Add(ctx, 1, with)
		op.operation.Record(ctx, took, with)
	} else {
		op.instruments.sent.Add(ctx, 1, op.destination.sent...)
		op.operation.Record(ctx, took, op.success...)
	}
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
