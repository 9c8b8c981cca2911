package observability

import (
	"context"
	"runtime"
	"strings"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/propagation"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"
	tracenoop "go.opentelemetry.io/otel/trace/noop"

	"github.com/neuroglia-go/neuroglia/fault"
)

// Tracer returns the global provider's tracer for the package that calls.
func Tracer() trace.Tracer { return otel.Tracer(callingPackage()) }

// Meter returns the global provider's meter for the package that calls. [NewInstruments] is shorter for most uses. A
// callback registered with the meter must not return an error: the SDK then exports none of the metrics of the process
// over OTLP. [Instruments.Gauge] is safe from that.
func Meter() metric.Meter { return otel.Meter(callingPackage()) }

// Trace calls f within a span, which is a child of the span in ctx, and records the error that f returns as
// [RecordError] does. The tracer is of the package that calls Trace. It is the global provider's, or that of the span in
// ctx, so that a test with providers of its own sees the span.
func Trace(ctx context.Context, name string, f func(ctx context.Context) error, attrs ...attribute.KeyValue) error {
	if off(ctx) {
		return f(ctx)
	}
	ctx, span := start(ctx, callingPackage(), name, attrs)
	defer end(span)
	err := f(ctx)
	recordError(span, err)
	return err
}

// TraceValue is [Trace] for a function with a result.
func TraceValue[T any](
	ctx context.Context, name string, f func(ctx context.Context) (T, error), attrs ...attribute.KeyValue,
) (T, error) {
	if off(ctx) {
		return f(ctx)
	}
	ctx, span := start(ctx, callingPackage(), name, attrs)
	defer end(span)
	value, err := f(ctx)
	recordError(span, err)
	return value, err
}

// off reports whether nobody wants a span.
func off(ctx context.Context) bool {
	_, noop := otel.GetTracerProvider().(tracenoop.TracerProvider)
	return noop && !trace.SpanFromContext(ctx).IsRecording()
}

func start(ctx context.Context, pkg, name string, attrs []attribute.KeyValue) (context.Context, trace.Span) {
	provider := otel.GetTracerProvider()
	if parent := trace.SpanFromContext(ctx); parent.IsRecording() {
		provider = parent.TracerProvider()
	}
	return provider.Tracer(pkg).Start(ctx, name, trace.WithAttributes(attrs...)) //nolint:spancheck // the caller ends it
}

// end ends the span. Of a panic it records only that there was one: who recovers it has the stack.
func end(span trace.Span) {
	if r := recover(); r != nil {
		span.SetStatus(codes.Error, "panic")
		span.SetAttributes(semconv.ErrorTypeKey.String("panic"))
		span.End()
		panic(r)
	}
	span.End()
}

// SetAttributes sets attributes of the span in ctx.
func SetAttributes(ctx context.Context, attrs ...attribute.KeyValue) {
	trace.SpanFromContext(ctx).SetAttributes(attrs...)
}

// AddEvent adds an event to the span in ctx.
func AddEvent(ctx context.Context, name string, attrs ...attribute.KeyValue) {
	if span := trace.SpanFromContext(ctx); span.IsRecording() {
		span.AddEvent(name, trace.WithAttributes(attrs...))
	}
}

// RecordError marks the span in ctx as failed: status Error with err's text, and error.type as [fault.TypeOf] names it.
// Nil and refusals, which are expected answers of a healthy service, change nothing. The error itself belongs in the log,
// once, where it is final.
func RecordError(ctx context.Context, err error) { recordError(trace.SpanFromContext(ctx), err) }

func recordError(span trace.Span, err error) {
	if err == nil || !span.IsRecording() || fault.KindOf(err).Refusal() {
		return
	}
	span.SetStatus(codes.Error, err.Error())
	span.SetAttributes(semconv.ErrorTypeKey.String(fault.TypeOf(err)))
}

// Inject returns what carries the trace and the trusted baggage of ctx to another process, for messages that have a
// map of headers. It is empty if there is nothing to carry.
func Inject(ctx context.Context) map[string]string {
	carrier := propagation.MapCarrier{}
	otel.GetTextMapPropagator().Inject(ctx, carrier)
	return carrier
}

// Extract returns ctx with the trace and the trusted baggage that [Inject] put into carrier.
func Extract(ctx context.Context, carrier map[string]string) context.Context {
	return otel.GetTextMapPropagator().Extract(ctx, propagation.MapCarrier(carrier))
}

// callingPackage returns the import path of the package that called the function that calls this one.
func callingPackage() string {
	const skipped = 3 // Callers, callingPackage and what calls it
	var pcs [1]uintptr
	if runtime.Callers(skipped, pcs[:]) == 0 {
		return ""
	}
	f := runtime.FuncForPC(pcs[0] - 1)
	if f == nil {
		return ""
	}
	return packageOf(f.Name())
}

// packageOf returns the package of a function's full name, such as "example.com/a/b" of "example.com/a/b.(*T).M". In
// the last element of a path the linker writes dots as %2e.
func packageOf(function string) string {
	slash := strings.LastIndexByte(beforeTypeArguments(function), '/')
	dot := strings.IndexByte(function[slash+1:], '.')
	if dot < 0 {
		return function
	}
	path := function[:slash+1+dot]
	if strings.Contains(path, "%2e") {
		path = path[:slash+1] + strings.ReplaceAll(path[slash+1:], "%2e", ".")
	}
	return path
}

// beforeTypeArguments cuts off "[...]", in which there may be slashes.
func beforeTypeArguments(function string) string {
	name, _, _ := strings.Cut(function, "[")
	return name
}
