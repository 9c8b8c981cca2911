package main

import (
	"context"
	"crypto/rand"
	"log/slog"
	"strings"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"
)

// PlaceOrder is answered with the new order.
type PlaceOrder struct {
	Customer string `json:"customer"`
	Total    int    `json:"total"`
}

func (s *service) placeOrder(ctx context.Context, cmd PlaceOrder) (order Order, err error) {
	began := time.Now()
	kind := attribute.String("neuroglia.message.kind", "command")
	name := attribute.String("neuroglia.message.type", "PlaceOrder")
	ctx, span := s.instruments.tracer.Start(ctx, "Command.PlaceOrder",
		trace.WithAttributes(kind, name, semconv.CodeFunctionName("main.(*service).placeOrder")))
	defer span.End()
	s.instruments.active.Add(ctx, 1, metric.WithAttributes(kind, name))
	defer func() {
		err = recovered(recover(), err)
		outcome := conclude(ctx, span, "command", err, name)
		s.instruments.commands.Record(ctx, time.Since(began).Seconds(), metric.WithAttributes(outcome...))
		s.instruments.active.Add(ctx, -1, metric.WithAttributes(kind, name))
	}()
	order = Order{ID: strings.ToLower(rand.Text()), Customer: cmd.Customer, Total: cmd.Total}
	if err := s.orders.add(ctx, order); err != nil {
		return Order{}, err
	}
	span.SetAttributes(
		attribute.String("order.id", order.ID),
		attribute.String("neuroglia.aggregate.id", order.ID),
		attribute.Int("order.total", order.Total),
	)
	slog.InfoContext(ctx, "command handled", "neuroglia.message.type", "PlaceOrder",
		"order.id", order.ID, "neuroglia.aggregate.id", order.ID, "order.total", order.Total)
	s.dispatch(ctx, OrderPlaced{OrderID: order.ID, Total: order.Total})
	return order, nil
}
