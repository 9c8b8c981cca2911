package doctor

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlplog/otlploggrpc"
	"go.opentelemetry.io/otel/exporters/otlp/otlplog/otlploghttp"
	"go.opentelemetry.io/otel/exporters/otlp/otlpmetric/otlpmetricgrpc"
	"go.opentelemetry.io/otel/exporters/otlp/otlpmetric/otlpmetrichttp"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/log"
	"go.opentelemetry.io/otel/metric"
	sdklog "go.opentelemetry.io/otel/sdk/log"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/exemplar"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"

	"github.com/neuroglia-go/neuroglia/telemetry"
)

const (
	serviceName = "neuroglia-doctor"
	scopeName   = "github.com/neuroglia-go/neuroglia/cmd/neuroglia/doctor"
	// runKey marks all telemetry of a run.
	runKey = attribute.Key("neuroglia.doctor.run")
)

// runDuration is the metric that the doctor sends. It is one set of series in each run.
func runDuration() telemetry.Metric {
	return telemetry.Histogram("neuroglia.doctor.run.duration", "s", "Time that a run of the doctor took to make its telemetry.",
		[]float64{1}, runKey)
}

// emission is the telemetry that a run sends: a trace of two spans, a histogram with an exemplar, and a log record, of
// which the last two were made within the trace's inner span.
type emission struct {
	run          string
	traceID      trace.TraceID
	outer, inner trace.SpanID
	spans        []sdktrace.ReadOnlySpan
	metrics      metricdata.ResourceMetrics
	records      []sdklog.Record
}

// newEmission makes the telemetry and sends nothing.
func newEmission(ctx context.Context) (*emission, error) {
	e := &emission{run: newRun()}
	identity := resource.NewSchemaless(semconv.ServiceName(serviceName))
	tracers := sdktrace.NewTracerProvider(
		sdktrace.WithSampler(sdktrace.AlwaysSample()), sdktrace.WithResource(identity), sdktrace.WithSyncer(keepSpans{e}))
	reader := sdkmetric.NewManualReader()
	meters := sdkmetric.NewMeterProvider(
		sdkmetric.WithExemplarFilter(exemplar.TraceBasedFilter), sdkmetric.WithResource(identity), sdkmetric.WithReader(reader))
	logs := sdklog.NewLoggerProvider(sdklog.WithResource(identity), sdklog.WithProcessor(keepRecords{e}))
	mark := runKey.String(e.run)

	began := time.Now()
	duration, err := runDuration().Float64Histogram(meters.Meter(scopeName))
	if err != nil {
		return nil, fmt.Errorf("make the metric: %w", err)
	}
	tracer := tracers.Tracer(scopeName)
	ctx, outer := tracer.Start(ctx, "neuroglia doctor", trace.WithNewRoot(), trace.WithAttributes(mark))
	inner, within := tracer.Start(ctx, "emit telemetry", trace.WithAttributes(mark))
	var record log.Record
	record.SetTimestamp(time.Now())
	record.SetSeverity(log.SeverityInfo)
	record.SetSeverityText("INFO")
	record.SetBody(attribute.StringValue("neuroglia doctor was here"))
	record.AddAttributes(mark)
	logs.Logger(scopeName).Emit(inner, record)
	duration.Record(inner, time.Since(began).Seconds(), metric.WithAttributes(mark))
	within.End()
	outer.End()
	e.traceID, e.outer, e.inner = outer.SpanContext().TraceID(), outer.SpanContext().SpanID(), within.SpanContext().SpanID()
	if err := reader.Collect(ctx, &e.metrics); err != nil {
		return nil, fmt.Errorf("collect the metric: %w", err)
	}
	return e, nil
}

func newRun() string {
	var mark [6]byte
	_, _ = rand.Read(mark[:]) // never fails
	return hex.EncodeToString(mark[:])
}

type keepSpans struct{ *emission }

func (k keepSpans) ExportSpans(_ context.Context, spans []sdktrace.ReadOnlySpan) error {
	k.spans = append(k.spans, spans...)
	return nil
}

func (keepSpans) Shutdown(context.Context) error { return nil }

type keepRecords struct{ *emission }

func (keepRecords) Enabled(context.Context, sdklog.EnabledParameters) bool { return true }

func (k keepRecords) OnEmit(_ context.Context, record *sdklog.Record) error {
	k.records = append(k.records, record.Clone())
	return nil
}

func (keepRecords) Shutdown(context.Context) error   { return nil }
func (keepRecords) ForceFlush(context.Context) error { return nil }

// sent is an exporter of one signal.
type sent struct {
	send     func(context.Context) error
	shutdown func(context.Context) error
}

