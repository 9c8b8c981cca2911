package benchmarks_test

import (
	"context"
	"io"
	"log/slog"
	"testing"

	metricnoop "go.opentelemetry.io/otel/metric/noop"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/metric"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	tracenoop "go.opentelemetry.io/otel/trace/noop"

	"github.com/neuroglia-go/neuroglia/telemetry"
)

// drop stands in place of an exporter, so that only the making of spans is measured.
type drop struct{}

func (drop) OnStart(context.Context, sdktrace.ReadWriteSpan) {}
func (drop) OnEnd(sdktrace.ReadOnlySpan)                     {}
func (drop) Shutdown(context.Context) error                  { return nil }
func (drop) ForceFlush(context.Context) error                { return nil }

// bare is no telemetry at all.
func bare(testing.TB) telemetry.Providers {
	return telemetry.Providers{
		Tracer: tracenoop.NewTracerProvider(), Meter: metricnoop.NewMeterProvider(),
		Propagator: propagation.TraceContext{}, Logger: slog.New(slog.DiscardHandler),
	}
}

// off is a program that never installed an SDK: OpenTelemetry's globals are placeholders.
func off(testing.TB) telemetry.Providers { return telemetry.Providers{Logger: logger(slog.LevelWarn)} }

// logger is one that is enabled from a level on, unlike DiscardHandler, which never is. But for logged, all log nothing of
// a success, so that what is measured is the rest.
func logger(level slog.Level) *slog.Logger {
	return slog.New(slog.NewJSONHandler(io.Discard, &slog.HandlerOptions{Level: level})) //nolint:sloglint // not DiscardHandler
}

// metrics measures and does not trace.
func metrics(tb testing.TB) telemetry.Providers {
	tb.Helper()
	p := bare(tb)
	meters := metric.NewMeterProvider(metric.WithReader(metric.NewManualReader()))
	tb.Cleanup(func() { _ = meters.Shutdown(context.Background()) })
	p.Meter, p.Logger = meters, logger(slog.LevelWarn)
	return p
}

// unsampled measures, and traces without recording: what most requests of a service that samples cost.
func unsampled(tb testing.TB) telemetry.Providers {
	tb.Helper()
	return traced(tb, sdktrace.NeverSample())
}

// sampled measures and records every span.
func sampled(tb testing.TB) telemetry.Providers {
	tb.Helper()
	return traced(tb, sdktrace.AlwaysSample())
}

// logged is sampled, with the log record of the command: what the others leave out.
func logged(tb testing.TB) telemetry.Providers {
	tb.Helper()
	p := sampled(tb)
	p.Logger = logger(slog.LevelInfo)
	return p
}

func traced(tb testing.TB, s sdktrace.Sampler) telemetry.Providers {
	tb.Helper()
	p := metrics(tb)
	tracers := sdktrace.NewTracerProvider(sdktrace.WithSampler(s), sdktrace.WithSpanProcessor(drop{}))
	tb.Cleanup(func() { _ = tracers.Shutdown(context.Background()) })
	p.Tracer = tracers
	return p
}
