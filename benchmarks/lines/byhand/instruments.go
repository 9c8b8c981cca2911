package main

import (
	"errors"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/trace"
)

func seconds() metric.HistogramOption {
	return metric.WithExplicitBucketBoundaries(0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10)
}

type messageInstruments struct {
	tracer   trace.Tracer
	commands metric.Float64Histogram
	queries  metric.Float64Histogram
	active   metric.Int64UpDownCounter
}

func newMessageInstruments() (*messageInstruments, error) {
	i := &messageInstruments{tracer: otel.Tracer("orders")}
	meter := otel.Meter("orders")
	var errs [3]error
	i.commands, errs[0] = meter.Float64Histogram("neuroglia.command.duration", metric.WithUnit("s"),
		metric.WithDescription("Duration of commands."), seconds())
	i.queries, errs[1] = meter.Float64Histogram("neuroglia.query.duration", metric.WithUnit("s"),
		metric.WithDescription("Duration of queries."), seconds())
	i.active, errs[2] = meter.Int64UpDownCounter("neuroglia.message.active", metric.WithUnit("{message}"),
		metric.WithDescription("Commands and queries being handled."))
	return i, errors.Join(errs[:]...)
}

type eventInstruments struct {
	tracer   trace.Tracer
	duration metric.Float64Histogram
}

func newEventInstruments() (*eventInstruments, error) {
	duration, err := otel.Meter("orders").Float64Histogram("neuroglia.event.processing.duration", metric.WithUnit("s"),
		metric.WithDescription("Duration of the handling of events, per handler."), seconds())
	return &eventInstruments{tracer: otel.Tracer("orders"), duration: duration}, err
}

type busInstruments struct {
	tracer                 trace.Tracer
	sent, consumed         metric.Int64Counter
	operations, processing metric.Float64Histogram
}

func newBusInstruments() (*busInstruments, error) {
	i := &busInstruments{tracer: otel.Tracer("orders")}
	meter := otel.Meter("orders")
	var errs [4]error
	i.sent, errs[0] = meter.Int64Counter("messaging.client.sent.messages", metric.WithUnit("{message}"),
		metric.WithDescription("Messages sent."))
	i.consumed, errs[1] = meter.Int64Counter("messaging.client.consumed.messages", metric.WithUnit("{message}"),
		metric.WithDescription("Messages delivered."))
	i.operations, errs[2] = meter.Float64Histogram("messaging.client.operation.duration", metric.WithUnit("s"),
		metric.WithDescription("Duration of sending."), seconds())
	i.processing, errs[3] = meter.Float64Histogram("messaging.process.duration", metric.WithUnit("s"),
		metric.WithDescription("Duration of processing."), seconds())
	return i, errors.Join(errs[:]...)
}