// checks send each signal. They need the collector to accept OTLP in one way or the other.
func (e *emission) checks(c *collector) []check {
	var checks []check
	for _, s := range signals() {
		checks = append(checks, check{
			id: "emit." + s.name, title: "the collector takes a " + s.one, parts: []string{s.part},
			needs: [][]string{{"collector.otlp_grpc", "collector.otlp_http"}}, within: toStart,
			ask: func(ctx context.Context) (string, error) { return e.emit(ctx, c, s) },
		})
	}
	return checks
}

func (e *emission) emit(ctx context.Context, c *collector, s signal) (string, error) {
	over, ok := c.protocol(s.name)
	if !ok {
		return "", &problem{
			hop: "app -> collector", text: "the collector takes no " + s.name,
			advice: fmt.Sprintf("give it a pipeline for %s, with the otlp receiver and an exporter to %s", s.name, s.store),
		}
	}
	exporter, err := e.exporter(ctx, c, s, over)
	if err == nil {
		ctx, cancel := context.WithTimeout(ctx, requestTimeout)
		defer cancel()
		err = exporter.send(ctx)
		err = errors.Join(err, exporter.shutdown(ctx))
	}
	if err != nil {
		return "", &problem{
			hop: "app -> collector", text: fmt.Sprintf("over %s: %s", over, err),
			advice: "the collector's log says why; its memory_limiter refuses data when it is out of memory",
		}
	}
	return fmt.Sprintf("over %s", over), nil
}

func (e *emission) exporter(ctx context.Context, c *collector, s signal, over protocol) (sent, error) {
	switch s.name {
	case "traces":
		return e.spanExporter(ctx, c, over)
	case "metrics":
		return e.metricExporter(ctx, c, over)
	default:
		return e.recordExporter(ctx, c, over)
	}
}

func (e *emission) spanExporter(ctx context.Context, c *collector, over protocol) (sent, error) {
	client := otlptracegrpc.NewClient(otlptracegrpc.WithEndpointURL(c.grpc.url), otlptracegrpc.WithHeaders(c.header()),
		otlptracegrpc.WithRetry(otlptracegrpc.RetryConfig{}))
	if over == overHTTP {
		client = otlptracehttp.NewClient(otlptracehttp.WithEndpointURL(c.http.url+"/v1/traces"),
			otlptracehttp.WithHeaders(c.header()), otlptracehttp.WithRetry(otlptracehttp.RetryConfig{}))
	}
	exporter, err := otlptrace.New(ctx, client)
	if err != nil {
		return sent{}, fmt.Errorf("make the exporter: %w", err)
	}
	return sent{func(ctx context.Context) error { return exporter.ExportSpans(ctx, e.spans) }, exporter.Shutdown}, nil
}

func (e *emission) metricExporter(ctx context.Context, c *collector, over protocol) (sent, error) {
	var exporter sdkmetric.Exporter
	var err error
	if over == overHTTP {
		exporter, err = otlpmetrichttp.New(ctx, otlpmetrichttp.WithEndpointURL(c.http.url+"/v1/metrics"),
			otlpmetrichttp.WithHeaders(c.header()), otlpmetrichttp.WithRetry(otlpmetrichttp.RetryConfig{}))
	} else {
		exporter, err = otlpmetricgrpc.New(ctx, otlpmetricgrpc.WithEndpointURL(c.grpc.url), otlpmetricgrpc.WithHeaders(c.header()),
			otlpmetricgrpc.WithRetry(otlpmetricgrpc.RetryConfig{}))
	}
	if err != nil {
		return sent{}, fmt.Errorf("make the exporter: %w", err)
	}
	return sent{func(ctx context.Context) error { return exporter.Export(ctx, &e.metrics) }, exporter.Shutdown}, nil
}

func (e *emission) recordExporter(ctx context.Context, c *collector, over protocol) (sent, error) {
	var exporter sdklog.Exporter
	var err error
	if over == overHTTP {
		exporter, err = otlploghttp.New(ctx, otlploghttp.WithEndpointURL(c.http.url+"/v1/logs"),
			otlploghttp.WithHeaders(c.header()), otlploghttp.WithRetry(otlploghttp.RetryConfig{}))
	} else {
		exporter, err = otlploggrpc.New(ctx, otlploggrpc.WithEndpointURL(c.grpc.url), otlploggrpc.WithHeaders(c.header()),
			otlploggrpc.WithRetry(otlploggrpc.RetryConfig{}))
	}
	if err != nil {
		return sent{}, fmt.Errorf("make the exporter: %w", err)
	}
	return sent{func(ctx context.Context) error { return exporter.Export(ctx, e.records) }, exporter.Shutdown}, nil
}
