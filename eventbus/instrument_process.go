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
	delivered  metric.MeasurementOption
	success    []metric.RecordOption
}

func (i *instruments) forProcess(group, eventType, function string) *processTelemetry {
	t := &processTelemetry{instruments: i, name: "process " + eventType, eventType: eventType, group: group}
	t.attributes = append(i.attributes("process", eventType), semconv.MessagingConsumerGroupName(group))
	success := registry.Outcome.String(string(instrument.Success))
	t.start = []trace.SpanStartOption{
		trace.WithSpanKind(trace.SpanKindConsumer), trace.WithAttributes(t.attributes...),
		trace.WithAttributes(semconv.MessagingOperationTypeProcess, semconv.CodeFunctionName(function), success),
	}
	t.delivered = metric.WithAttributes(t.attributes...)
	t.success = []metric.RecordOption{metric.WithAttributes(append(t.attributes[:4:4], success)...)}
	return t
}

// processing is the processing of one event that has begun.
type processing struct {
	*processTelemetry
	span  trace.Span
	began time.Time
	id    string
}

func (t *processTelemetry) begin(ctx context.Context, e *cloudevent.Event, attempt int, relation Relation) (
	context.Context, processing) {
	op := processing{processTelemetry: t, began: time.Now(), id: e.ID}
	ctx = t.extract(ctx, e)
	opts := t.start
	if producer := trace.SpanContextFromContext(ctx); producer.IsValid() {
		opts = append(slices.Clip(opts), trace.WithLinks(trace.Link{SpanContext: producer}))
		// A producer that was not sampled would make its consumers invisible: they begin traces of their own.
		if relation == NewTrace || !producer.IsSampled() {
			opts = append(opts, trace.WithNewRoot())
		}
	}
	ctx, op.span = t.instruments.start(ctx, t.name, opts...)
	if op.span.IsRecording() {
		op.span.SetAttributes(eventAttributes(e)...)
		if attempt > 1 {
			op.span.SetAttributes(registry.Attempt.Int(attempt))
		}
	}
	t.consumed.Add(ctx, 1, t.delivered)
	return ctx, op
}

func (op processing) end(ctx context.Context, err error) error {
	took, outcome := time.Since(op.began).Seconds(), instrument.OutcomeOfHandler(ctx, err)
	if err == nil {
		op.process.Record(ctx, took, op.success...)
	} else {
		op.process.Record(ctx, took, instrument.Conclude(op.span, outcome, err, op.attributes...))
	}
	if err != nil || op.logger.Enabled(ctx, slog.LevelDebug) {
		err = instrument.Log(ctx, op.logger, "message", []slog.Attr{
			slog.String(string(semconv.CloudEventsEventTypeKey), op.eventType),
			slog.String(string(semconv.CloudEventsEventIDKey), op.id),
			slog.String(string(semconv.MessagingConsumerGroupNameKey), op.group),
		}, outcome, err)
	}
	op.span.End()
	return err
}
