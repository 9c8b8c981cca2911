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

	"github.com/neuroglia-go/neuroglia/observability"
	"github.com/neuroglia-go/neuroglia/telemetry"
)

// mode is how much telemetry there is.
type mode string

const (
	bare      mode = "bare"      // no-ops
	off       mode = "off"       // a program that never installed an SDK: OpenTelemetry's globals are placeholders
	disabled  mode = "disabled"  // a program with observability.Setup and OTEL_SDK_DISABLED=true
	metrics   mode = "metrics"   // measures and does not trace
	unsampled mode = "unsampled" // measures, and traces without recording: most requests of a service that samples
	sampled   mode = "sampled"   // measures and records every span
	logged    mode = "logged"    // is sampled, with the log record of a command, which the others leave out
)

// framed are the modes that the framework is measured in, byHand those of the same telemetry written by hand.
func framed(more ...mode) []mode {
	return append([]mode{bare, off, disabled, metrics, unsampled, sampled}, more...)
}

func byHand(more ...mode) []mode { return append([]mode{off, metrics, unsampled, sampled}, more...) }

func (m mode) providers(tb testing.TB) telemetry.Providers {
	tb.Helper()
	p := telemetry.Providers{Propagator: propagation.TraceContext{}, Logger: logger(slog.LevelWarn)}
	switch m { //nolint:exhaustive // the others are told apart below
	case off:
		return p.OrGlobal()
	case disabled:
		return withoutSDK(tb)
	case bare:
		p.Logger = slog.New(slog.DiscardHandler)
	case logged:
		p.Logger = logger(slog.LevelInfo)
	}
	p.Tracer, p.Meter = tracenoop.NewTracerProvider(), metricnoop.NewMeterProvider()
	if m == bare {
		return p
	}
	meters := metric.NewMeterProvider(metric.WithReader(metric.NewManualReader()))
	tb.Cleanup(func() { _ = meters.Shutdown(context.Background()) })
	p.Meter = meters
	if m == metrics {
		return p
	}
	sampler := sdktrace.AlwaysSample()
	if m == unsampled {
		sampler = sdktrace.NeverSample()
	}
	tracers := sdktrace.NewTracerProvider(sdktrace.WithSampler(sampler), sdktrace.WithSpanProcessor(drop{}))
	tb.Cleanup(func() { _ = tracers.Shutdown(context.Background()) })
	p.Tracer = tracers
	return p
}

// withoutSDK needs OTEL_SDK_DISABLED in the environment of a process of its own, since it replaces the globals.
func withoutSDK(tb testing.TB) telemetry.Providers {
	tb.Helper()
	if !disabled.here() {
		tb.Fatal("this needs OTEL_SDK_DISABLED=true in the environment")
	}
	t, err := observability.Start(tb.Context(), "benchmarks", observability.Level(slog.LevelWarn))
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = t.Shutdown(context.Background()) })
	return t.Providers()
}

// drop stands in place of an exporter, so that only the making of spans is measured.
type drop struct{}

func (drop) OnStart(context.Context, sdktrace.ReadWriteSpan) {}
func (drop) OnEnd(sdktrace.ReadOnlySpan)                     {}
func (drop) Shutdown(context.Context) error                  { return nil }
func (drop) ForceFlush(context.Context) error                { return nil }

// logger is one that is enabled from a level on, unlike DiscardHandler, which never is. But for logged, all log nothing of
// a success, so that what is measured is the rest.
func logger(level slog.Level) *slog.Logger {
	return slog.New(slog.NewJSONHandler(io.Discard, &slog.HandlerOptions{Level: level})) //nolint:sloglint // not DiscardHandler
}
