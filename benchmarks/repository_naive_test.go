package benchmarks_test

import (
	"context"
	"testing"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/trace"

	"github.com/neuroglia-go/neuroglia/telemetry"
	"github.com/neuroglia-go/neuroglia/telemetry/registry"
)

// naivePizzas is plainPizzas, instrumented as tutorials show it.
type naivePizzas struct {
	byhand
	plainPizzas

	duration metric.Float64Histogram
}

func newNaivePizzas(tb testing.TB, p telemetry.Providers) *naivePizzas {
	tb.Helper()
	n := &naivePizzas{byhand: newByHand(p), plainPizzas: plainPizzas{pizzas(tb)}}
	n.duration = n.histogram(tb, registry.RepositoryOperationDuration())
	return n
}

func (n *naivePizzas) Get(ctx context.Context, id string) (*Pizza, error) {
	began := time.Now()
	ctx, span := n.tracer.Start(ctx, "Repository.get", trace.WithAttributes(
		attribute.String("neuroglia.repository.operation", "get"),
		attribute.String("neuroglia.repository.type", "memrepo"),
		attribute.String("neuroglia.entity.type", "Pizza"),
		attribute.String("neuroglia.entity.id", id),
	))
	defer span.End()
	p, err := n.get(ctx, id)
	if err != nil {
		span.RecordError(err)
		span.SetStatus(codes.Error, err.Error())
	} else {
		span.SetAttributes(attribute.Bool("neuroglia.repository.found", true))
		span.SetAttributes(attribute.Int64("neuroglia.entity.version", p.Version()))
		span.SetStatus(codes.Ok, "")
	}
	n.duration.Record(ctx, time.Since(began).Seconds(), metric.WithAttributes(
		attribute.String("neuroglia.repository.operation", "get"),
		attribute.String("neuroglia.repository.type", "memrepo"),
		attribute.String("neuroglia.entity.type", "Pizza"),
	))
	return p, err
}

func (n *naivePizzas) Update(ctx context.Context, id string, mutate func(*Pizza) error) error {
	began := time.Now()
	ctx, span := n.tracer.Start(ctx, "Repository.update", trace.WithAttributes(
		attribute.String("neuroglia.repository.operation", "update"),
		attribute.String("neuroglia.repository.type", "memrepo"),
		attribute.String("neuroglia.entity.type", "Pizza"),
		attribute.String("neuroglia.entity.id", id),
	))
	defer span.End()
	p, err := n.update(ctx, id, mutate)
	if err != nil {
		span.RecordError(err)
		span.SetStatus(codes.Error, err.Error())
	} else {
		span.SetAttributes(attribute.Int64("neuroglia.entity.version", p.Version()))
		span.SetStatus(codes.Ok, "")
	}
	n.duration.Record(ctx, time.Since(began).Seconds(), metric.WithAttributes(
		attribute.String("neuroglia.repository.operation", "update"),
		attribute.String("neuroglia.repository.type", "memrepo"),
		attribute.String("neuroglia.entity.type", "Pizza"),
	))
	return err
}
