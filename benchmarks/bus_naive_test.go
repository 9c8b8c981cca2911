package benchmarks_test

import (
	"context"
	"testing"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/trace"

	"github.com/neuroglia-go/neuroglia/cloudevent"
	"github.com/neuroglia-go/neuroglia/telemetry"
	"github.com/neuroglia-go/neuroglia/telemetry/registry"
)

// naivePublisher publishes with the telemetry of OpenTelemetry's conventions, as tutorials show it.
type naivePublisher struct {
	byhand

	transport *wire
	sent      metric.Int64Counter
	duration  metric.Float64Histogram
}

func newNaivePublisher(tb testing.TB, p telemetry.Providers, to *wire) *naivePublisher {
	tb.Helper()
	n := &naivePublisher{byhand: newByHand(p), transport: to}
	n.sent = n.counter(tb, registry.SentMessages())
	n.duration = n.histogram(tb, registry.MessagingOperationDuration())
	return n
}

func (n *naivePublisher) publish(ctx context.Context, e cloudevent.Event) error {
	began := time.Now()
	attrs := []attribute.KeyValue{
		attribute.String("messaging.system", n.transport.System()),
		attribute.String("messaging.operation.name", "publish"),
		attribute.String("messaging.destination.name", e.Type),
	}
	ctx, span := n.tracer.Start(ctx, "publish "+e.Type, trace.WithSpanKind(trace.SpanKindProducer),
		trace.WithAttributes(attrs...), trace.WithAttributes(attribute.String("messaging.operation.type", "send")),
		trace.WithAttributes(describe(&e)...))
	defer span.End()
	n.propagator.Inject(ctx, cloudevent.Carrier{Event: &e})
	err := n.transport.Publish(ctx, e)
	if err != nil {
		span.RecordError(err)
		span.SetStatus(codes.Error, err.Error())
	} else {
		span.SetStatus(codes.Ok, "")
	}
	n.sent.Add(ctx, 1, metric.WithAttributes(attrs...))
	n.duration.Record(ctx, time.Since(began).Seconds(), metric.WithAttributes(attrs...))
	return err
}

// describe returns what a span says of an event.
func describe(e *cloudevent.Event) []attribute.KeyValue {
	return []attribute.KeyValue{
		attribute.String("messaging.message.id", e.ID),
		attribute.String("cloudevents.event_id", e.ID),
		attribute.String("cloudevents.event_type", e.Type),
		attribute.String("cloudevents.event_source", e.Source),
		attribute.String("cloudevents.event_spec_version", "1.0"),
		attribute.String("cloudevents.event_subject", e.Subject),
	}
}

// naiveConsumer processes with the telemetry of OpenTelemetry's conventions, as tutorials show it.
type naiveConsumer struct {
	byhand

	consumed metric.Int64Counter
	duration metric.Float64Histogram
}

func newNaiveConsumer(tb testing.TB, p telemetry.Providers) *naiveConsumer {
	tb.Helper()
	n := &naiveConsumer{byhand: newByHand(p)}
	n.consumed = n.counter(tb, registry.ConsumedMessages())
	n.duration = n.histogram(tb, registry.MessageProcessDuration())
	return n
}

func (n *naiveConsumer) process(ctx context.Context, e *cloudevent.Event) error {
	began := time.Now()
	ctx = n.propagator.Extract(ctx, cloudevent.Carrier{Event: e})
	attrs := []attribute.KeyValue{
		attribute.String("messaging.system", "memory"),
		attribute.String("messaging.operation.name", "process"),
		attribute.String("messaging.destination.name", e.Type),
		attribute.String("messaging.consumer.group.name", group),
	}
	ctx, span := n.tracer.Start(ctx, "process "+e.Type, trace.WithSpanKind(trace.SpanKindConsumer),
		trace.WithLinks(trace.LinkFromContext(ctx)), trace.WithAttributes(attrs...), trace.WithAttributes(
			attribute.String("messaging.operation.type", "process"),
			attribute.String("code.function.name", "benchmarks_test.cook"),
		), trace.WithAttributes(describe(e)...))
	defer span.End()
	n.consumed.Add(ctx, 1, metric.WithAttributes(attrs...))
	err := decoding(ctx, e)
	outcome := "success"
	if err != nil {
		outcome = "failure"
		span.RecordError(err)
		span.SetStatus(codes.Error, err.Error())
	} else {
		span.SetStatus(codes.Ok, "")
	}
	span.SetAttributes(attribute.String("neuroglia.outcome", outcome))
	n.duration.Record(ctx, time.Since(began).Seconds(),
		metric.WithAttributes(append(attrs, attribute.String("neuroglia.outcome", outcome))...))
	n.logger.DebugContext(ctx, "message handled", "cloudevents.event_type", e.Type, "cloudevents.event_id", e.ID,
		"messaging.consumer.group.name", group)
	return err
}
