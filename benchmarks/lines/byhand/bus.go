package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/propagation"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"
)

// message is an event on its way to another service.
type message struct {
	id, kind, subject string
	data              []byte
	headers           propagation.MapCarrier
}

// bus takes messages to their subscriber in the background.
type bus struct {
	queue   chan message
	handle  func(context.Context, OrderPlaced) error
	drained chan struct{}

	instruments *busInstruments
}

func newBus(handle func(context.Context, OrderPlaced) error) (*bus, error) {
	instruments, err := newBusInstruments()
	if err != nil {
		return nil, err
	}
	b := &bus{queue: make(chan message, 1024), handle: handle, drained: make(chan struct{}), instruments: instruments}
	go b.work()
	return b, nil
}

func (b *bus) publish(ctx context.Context, kind, subject string, event any) (err error) {
	began := time.Now()
	ctx, span := b.instruments.tracer.Start(ctx, "publish "+kind, trace.WithSpanKind(trace.SpanKindProducer))
	defer span.End()
	defer func() {
		attrs := busAttributes("publish", kind)
		if err != nil {
			attrs = append(attrs, fail(span, err))
		}
		b.instruments.sent.Add(ctx, 1, metric.WithAttributes(attrs...))
		b.instruments.operations.Record(ctx, time.Since(began).Seconds(), metric.WithAttributes(attrs...))
	}()
	data, err := json.Marshal(event)
	if err != nil {
		return err
	}
	m := message{id: rand.Text(), kind: kind, subject: subject, data: data, headers: propagation.MapCarrier{}}
	span.SetAttributes(busAttributes("publish", kind)...)
	span.SetAttributes(semconv.MessagingOperationTypeSend)
	span.SetAttributes(m.attributes()...)
	otel.GetTextMapPropagator().Inject(ctx, m.headers)
	select {
	case b.queue <- m:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (b *bus) work() {
	defer close(b.drained)
	for m := range b.queue {
		_ = b.process(context.Background(), m) // which reports its error
	}
}

func (b *bus) process(ctx context.Context, m message) (err error) {
	began := time.Now()
	attrs := append(busAttributes("process", m.kind), semconv.MessagingConsumerGroupName("kitchen"))
	ctx = otel.GetTextMapPropagator().Extract(ctx, m.headers)
	ctx, span := b.instruments.tracer.Start(ctx, "process "+m.kind, trace.WithSpanKind(trace.SpanKindConsumer),
		trace.WithLinks(trace.LinkFromContext(ctx)), trace.WithAttributes(attrs...), trace.WithAttributes(m.attributes()...),
		trace.WithAttributes(semconv.MessagingOperationTypeProcess, semconv.CodeFunctionName("main.(*service).cook")))
	defer span.End()
	b.instruments.consumed.Add(ctx, 1, metric.WithAttributes(attrs...))
	defer func() {
		err = recovered(recover(), err)
		outcome := conclude(ctx, span, "message", err, attrs...)
		b.instruments.processing.Record(ctx, time.Since(began).Seconds(), metric.WithAttributes(outcome...))
	}()
	var e OrderPlaced
	if err := json.Unmarshal(m.data, &e); err != nil {
		return err
	}
	return b.handle(ctx, e)
}

// close returns when every message has been handled.
func (b *bus) close() {
	close(b.queue)
	<-b.drained
}

func busAttributes(operation, kind string) []attribute.KeyValue {
	return []attribute.KeyValue{
		semconv.MessagingSystemKey.String("memory"),
		semconv.MessagingOperationName(operation),
		semconv.MessagingDestinationName(kind),
	}
}

func (m message) attributes() []attribute.KeyValue {
	return []attribute.KeyValue{
		semconv.MessagingMessageID(m.id),
		semconv.CloudEventsEventID(m.id),
		semconv.CloudEventsEventType(m.kind),
		semconv.CloudEventsEventSource("/orders"),
		semconv.CloudEventsEventSpecVersion("1.0"),
		semconv.CloudEventsEventSubject(m.subject),
	}
}
