package eventbus

import (
	"context"
	"log/slog"
	"slices"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"

	"github.com/neuroglia-go/neuroglia/cloudevent"
	"github.com/neuroglia-go/neuroglia/internal/instrument"
	"github.com/neuroglia-go/neuroglia/telemetry/registry"
)

// processTelemetry is what is known of a subscription before an event comes.
type processTelemetry struct {
	*instruments
	name       string // of the span
	eventType  string
	group      string
	attributes []attribute.KeyValue // of the metrics
	start      []trace.SpanStartOption
	delivered  []metric.AddOption
	success    []metric.RecordOption
	subscribed metric.MeasurementOption // of what is counted per subscription
}

func (i *instruments) forProcess(group, eventType, function string) *processTelemetry {
	t := &processTelemetry{instruments: i, name: "process " + eventType, eventType: eventType, group: group}
	t.attributes = append(i.attributes("process", eventType), semconv.MessagingConsumerGroupName(group))
	success := registry.Outcome.String(string(instrument.Success))
	t.start = []trace.SpanStartOption{
		trace.WithSpanKind(trace.SpanKindConsumer), trace.WithAttributes(append(slices.Clone(t.attributes),
			semconv.MessagingOperationTypeProcess, semconv.CodeFunctionName(function), success)...),
	}
	t.delivered = []metric.AddOption{metric.WithAttributeSet(attribute.NewSet(t.attributes...))}
	t.subscribed = metric.WithAttributes(semconv.MessagingSystemKey.String(i.system),
		semconv.MessagingDestinationName(eventType), semconv.MessagingConsumerGroupName(group))
	if t.redelivers {
		t.retries.Add(context.Background(), 0, t.subscribed)
	}
	if t.keepsDead {
		t.deadLettered.Add(context.Background(), 0, t.subscribed)
	}
	t.success = []metric.RecordOption{metric.WithAttributeSet(attribute.NewSet(append(t.attributes[:4:4], success)...))}
	return t
}

// processing is the processing of one event that has begun.
type processing struct {
	*processTelemetry
	span    trace.Span
	began   time.Time
	id      string
	attempt int
}

func (t *processTelemetry) begin(ctx context.Context, e *cloudevent.Event, attempt int, relation Relation) (
	context.Context, processing) {
	op := processing{processTelemetry: t, began: time.Now(), id: e.ID, attempt: attempt}
	ctx = t.extract(ctx, e)
	replayed := e.Extensions[ReplayedExtension] != ""
	ctx, op.span = t.tracer.Start(ctx, t.name, t.related(ctx, relation, replayed)...)
	if op.span.IsRecording() {
		op.span.SetAttributes(eventAttributes(e)...)
		if attempt > 1 {
			op.span.SetAttributes(registry.Attempt.Int(attempt))
		}
		if replayed {
			op.span.SetAttributes(registry.BusReplayed.Bool(true))
		}
	}
	t.consumed.Add(ctx, 1, t.delivered...)
	return ctx, op
}

// related adds to the options of a span how it relates to that of the publishing.
func (t *processTelemetry) related(ctx context.Context, relation Relation, replayed bool) []trace.SpanStartOption {
	producer := trace.SpanContextFromContext(ctx)
	if !producer.IsValid() || !t.tracer.On() {
		return t.start
	}
	opts := append(slices.Clip(t.start), trace.WithLinks(trace.Link{SpanContext: producer}))
	// A producer that was not sampled would make its consumers invisible: they begin traces of their own.
	if relation == NewTrace || !producer.IsSampled() || replayed {
		opts = append(opts, trace.WithNewRoot())
	}
	return opts
}

// end shows what came of an attempt, and returns the error that tells the transport what follows. Only an event that is
// given up is an error.
func (op processing) end(ctx context.Context, v verdict, err error) error {
	defer op.span.End()
	took := time.Since(op.began).Seconds()
	if v.outcome == instrument.Success {
		op.process.Record(ctx, took, op.success...)
		if op.logger.Enabled(ctx, slog.LevelDebug) {
			_ = instrument.Log(ctx, op.logger, "message", op.logged(), v.outcome, nil)
		}
		return nil
	}
	attrs := op.logged()
	switch v.outcome { //nolint:exhaustive // the others have no more to show
	case instrument.Retried:
		op.retries.Add(ctx, 1, op.subscribed)
		attrs = append(attrs, instrument.Retry(op.span, op.attempt, v.wait)...)
	case instrument.Failure:
		if op.keepsDead {
			op.deadLetter(ctx, err)
		}
	}
	op.process.Record(ctx, took, instrument.Conclude(op.span, v.outcome, err, op.attributes...))
	return v.tell(instrument.Log(ctx, op.logger, "message", attrs, v.outcome, err))
}

func (op processing) logged() []slog.Attr {
	return []slog.Attr{
		slog.String(string(semconv.CloudEventsEventTypeKey), op.eventType),
		slog.String(string(semconv.CloudEventsEventIDKey), op.id),
		slog.String(string(semconv.MessagingConsumerGroupNameKey), op.group),
	}
}

// deadLetter shows that an event is given up, in a span of its own: that is what somebody has to act upon.
func (op processing) deadLetter(ctx context.Context, err error) {
	op.deadLettered.Add(ctx, 1, op.subscribed)
	_, span := op.tracer.Start(ctx, "dead_letter "+op.eventType, trace.WithAttributes(
		semconv.MessagingSystemKey.String(op.system), semconv.MessagingDestinationName(op.eventType),
		semconv.MessagingConsumerGroupName(op.group), semconv.MessagingMessageID(op.id), registry.Attempt.Int(op.attempt)))
	instrument.Fail(span, err)
	span.End()
}
