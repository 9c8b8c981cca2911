package sqlrepo

import (
	"context"
	"fmt"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/metric"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"

	"github.com/neuroglia-go/neuroglia/fault"
	"github.com/neuroglia-go/neuroglia/internal/instrument"
	"github.com/neuroglia-go/neuroglia/telemetry"
	"github.com/neuroglia-go/neuroglia/telemetry/registry"
)

// instruments are those of one database. Traced and measured are the statements of stores and of the outbox, not those
// that migrate or check.
type instruments struct {
	meter         metric.Meter
	tracer        instrument.Tracer
	duration      metric.Float64Histogram
	system        attribute.KeyValue
	server        []attribute.KeyValue // of spans: where the database is
	status        func(error) string
	begin, commit *operation
}

// operation is what is known of a statement, or of an end of a transaction, before it runs.
type operation struct {
	*instruments
	span       string // empty for none
	start      []trace.SpanStartOption
	attributes []attribute.KeyValue
	success    []metric.RecordOption
}

func newInstruments(p telemetry.Providers, d dialect, server ...attribute.KeyValue) *instruments {
	scope := instrument.NewScope("repository/sqlrepo")
	i := &instruments{
		meter: scope.Meter(p.Meter), tracer: scope.Tracer(p.Tracer),
		system: semconv.DBSystemNameKey.String(d.system), server: server, status: d.status,
	}
	var err error
	if i.duration, err = registry.DBOperationDuration().Float64Histogram(i.meter); err != nil {
		otel.Handle(fmt.Errorf("sqlrepo: %w", err)) // the instrument can be used all the same
	}
	i.begin, i.commit = i.operation("BEGIN"), i.operation("COMMIT")
	return i
}

// operation is one that is measured and has no span. Waiting for other processes' locks and for the disk, which begin and
// commit do, is what a change takes most of its time for.
func (i *instruments) operation(name string, attributes ...attribute.KeyValue) *operation {
	attributes = append([]attribute.KeyValue{i.system, semconv.DBOperationName(name)}, attributes...)
	return &operation{
		instruments: i, attributes: attributes,
		success: []metric.RecordOption{metric.WithAttributeSet(attribute.NewSet(attributes...))},
	}
}

// statement is an operation on a table, whose spans are named such as "INSERT orders".
func (i *instruments) statement(name, table, text string) *operation {
	o := i.operation(name, semconv.DBCollectionName(table))
	o.span = name + " " + table
	described := append([]attribute.KeyValue{semconv.DBQuerySummary(o.span), semconv.DBQueryText(text)}, o.attributes...)
	o.start = []trace.SpanStartOption{
		trace.WithSpanKind(trace.SpanKindClient), trace.WithAttributes(append(described, i.server...)...),
	}
	return o
}

// running is an operation that has begun.
type running struct {
	*operation
	span  trace.Span
	began time.Time
}

// run begins the operation. It has a span under the caller's, if there is one: a gauge that reads the database makes no
// traces.
func (o *operation) run(ctx context.Context) (context.Context, running) {
	r := running{operation: o, span: instrument.NoSpan(), began: time.Now()}
	if o.span != "" && trace.SpanContextFromContext(ctx).IsValid() {
		ctx, r.span = o.tracer.Start(ctx, o.span, o.start...)
	}
	return ctx, r
}

func (r running) end(ctx context.Context, err error) {
	took := time.Since(r.began).Seconds()
	if err == nil {
		r.duration.Record(ctx, took, r.success...)
	} else {
		failure := r.failure(err)
		r.duration.Record(ctx, took, metric.WithAttributes(r.attributes...), metric.WithAttributes(failure...))
		r.span.SetAttributes(failure...)
		if fault.KindOf(err) != fault.Canceled {
			r.span.RecordError(err)
			r.span.SetStatus(codes.Error, "")
		}
	}
	r.span.End()
}

// failure describes an error.
func (r running) failure(err error) []attribute.KeyValue {
	if status := r.status(err); status != "" {
		return []attribute.KeyValue{registry.ErrorType.String(status), semconv.DBResponseStatusCode(status)}
	}
	return []attribute.KeyValue{registry.ErrorType.String(fault.TypeOf(err))}
}
