package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/trace"
)

// orders keeps orders in memory.
type orders struct {
	mu   sync.Mutex
	byID map[string]Order

	tracer   trace.Tracer
	duration metric.Float64Histogram
}

func newOrders() (*orders, error) {
	duration, err := otel.Meter("orders").Float64Histogram("neuroglia.repository.operation.duration",
		metric.WithUnit("s"), metric.WithDescription("Duration of repository operations."), seconds())
	return &orders{byID: map[string]Order{}, tracer: otel.Tracer("orders"), duration: duration}, err
}

func (r *orders) add(ctx context.Context, o Order) (err error) {
	ctx, span, end := r.begin(ctx, "add", o.ID)
	defer func() { end(ctx, span, err) }()
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, exists := r.byID[o.ID]; exists {
		return fmt.Errorf("order %q exists: %w", o.ID, errRefused)
	}
	r.byID[o.ID] = o
	return nil
}

func (r *orders) get(ctx context.Context, id string) (_ Order, err error) {
	ctx, span, end := r.begin(ctx, "get", id)
	defer func() {
		span.SetAttributes(attribute.Bool("neuroglia.repository.found", err == nil))
		end(ctx, span, err)
	}()
	r.mu.Lock()
	defer r.mu.Unlock()
	o, found := r.byID[id]
	if !found {
		return Order{}, fmt.Errorf("order %q not found: %w", id, errRefused)
	}
	return o, nil
}

// begin starts the span of an operation, and returns what ends it.
func (r *orders) begin(ctx context.Context, operation, id string) (
	context.Context, trace.Span, func(context.Context, trace.Span, error)) {
	began := time.Now()
	attrs := []attribute.KeyValue{
		attribute.String("neuroglia.repository.operation", operation),
		attribute.String("neuroglia.repository.type", "memory"),
		attribute.String("neuroglia.entity.type", "Order"),
	}
	ctx, span := r.tracer.Start(ctx, "Repository."+operation, //nolint:spancheck // ended by what is returned
		trace.WithAttributes(attrs...), trace.WithAttributes(attribute.String("neuroglia.entity.id", id)))
	return ctx, span, func(ctx context.Context, span trace.Span, err error) { //nolint:spancheck // as above
		if err != nil && !errors.Is(err, errRefused) {
			attrs = append(attrs, fail(span, err))
		}
		r.duration.Record(ctx, time.Since(began).Seconds(), metric.WithAttributes(attrs...))
		span.End()
	}
}
