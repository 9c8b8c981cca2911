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
)

// The exporters read OTEL_EXPORTER_OTLP_* themselves, and options would win over the environment. The one option given
// is for the case that no endpoint is set: the specification's default is plain text, that of the exporters is TLS.

func newSpanExporter(ctx context.Context, name string, s otelenv.Signal, stdout io.Writer) (sdktrace.SpanExporter, error) {
	switch {
	case name == otelenv.Console:
		return stdouttrace.New(stdouttrace.WithWriter(stdout))
	case s.Protocol == otelenv.GRPC:
		return otlptracegrpc.New(ctx, optionally(s.Plaintext, otlptracegrpc.WithInsecure)...)
	default:
		return otlptracehttp.New(ctx, optionally(s.Plaintext, otlptracehttp.WithInsecure)...)
	}
}

func newMetricExporter(ctx context.Context, name string, s otelenv.Signal, stdout io.Writer) (sdkmetric.Exporter, error) {
	switch {
	case name == otelenv.Console:
		return stdoutmetric.New(stdoutmetric.WithWriter(stdout))
	case s.Protocol == otelenv.GRPC:
		return otlpmetricgrpc.New(ctx, optionally(s.Plaintext, otlpmetricgrpc.WithInsecure)...)
	default:
		return otlpmetrichttp.New(ctx, optionally(s.Plaintext, otlpmetrichttp.WithInsecure)...)
	}
}

func newLogExporter(ctx context.Context, name string, s otelenv.Signal, stdout io.Writer) (sdklog.Exporter, error) {
	switch {
	case name == otelenv.Console:
		return stdoutlog.New(stdoutlog.WithWriter(stdout))
	case s.Protocol == otelenv.GRPC:
		return otlploggrpc.New(ctx, optionally(s.Plaintext, otlploggrpc.WithInsecure)...)
	default:
		return otlploghttp.New(ctx, optionally(s.Plaintext, otlploghttp.WithInsecure)...)
	}
}

func optionally[O any](wanted bool, option func() O) []O {
	if !wanted {
		return nil
	}
	return []O{option()}
}

func exporterError(signal, name string, err error) error {
	return fmt.Errorf("make the %s exporter of %s: %w", name, signal, err)
}
