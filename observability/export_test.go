package observability

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"runtime/debug"
	"time"

	"go.opentelemetry.io/contrib/bridges/otelslog"
	"go.opentelemetry.io/otel/log"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/neuroglia-go/neuroglia/observability/internal/otelenv"
)

// NewLogger is the logger that Start installs, with outputs of the test's choice.
func NewLogger(stdout io.Writer, export log.LoggerProvider, level slog.Leveler, baggage ...string) *slog.Logger {
	out := newStdout(stdout, level)
	var to slog.Handler
	if export != nil {
		to = otelslog.NewHandler(scopeName, otelslog.WithLoggerProvider(export))
	}
	return slog.New(newHandler(level, out.handler, to, baggage))
}

// NewErrorHandler is the error handler that Start installs, with a clock of the test's choice.
func NewErrorHandler(logger *slog.Logger, now func() time.Time) (handle func(error), rest func() int) {
	l := newErrorLog(logger)
	l.now = now
	return l.Handle, l.rest
}

// NewSDKLogger is the logger that Start gives to the SDK.
func NewSDKLogger(h slog.Handler, level string) slog.Handler {
	return newSDKLog(h, level, newErrorLog(slog.New(h)))
}

// NewResource is the resource that Start describes the process with.
func NewResource(ctx context.Context, name string, opts ...Option) (*resource.Resource, error) {
	return newResource(ctx, newConfig(name, opts))
}

// BuildVersion is the version that Start finds.
func BuildVersion(info *debug.BuildInfo) (version, revision string) { return buildVersion(info) }

// TrustedBaggage is the filter of baggage that Start puts around the propagator.
func TrustedBaggage(p propagation.TextMapPropagator, keys ...string) propagation.TextMapPropagator {
	return trustedBaggage{p, keys}
}

// BaggageCopier is the span processor that Start adds.
func BaggageCopier(keys ...string) sdktrace.SpanProcessor { return baggageCopier{keys} }

// StartProcessMetrics is what Start measures the process with.
func StartProcessMetrics(p metric.MeterProvider) error {
	return startProcessMetrics(p, false, func() int64 { return 0 })
}

// TolerantProvider is what the metrics of the machine are measured with.
func TolerantProvider(p metric.MeterProvider) metric.MeterProvider { return tolerantProvider{p} }

// PackageOf is how the scope's name is found.
func PackageOf(function string) string { return packageOf(function) }

// StdoutFormat names the handler that writes to f.
func StdoutFormat(f *os.File) string { return fmt.Sprintf("%T", newFileHandler(f, f, slog.LevelInfo)) }

// NewStdoutQueue is what Start puts before a file.
func NewStdoutQueue(to io.Writer, takes func() bool, room int, tell func(dropped int)) *StdoutQueue {
	return &StdoutQueue{newStdoutQueue(to, takes, room, tell)}
}

// StdoutQueue has the methods of a queue that tests call.
type StdoutQueue struct{ *stdoutQueue }

// Flush waits until all is written.
func (q *StdoutQueue) Flush(most time.Duration) bool { return q.flush(most) }

// Lost returns how many lines were dropped.
func (q *StdoutQueue) Lost() int64 { return q.lost() }

// Written reports whether all is written to standard output, and waits a little for it.
func Written(t *Telemetry) bool { return t.out.queue.flush(100 * time.Millisecond) }

// NewSpanExporter is the exporter that Start makes for OTLP.
func NewSpanExporter(ctx context.Context, protocol string) (sdktrace.SpanExporter, error) {
	return newSpanExporter(ctx, otelenv.OTLP, otelenv.Signal{Exporters: []string{otelenv.OTLP}, Protocol: protocol}, io.Discard)
}
