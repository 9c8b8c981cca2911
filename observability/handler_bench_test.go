package observability_test

import (
	"context"
	"log/slog"
	"testing"

	"go.opentelemetry.io/contrib/bridges/otelslog"
	sdklog "go.opentelemetry.io/otel/sdk/log"
	"go.opentelemetry.io/otel/trace"

	"github.com/neuroglia-go/neuroglia/observability"
)

// BenchmarkHandler is what a record costs, beside what slog's handler and OpenTelemetry's bridge cost alone.
func BenchmarkHandler(b *testing.B) {
	provider := sdklog.NewLoggerProvider(sdklog.WithProcessor(sdklog.NewBatchProcessor(taken{})))
	ours := observability.NewLogger(discard{}, nil, slog.LevelInfo)
	both := observability.NewLogger(discard{}, provider, slog.LevelInfo)
	span := trace.ContextWithSpanContext(b.Context(), trace.NewSpanContext(trace.SpanContextConfig{
		TraceID: trace.TraceID{1}, SpanID: trace.SpanID{2}}))
	scoped := observability.With(span, slog.String("tenant", "t1"), slog.Int("attempt", 1))
	for _, c := range []struct {
		name   string
		logger *slog.Logger
		ctx    context.Context
		level  slog.Level
	}{
		{"below the level", both, scoped, slog.LevelDebug},
		{"slog alone", slog.New(slog.NewJSONHandler(discard{}, nil)), span, slog.LevelInfo},
		{"stdout", ours, b.Context(), slog.LevelInfo},
		{"stdout in a span", ours, span, slog.LevelInfo},
		{"stdout in a scope", ours, scoped, slog.LevelInfo},
		{"otelslog alone", slog.New(otelslog.NewHandler("bench", otelslog.WithLoggerProvider(provider))), span, slog.LevelInfo},
		{"both in a span", both, span, slog.LevelInfo},
		{"both in a scope", both, scoped, slog.LevelInfo},
		{"both in groups", both.With("a", 1).WithGroup("g").With("b", 2), span, slog.LevelInfo},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				c.logger.LogAttrs(c.ctx, c.level, "order placed", slog.String("order.id", "1"), slog.Int("lines", 2), slog.Float64("total", 12.5))
			}
		})
	}
}

type discard struct{}

func (discard) Write(p []byte) (int, error) { return len(p), nil }

// taken is an exporter that takes all.
type taken struct{}

func (taken) Export(context.Context, []sdklog.Record) error { return nil }
func (taken) Shutdown(context.Context) error                { return nil }
func (taken) ForceFlush(context.Context) error              { return nil }
