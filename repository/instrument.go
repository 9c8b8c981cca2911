package repository

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"slices"
	"strings"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/trace"

	"github.com/neuroglia-go/neuroglia/aggregate"
	"github.com/neuroglia-go/neuroglia/fault"
	"github.com/neuroglia-go/neuroglia/internal/instrument"
	"github.com/neuroglia-go/neuroglia/telemetry"
	"github.com/neuroglia-go/neuroglia/telemetry/registry"
)

// instruments are those of one repository; what is known of each operation is made once.
type instruments struct {
	tracer     instrument.Tracer
	duration   metric.Float64Histogram
	conflicts  metric.Int64Counter
	duplicates metric.Int64Counter
	logger     *slog.Logger
	operations map[string]*operation
	entity     metric.MeasurementOption
}

// operation is what is known of an operation before it is called.
type operation struct {
	*instruments
	span       string
	start      []trace.SpanStartOption
	attributes []attribute.KeyValue
	success    []metric.RecordOption
}

func newInstruments(p telemetry.Providers, entity string, store any) *instruments {
	scope := instrument.NewScope("repository")
	meter := scope.Meter(p.Meter)
	i := &instruments{
		tracer: scope.Tracer(p.Tracer), logger: p.Logger,
		operations: map[string]*operation{}, entity: metric.WithAttributes(registry.EntityType.String(entity)),
	}
	var errs [3]error
	i.duration, errs[0] = registry.RepositoryOperationDuration().Float64Histogram(meter)
	i.conflicts, errs[1] = registry.RepositoryConflicts().Int64Counter(meter)
	i.duplicates, errs[2] = registry.InboxDuplicates().Int64Counter(meter)
	i.conflicts.Add(context.Background(), 0, i.entity)
	for _, name := range registry.RepositoryOperations() {
		attrs := []attribute.KeyValue{
			registry.RepositoryOperation.String(name), registry.RepositoryType.String(driverName(store)),
			registry.EntityType.String(entity),
		}
		i.operations[name] = &operation{
			instruments: i, span: "Repository." + name, attributes: attrs,
			start:   []trace.SpanStartOption{trace.WithAttributes(attrs...)},
			success: []metric.RecordOption{metric.WithAttributeSet(attribute.NewSet(attrs...))},
		}
	}
	if err := errors.Join(errs[:]...); err != nil {
		otel.Handle(fmt.Errorf("repository: %w", err)) // the instruments can be used all the same
	}
	return i
}

// driverName is the name of the driver's package, such as "sqlrepo".
func driverName(store any) string {
	name := strings.TrimPrefix(reflect.TypeOf(store).String(), "*")
	name, _, _ = strings.Cut(name, ".")
	return name
}

// running is an operation that has begun, and what came out of it by now. That goes to the span in one call at the end:
// each call costs.
type running struct {
	*operation
	span  trace.Span
	began time.Time

	recording bool
	known     [3]attribute.KeyValue
	n         int
}

func (i *instruments) begin(ctx context.Context, name, id string) (context.Context, running) {
	op := running{operation: i.operations[name], began: time.Now()}
	ctx, op.span = i.tracer.Start(ctx, op.operation.span, op.start...)
	if op.recording = op.span.IsRecording(); op.recording && id != "" {
		op.know(registry.EntityID.String(id))
	}
	return ctx, op
}

func (op *running) know(a attribute.KeyValue) {
	op.known[op.n] = a
	op.n++
}

// found says whether there is such an aggregate.
func (op *running) found(found bool) {
	if op.recording {
		op.know(registry.RepositoryFound.Bool(found))
	}
}

// version says which version was read or stored.
func (op *running) version(root aggregate.Aggregate) {
	if op.recording {
		op.know(registry.EntityVersion.Int64(root.Version()))
	}
}

// count says how many aggregates were listed.
func (op *running) count(n int) {
	if op.recording {
		op.know(registry.RepositoryCount.Int(n))
	}
}

// end measures the operation and ends its span. Refusals, such as not found, are not failures.
func (op *running) end(ctx context.Context, err error) {
	took := time.Since(op.began).Seconds()
	if op.n > 0 {
		op.span.SetAttributes(slices.Clone(op.known[:op.n])...) // a copy, so that op itself need not be on the heap
	}
	if instrument.OutcomeOf(ctx, err) == instrument.Failure {
		instrument.Fail(op.span, err)
		attrs := append(slices.Clone(op.attributes), registry.ErrorType.String(fault.TypeOf(err)))
		op.duration.Record(ctx, took, metric.WithAttributeSet(attribute.NewSet(attrs...)))
	} else {
		op.duration.Record(ctx, took, op.success...)
	}
	op.span.End()
}

// conflict records an attempt that met another change; it is no failure of the operation.
func (i *instruments) conflict(ctx context.Context, attempt int) {
	i.conflicts.Add(ctx, 1, i.entity)
	trace.SpanFromContext(ctx).AddEvent(registry.ConflictEvent, trace.WithAttributes(registry.Attempt.Int(attempt)))
}

// duplicate counts a message whose effect was there already.
func (i *instruments) duplicate(ctx context.Context, consumer string) {
	i.duplicates.Add(ctx, 1, i.entity, metric.WithAttributes(registry.InboxConsumer.String(consumer)))
	trace.SpanFromContext(ctx).AddEvent(registry.DuplicateEvent)
}

// undispatched logs an event that not all handlers have handled, unless the dispatcher did.
func (i *instruments) undispatched(ctx context.Context, r aggregate.Raised, err error) {
	if telemetry.Recorded(err) {
		return
	}
	attrs := append([]slog.Attr{
		slog.String(string(registry.EventID), r.ID), slog.String(string(registry.AggregateID), r.AggregateID),
	}, instrument.Exception(err)...)
	i.logger.LogAttrs(ctx, slog.LevelError, "event not dispatched", attrs...)
}
