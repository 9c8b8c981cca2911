package observability

import (
	"context"
	"time"

	"go.opentelemetry.io/contrib/instrumentation/runtime"
	"go.opentelemetry.io/otel/log"
	lognoop "go.opentelemetry.io/otel/log/noop"
	"go.opentelemetry.io/otel/metric"
	metricnoop "go.opentelemetry.io/otel/metric/noop"
	sdklog "go.opentelemetry.io/otel/sdk/log"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
	tracenoop "go.opentelemetry.io/otel/trace/noop"

	"github.com/neuroglia-go/neuroglia/observability/internal/otelenv"
)

// defaultInterval is used where OTEL_METRIC_EXPORT_INTERVAL is not set. The specification's minute makes the first
// graph of a new service come after minutes; it also equals the usual scrape interval of Prometheus.
const defaultInterval = 15 * time.Second

// pipelines makes providers from the environment. A signal that is off, and a pipeline nobody reads, gets the no-op
// provider, so that instrumentation can see that its work is not wanted.
type pipelines struct {
	*config
	settings otelenv.Settings
	resource *resource.Resource
}

func (p *pipelines) tracerProvider(ctx context.Context) (trace.TracerProvider, error) {
	if p.settings.Traces.Off() && len(p.traces) == 0 {
		return tracenoop.NewTracerProvider(), nil
	}
	opts := append(p.tracerOptions(), sdktrace.WithResource(p.resource), sdktrace.WithRawSpanLimits(p.spanLimits()))
	for _, name := range p.settings.Traces.Exporters {
		exporter, err := newSpanExporter(ctx, name, p.settings.Traces, p.stdout)
		if err != nil {
			return nil, err
		}
		opts = append(opts, sdktrace.WithSpanProcessor(p.spanQueue(exporter)))
	}
	return sdktrace.NewTracerProvider(append(opts, p.traces...)...), nil
}

// tracerOptions are the options that do not depend on where spans go. A panic is not recorded as a span event, because
// who recovers it logs it.
func (c *config) tracerOptions() []sdktrace.TracerProviderOption {
	opts := []sdktrace.TracerProviderOption{sdktrace.WithoutPanicRecording()}
	if len(c.baggage) > 0 {
		opts = append(opts, sdktrace.WithSpanProcessor(baggageCopier{c.baggage}))
	}
	return opts
}

func (p *pipelines) meterProvider(ctx context.Context) (metric.MeterProvider, error) {
	if p.settings.Metrics.Off() && len(p.metrics) == 0 {
		return metricnoop.NewMeterProvider(), nil
	}
	opts := []sdkmetric.Option{sdkmetric.WithResource(p.resource), sdkViews()}
	for _, name := range p.settings.Metrics.Exporters {
		reader, err := p.metricReader(ctx, name)
		if err != nil {
			return nil, err
		}
		opts = append(opts, sdkmetric.WithReader(reader))
	}
	return sdkmetric.NewMeterProvider(append(opts, p.metrics...)...), nil
}

func (p *pipelines) metricReader(ctx context.Context, name string) (sdkmetric.Reader, error) {
	if name == otelenv.Prometheus {
		return newPrometheusReader(ctx, p.settings.PrometheusAddr)
	}
	exporter, err := newMetricExporter(ctx, name, p.settings.Metrics, p.stdout)
	if err != nil {
		return nil, err
	}
	opts := []sdkmetric.PeriodicReaderOption{sdkmetric.WithProducer(runtime.NewProducer())}
	if p.settings.MetricInterval == 0 {
		opts = append(opts, sdkmetric.WithInterval(defaultInterval))
	}
	return sdkmetric.NewPeriodicReader(exporter, opts...), nil
}

func (p *pipelines) loggerProvider(ctx context.Context) (log.LoggerProvider, error) {
	if p.settings.Logs.Off() && len(p.logs) == 0 {
		return lognoop.NewLoggerProvider(), nil
	}
	opts := append(p.logLimits(), sdklog.WithResource(p.resource))
	for _, name := range p.settings.Logs.Exporters {
		exporter, err := newLogExporter(ctx, name, p.settings.Logs, p.stdout)
		if err != nil {
			return nil, err
		}
		opts = append(opts, sdklog.WithProcessor(sdklog.NewBatchProcessor(exporter)))
	}
	return sdklog.NewLoggerProvider(append(opts, p.logs...)...), nil
}
