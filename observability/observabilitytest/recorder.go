// Package observabilitytest records the telemetry of code under test and compares it, whole, with text.
//
// A [Recorder] has its own providers and touches no global, so tests can run in parallel. Give [Recorder.Providers] to
// the code under test; [Recorder.Spans], [Recorder.Metrics] and [Recorder.Logs] are then text that is the same in every
// run: ids, times and durations are left out, attributes are sorted. [Diff] compares such text with a raw string
// literal and shows the lines that differ.
package observabilitytest

import (
	"context"
	"log/slog"
	"testing"

	"go.opentelemetry.io/otel/propagation"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/neuroglia-go/neuroglia/telemetry"
)

// Recorder keeps the spans, metrics and logs of one test in memory. It is safe for concurrent use.
type Recorder struct {
	tb     testing.TB
	config config
	spans  *tracetest.SpanRecorder
	tracer *sdktrace.TracerProvider
	reader *sdkmetric.ManualReader
	meter  *sdkmetric.MeterProvider
	logs   *logBook
}

// New returns a recorder that is shut down when the test ends. A span that has not ended by then fails the test, unless
// it has failed already or [AllowUnended] says otherwise.
func New(tb testing.TB, opts ...Option) *Recorder {
	tb.Helper()
	c := newConfig(opts)
	r := &Recorder{
		tb:     tb,
		config: c,
		spans:  tracetest.NewSpanRecorder(),
		reader: sdkmetric.NewManualReader(),
		logs:   &logBook{},
	}
	r.tracer = sdktrace.NewTracerProvider(
		sdktrace.WithSampler(c.sampler),
		sdktrace.WithResource(resource.Empty()),
		sdktrace.WithSpanProcessor(r.spans),
	)
	r.meter = sdkmetric.NewMeterProvider(
		sdkmetric.WithResource(resource.Empty()),
		sdkmetric.WithReader(r.reader),
		sdkmetric.WithView(c.views...),
	)
	tb.Cleanup(func() {
		r.checkEnded()
		ctx := context.WithoutCancel(tb.Context())
		if err := r.tracer.Shutdown(ctx); err != nil {
			tb.Errorf("shut down the recording tracer provider: %v", err)
		}
		if err := r.meter.Shutdown(ctx); err != nil {
			tb.Errorf("shut down the recording meter provider: %v", err)
		}
	})
	return r
}

// Providers returns what the code under test must use to be recorded. Contexts are propagated as W3C trace context and
// baggage; the logger records every level unless [Level] says otherwise.
func (r *Recorder) Providers() telemetry.Providers {
	return telemetry.Providers{
		Tracer: r.tracer,
		Meter:  r.meter,
		Propagator: propagation.NewCompositeTextMapPropagator(
			propagation.TraceContext{}, propagation.Baggage{}),
		Logger: slog.New(&logHandler{book: r.logs, level: r.config.level}),
	}
}

// SpanStubs returns the spans that have ended, in the order of their ends.
func (r *Recorder) SpanStubs() tracetest.SpanStubs {
	return tracetest.SpanStubsFromReadOnlySpans(r.spans.Ended())
}

// ResourceMetrics returns everything measured so far. It calls the callbacks of observable instruments.
func (r *Recorder) ResourceMetrics() metricdata.ResourceMetrics {
	r.tb.Helper()
	var all metricdata.ResourceMetrics
	if err := r.reader.Collect(context.WithoutCancel(r.tb.Context()), &all); err != nil {
		r.tb.Errorf("collect metrics: %v", err)
	}
	return all
}

// LogRecords returns the log records in the order they were made.
func (r *Recorder) LogRecords() []LogRecord { return r.logs.all() }

// Reset forgets the spans and log records so far, such as those of a test's preparations. Metrics are kept.
func (r *Recorder) Reset() {
	r.spans.Reset()
	r.logs.reset()
}
