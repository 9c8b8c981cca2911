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

// tunedPizzas is plainPizzas, instrumented with all that is made once made once.
type tunedPizzas struct {
	byhand
	plainPizzas

	duration      metric.Float64Histogram
	getting       tunedOperation
	updating      tunedOperation
	errored       attribute.KeyValue
	foundOnce     attribute.KeyValue
	failedGet     []metric.RecordOption
	failedUpdates []metric.RecordOption
}

type tunedOperation struct {
	span  string
	start []trace.SpanStartOption
	done  []metric.RecordOption
}

func newTunedPizzas(tb testing.TB, p telemetry.Providers) *tunedPizzas {
	tb.Helper()
	t := &tunedPizzas{byhand: newByHand(p), plainPizzas: plainPizzas{pizzas(tb)}}
	t.duration = t.histogram(tb, registry.RepositoryOperationDuration())
	operation := func(name string) (tunedOperation, []metric.RecordOption) {
		attrs := []attribute.KeyValue{
			attribute.String("neuroglia.repository.operation", name),
			attribute.String("neuroglia.repository.type", "memrepo"),
			attribute.String("neuroglia.entity.type", "Pizza"),
		}
		return tunedOperation{
			"Repository." + name, []trace.SpanStartOption{trace.WithAttributes(attrs...)}, measured(attrs...),
		}, measured(append(attrs, attribute.String("error.type", "error"))...)
	}
	t.getting, t.failedGet = operation("get")
	t.updating, t.failedUpdates = operation("update")
	t.errored = attribute.String("error.type", "error")
	t.foundOnce = attribute.Bool("neuroglia.repository.found", true)
	return t
}

func (t *tunedPizzas) Get(ctx context.Context, id string) (*Pizza, error) {
	began := time.Now()
	ctx, span := t.tracer.Start(ctx, t.getting.span, t.getting.start...)
	defer span.End()
	p, err := t.get(ctx, id)
	with := t.getting.done
	if err != nil {
		with = t.failedGet
		span.SetStatus(codes.Error, err.Error())
		span.SetAttributes(t.errored)
	} else if span.IsRecording() {
		span.SetAttributes(attribute.String("neuroglia.entity.id", id), t.foundOnce,
			attribute.Int64("neuroglia.entity.version", p.Version()))
	}
	t.duration.Record(ctx, time.Since(began).Seconds(), with...)
	return p, err
}

func (t *tunedPizzas) Update(ctx context.Context, id string, mutate func(*Pizza) error) error {
	began := time.Now()
	ctx, span := t.tracer.Start(ctx, t.updating.span, t.updating.start...)
	defer span.End()
	p, err := t.update(ctx, id, mutate)
	with := t.updating.done
	if err != nil {
		with = t.failedUpdates
		span.SetStatus(codes.Error, err.Error())
		span.SetAttributes(t.errored)
	} else if span.IsRecording() {
		span.SetAttributes(attribute.String("neuroglia.entity.id", id),
			attribute.Int64("neuroglia.entity.version", p.Version()))
	}
	t.duration.Record(ctx, time.Since(began).Seconds(), with...)
	return err
}
