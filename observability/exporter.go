package observability

import (
	"context"
	"fmt"
	"io"

	"go.opentelemetry.io/otel/exporters/otlp/otlplog/otlploggrpc"
	"go.opentelemetry.io/otel/exporters/otlp/otlplog/otlploghttp"
	"go.opentelemetry.io/otel/exporters/otlp/otlpmetric/otlpmetricgrpc"
	"go.opentelemetry.io/otel/exporters/otlp/otlpmetric/otlpmetrichttp"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/exporters/stdout/stdoutlog"
	"go.opentelemetry.io/otel/exporters/stdout/stdoutmetric"
	"go.opentelemetry.io/otel/exporters/stdout/stdouttrace"
	sdklog "go.opentelemetry.io/otel/sdk/log"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/neuroglia-go/neuroglia/observability/internal/otelenv"
	"github.com/neuroglia-go/neuroglia/observability/internal/otlpspan"
)

// The exporters read OTEL_EXPORTER_OTLP_* themselves, and options would win over the environment. The one option given
// is for the case that no endpoint is set: the specification's default is plain text, that of the exporters is TLS.

func newSpanExporter(
	ctx context.Context, name string, s otelenv.Signal, stdout io.Writer,
) (exporter sdktrace.SpanExporter, err error) {
	switch {
	case name == otelenv.Console:
		if exporter, err = stdouttrace.New(stdouttrace.WithWriter(stdout)); err == nil {
			exporter = validSpans{exporter}
		}
	case s.Protocol == otelenv.GRPC:
		exporter, err = otlpspan.New(ctx, otlptracegrpc.NewClient(optionally(s.Plaintext, otlptracegrpc.WithInsecure)...))
	default:
		exporter, err = otlpspan.New(ctx, otlptracehttp.NewClient(optionally(s.Plaintext, otlptracehttp.WithInsecure)...))
	}
	if err != nil {
		return nil, fmt.Errorf("make the %s exporter of traces: %w", name, err)
	}
	return exporter, nil
}

func newMetricExporter(
	ctx context.Context, name string, s otelenv.Signal, stdout io.Writer,
) (exporter sdkmetric.Exporter, err error) {
	switch {
	case name == otelenv.Console:
		exporter, err = stdoutmetric.New(stdoutmetric.WithWriter(stdout))
	case s.Protocol == otelenv.GRPC:
		exporter, err = otlpmetricgrpc.New(ctx, optionally(s.Plaintext, otlpmetricgrpc.WithInsecure)...)
	default:
		exporter, err = otlpmetrichttp.New(ctx, optionally(s.Plaintext, otlpmetrichttp.WithInsecure)...)
	}
	if err != nil {
		return nil, fmt.Errorf("make the %s exporter of metrics: %w", name, err)
	}
	return validMetrics{exporter}, nil
}

func newLogExporter(
	ctx context.Context, name string, s otelenv.Signal, stdout io.Writer,
) (exporter sdklog.Exporter, err error) {
	switch {
	case name == otelenv.Console:
		exporter, err = stdoutlog.New(stdoutlog.WithWriter(stdout))
	case s.Protocol == otelenv.GRPC:
		exporter, err = otlploggrpc.New(ctx, optionally(s.Plaintext, otlploggrpc.WithInsecure)...)
	default:
		exporter, err = otlploghttp.New(ctx, optionally(s.Plaintext, otlploghttp.WithInsecure)...)
	}
	if err != nil {
		return nil, fmt.Errorf("make the %s exporter of logs: %w", name, err)
	}
	return validLogs{partedLogs{namedLogExporter{exporter}}}, nil
}

// namedLogExporter says in its errors that they are about logs, as the exporters of the other signals do.
type namedLogExporter struct{ sdklog.Exporter }

// Export implements [sdklog.Exporter].
func (e namedLogExporter) Export(ctx context.Context, records []sdklog.Record) error {
	if err := e.Exporter.Export(ctx, records); err != nil {
		return fmt.Errorf("logs export: %w", err)
	}
	return nil
}

func optionally[O any](wanted bool, option func() O) []O {
	if !wanted {
		return nil
	}
	return []O{option()}
}
