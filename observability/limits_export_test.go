package observability

import (
	"context"
	"io"

	sdklog "go.opentelemetry.io/otel/sdk/log"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/neuroglia-go/neuroglia/observability/internal/otelenv"
)

// ShortSpans is what Start puts before a queue of spans.
func ShortSpans(queue sdktrace.SpanProcessor, limit int) sdktrace.SpanProcessor {
	return shortSpans{queue, cut(limit)}
}

// ShortLogs is what Start puts before queues of log records.
func ShortLogs(limit int) sdklog.Processor { return shortLogs{cut(limit)} }

// NewLogExporter is the exporter that Start makes for OTLP.
func NewLogExporter(ctx context.Context, protocol string) (sdklog.Exporter, error) {
	return newLogExporter(ctx, otelenv.OTLP, otelenv.Signal{Exporters: []string{otelenv.OTLP}, Protocol: protocol}, io.Discard)
}
