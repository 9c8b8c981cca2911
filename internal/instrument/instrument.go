// Package instrument has what the instrumented packages share: how an error becomes an outcome, and whether anybody
// listens.
package instrument

import (
	"context"
	"log/slog"
	"reflect"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/metric"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"

	"github.com/neuroglia-go/neuroglia/fault"
)

const module = "github.com/neuroglia-go/neuroglia"

// Scope is the instrumentation scope of one package: its import path, with version and schema URL.
type Scope struct {
	Name    string
	Version string
}

// NewScope returns the scope of the package at path, relative to the module, such as "mediator".
func NewScope(path string) Scope { return Scope{Name: module + "/" + path, Version: version()} }

// Tracer returns the tracer of the scope.
func (s Scope) Tracer(p trace.TracerProvider) trace.Tracer {
	return p.Tracer(s.Name, trace.WithInstrumentationVersion(s.Version), trace.WithSchemaURL(semconv.SchemaURL))
}

// Meter returns the meter of the scope.
func (s Scope) Meter(p metric.MeterProvider) metric.Meter {
	return p.Meter(s.Name, metric.WithInstrumentationVersion(s.Version), metric.WithSchemaURL(semconv.SchemaURL))
}

// version is the version of the framework in this binary; "(devel)" when built from its own sources.
var version = sync.OnceValue(func() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "(devel)"
	}
	for _, dep := range info.Deps {
		if dep.Path == module && dep.Replace == nil {
			return dep.Version
		}
	}
	return "(devel)"
})

// Tracing reports whether spans made by p can go anywhere: p is neither a no-op nor OpenTelemetry's placeholder for a
// provider that was never installed.
func Tracing(p trace.TracerProvider) bool {
	if _, off := p.(noop.TracerProvider); off {
		return false
	}
	return !placeholder(p) || !placeholder(otel.GetTracerProvider())
}

func placeholder(p trace.TracerProvider) bool {
	return reflect.TypeOf(p).String() == "*global.tracerProvider"
}

// Outcome is the value of the neuroglia.outcome attribute.
type Outcome string

// The outcomes of a piece of work. Only Failure makes a span's status Error.
const (
	Success  Outcome = "success"
	Rejected Outcome = "rejected" // refused, as expected of a healthy service
	Canceled Outcome = "canceled" // the caller gave up
	Failure  Outcome = "failure"
)

// OutcomeKey is the attribute that holds an [Outcome].
const OutcomeKey = attribute.Key("neuroglia.outcome")

// OutcomeOf classifies the error that work under ctx ended with.
func OutcomeOf(ctx context.Context, err error) Outcome {
	switch kind := fault.KindOf(err); {
	case err == nil:
		return Success
	case kind.Refusal():
		return Rejected
	case kind == fault.Canceled && ctx.Err() != nil:
		return Canceled
	default:
		return Failure
	}
}

// Fail sets the status and error.type of a span whose work failed.
func Fail(span trace.Span, err error) {
	if span.IsRecording() {
		span.SetStatus(codes.Error, err.Error())
		span.SetAttributes(semconv.ErrorTypeKey.String(fault.TypeOf(err)))
	}
}

// Conclude sets the outcome of work that did not succeed on its span, and returns what to measure its duration with:
// the attributes given, the outcome and, for a failure, error.type.
func Conclude(ctx context.Context, span trace.Span, err error, base ...attribute.KeyValue) metric.MeasurementOption {
	outcome := OutcomeOf(ctx, err)
	attrs := append(base[:len(base):len(base)], OutcomeKey.String(string(outcome)))
	span.SetAttributes(attrs[len(base)])
	if outcome == Failure {
		Fail(span, err)
		attrs = append(attrs, semconv.ErrorTypeKey.String(fault.TypeOf(err)))
	}
	return metric.WithAttributeSet(attribute.NewSet(attrs...))
}

// Exception returns the log attributes of a failure, with the stack if the error is a recovered panic.
func Exception(err error) []slog.Attr {
	attrs := []slog.Attr{
		slog.String(string(semconv.ErrorTypeKey), fault.TypeOf(err)),
		slog.String(string(semconv.ExceptionTypeKey), exceptionType(err)),
		slog.String(string(semconv.ExceptionMessageKey), err.Error()),
	}
	if stack := PanicStack(err); stack != "" {
		attrs = append(attrs, slog.String(string(semconv.ExceptionStacktraceKey), stack))
	}
	return attrs
}

func exceptionType(err error) string {
	for {
		wrapped, ok := err.(interface{ Unwrap() error }) //nolint:errorlint // only fmt's wrappers are skipped here
		if !ok || reflect.TypeOf(err).String() != "*fmt.wrapError" {
			return reflect.TypeOf(err).String()
		}
		err = wrapped.Unwrap()
	}
}

// FuncName returns the qualified name of a function, as code.function.name wants it.
func FuncName(f any) string {
	pc := runtime.FuncForPC(reflect.ValueOf(f).Pointer())
	if pc == nil {
		return "unknown"
	}
	return strings.TrimSuffix(pc.Name(), "-fm")
}

// ShortName is a function's name without the path of its package: "cooking.Handlers.releaseOven".
func ShortName(qualified string) string {
	return qualified[strings.LastIndexByte(qualified, '/')+1:]
}

// Seconds are the bucket boundaries of a duration in seconds that the semantic conventions advise for HTTP servers.
// https://opentelemetry.io/docs/specs/semconv/http/http-metrics/
func Seconds() metric.HistogramOption {
	return metric.WithExplicitBucketBoundaries(
		0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10)
}
