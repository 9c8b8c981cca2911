package main

import (
	"context"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"
)

type eventHandler struct {
	name   string
	handle func(context.Context, OrderPlaced) error
}

// dispatch calls every handler of an event, also if one before it failed.
func (s *service) dispatch(ctx context.Context, e OrderPlaced) {
	for _, h := range s.placed {
		s.handle(ctx, h, e)
	}
}

// handle reports what comes of a handler.
func (s *service) handle(ctx context.Context, h eventHandler, e OrderPlaced) {
	began := time.Now()
	event, handler := attribute.String("neuroglia.event.type", "OrderPlaced"), attribute.String("neuroglia.event.handler", h.name)
	ctx, span := s.events.tracer.Start(ctx, "Event.OrderPlaced", trace.WithAttributes(
		event, handler, semconv.CodeFunctionName(h.name),
		attribute.String("neuroglia.aggregate.type", "Order"),
		attribute.String("neuroglia.aggregate.id", e.OrderID),
	))
	defer span.End()
	var err error
	defer func() {
		outcome := conclude(ctx, span, "event", recovered(recover(), err), event, handler)
		s.events.duration.Record(ctx, time.Since(began).Seconds(), metric.WithAttributes(outcome...))
	}()
	err = h.handle(ctx, e)
}
