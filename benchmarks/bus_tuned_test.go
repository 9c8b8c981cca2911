package benchmarks_test

import (
	"context"
	"log/slog"
	"slices"
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

// tunedPublisher publishes events of one type with all that is made once made once.
type tunedPublisher struct {
	byhand

	transport    *wire
	span         string
	start        []trace.SpanStartOption
	sent         metric.Int64Counter
	sentWith     []metric.AddOption
	duration     metric.Float64Histogram
	durationWith []metric.RecordOption
}

func newTunedPublisher(tb testing.TB, p telemetry.Providers, to *wire) *tunedPublisher {
	tb.Helper()
	t := &tunedPublisher{byhand: newByHand(p), transport: to, span: "publish " + eventType}
	t.sent = t.counter(tb, registry.SentMessages())
	t.duration = t.histogram(tb, registry.MessagingOperationDuration())
	attrs := []attribute.KeyValue{
		attribute.String("messaging.system", to.System()),
		attribute.String("messaging.operation.name", "publish"),
		attribute.String("messaging.destination.name", eventType),
	}
	t.start = []trace.SpanStartOption{
		trace.WithSpanKind(trace.SpanKindProducer),
		trace.WithAttributes(append(attrs[:3:3], attribute.String("messaging.operation.type", "send"))...),
	}
	t.sentWith = []metric.AddOption{metric.WithAttributeSet(attribute.NewSet(attrs...))}
	t.durationWith = measured(attrs...)
	return t
}

func (t *tunedPublisher) publish(ctx context.Context, e cloudevent.Event) error {
	began := time.Now()
	ctx, span := t.tracer.Start(ctx, t.span, t.start...)
	defer span.End()
	if span.IsRecording() {
		span.SetAttributes(describe(&e)...)
	}
	t.propagator.Inject(ctx, cloudevent.Carrier{Event: &e})
	err := t.transport.Publish(ctx, e)
	if err != nil {
		span.SetStatus(codes.Error, err.Error())
	}
	t.sent.Add(ctx, 1, t.sentWith...)
	t.duration.Record(ctx, time.Since(began).Seconds(), t.durationWith...)
	return err
}

// tunedConsumer processes events of one type with all that is made once made once.
type tunedConsumer struct {
	byhand

	span             string
	start            []trace.SpanStartOption
	consumed         metric.Int64Counter
	consumedWith     []metric.AddOption
	duration         metric.Float64Histogram
	success, failure []metric.RecordOption
	succeeded        attribute.KeyValue
}

func newTunedConsumer(tb testing.TB, p telemetry.Providers) *tunedConsumer {
	tb.Helper()
	t := &tunedConsumer{byhand: newByHand(p), span: "process " + eventType, succeeded: outcome("success")}
	t.consumed = t.counter(tb, registry.ConsumedMessages())
	t.duration = t.histogram(tb, registry.MessageProcessDuration())
	attrs := []attribute.KeyValue{
		attribute.String("messaging.system", "memory"),
		attribute.String("messaging.operation.name", "process"),
		attribute.String("messaging.destination.name", eventType),
		attribute.String("messaging.consumer.group.name", group),
	}
	t.start = []trace.SpanStartOption{
		trace.WithSpanKind(trace.SpanKindConsumer),
		trace.WithAttributes(append(attrs[:4:4], attribute.String("messaging.operation.type", "process"),
			attribute.String("code.function.name", "benchmarks_test.cook"))...),
	}
	t.consumedWith = []metric.AddOption{metric.WithAttributeSet(attribute.NewSet(attrs...))}
	t.success = measured(append(attrs[:4:4], t.succeeded)...)
	t.failure = measured(append(attrs[:4:4], outcome("failure"))...)
	return t
}

func (t *tunedConsumer) process(ctx context.Context, e *cloudevent.Event) error {
	began := time.Now()
	ctx = t.propagator.Extract(ctx, cloudevent.Carrier{Event: e})
	start := slices.Concat(t.start, []trace.SpanStartOption{trace.WithLinks(trace.Link{SpanContext: trace.SpanContextFromContext(ctx)})})
	ctx, span := t.tracer.Start(ctx, t.span, start...)
	defer span.End()
	t.consumed.Add(ctx, 1, t.consumedWith...)
	err := decoding(ctx, e)
	with := t.success
	if err != nil {
		with = t.failure
		span.SetStatus(codes.Error, err.Error())
		span.SetAttributes(outcome("failure"))
	} else if span.IsRecording() {
		span.SetAttributes(append(describe(e), t.succeeded)...)
	}
	t.duration.Record(ctx, time.Since(began).Seconds(), with...)
	if t.logger.Enabled(ctx, slog.LevelDebug) {
		t.logger.LogAttrs(ctx, slog.LevelDebug, "message handled", slog.String("cloudevents.event_type", e.Type),
			slog.String("cloudevents.event_id", e.ID), slog.String("messaging.consumer.group.name", group))
	}
	return err
}
