package main

import (
	"context"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"
)

// GetOrder is answered with the order.
type GetOrder struct {
	ID string
}

func (s *service) getOrder(ctx context.Context, q GetOrder) (order Order, err error) {
	began := time.Now()
	kind := attribute.String("neuroglia.message.kind", "query")
	name := attribute.String("neuroglia.message.type", "GetOrder")
	ctx, span := s.instruments.tracer.Start(ctx, "Query.GetOrder", trace.WithAttributes(
		kind, name, semconv.CodeFunctionName("main.(*service).getOrder"),
		attribute.String("order.id", q.ID),
		attribute.String("neuroglia.aggregate.id", q.ID),
	))
	defer span.End()
	s.instruments.active.Add(ctx, 1, metric.WithAttributes(kind, name))
	defer func() {
		err = recovered(recover(), err)
		if err == nil {
			span.SetAttributes(attribute.Int("order.total", order.Total))
		}
		outcome := conclude(ctx, span, "query", err, name)
		s.instruments.queries.Record(ctx, time.Since(began).Seconds(), metric.WithAttributes(outcome...))
		s.instruments.active.Add(ctx, -1, metric.WithAttributes(kind, name))
	}()
	return s.orders.get(ctx, q.ID)
}
