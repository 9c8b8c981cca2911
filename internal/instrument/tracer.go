package instrument

import (
	"context"
	"reflect"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/metric"
	metricnoop "go.opentelemetry.io/otel/metric/noop"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"
)

// Tracer starts spans. Where they can go nowhere it does nothing, and allocates nothing.
type Tracer struct {
	tracer  trace.Tracer
	silent  bool
	waiting trace.TracerProvider // OpenTelemetry's placeholder, if the tracer is one of it
}

// Tracer returns the tracer of the scope.
func (s Scope) Tracer(p trace.TracerProvider) Tracer {
	t := Tracer{tracer: p.Tracer(s.Name, trace.WithInstrumentationVersion(s.Version), trace.WithSchemaURL(semconv.SchemaURL))}
	_, t.silent = p.(noop.TracerProvider)
	if reflect.TypeOf(p).String() == "*global.tracerProvider" {
		t.waiting = p
	}
	return t
}

// On reports whether spans can go anywhere: the provider is neither a no-op, nor OpenTelemetry's placeholder for one that
// has not been installed yet.
func (t Tracer) On() bool {
	return !t.silent && (t.waiting == nil || otel.GetTracerProvider() != t.waiting)
}

// Start is that of [trace.Tracer]. If the tracer is not on, it returns ctx and a span that does nothing.
func (t Tracer) Start(ctx context.Context, name string, opts ...trace.SpanStartOption) (context.Context, trace.Span) {
	if !t.On() {
		return ctx, NoSpan()
	}
	return t.tracer.Start(ctx, name, opts...) //nolint:spancheck // ended by the callers
}

// NoSpan returns a span that does nothing, for work that is not traced. It does not allocate.
func NoSpan() trace.Span {
	return trace.SpanFromContext(nil) //nolint:staticcheck // documented to return such a span
}

// Measuring reports whether measurements can go anywhere, as [Tracer.On] does for spans.
func Measuring(p metric.MeterProvider) bool {
	if _, silent := p.(metricnoop.MeterProvider); silent {
		return false
	}
	return reflect.TypeOf(p).String() != "*global.meterProvider" || otel.GetMeterProvider() != p
}
