package observability_test

import (
	"log/slog"
	"strconv"
	"strings"
	"testing"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/neuroglia-go/neuroglia/observability"
)

// A batch of the longest texts is several times what a collector takes over gRPC, which is what the receiver takes.
func TestABatchOfTheLongestTextsIsSentWhole(t *testing.T) {
	for protocol, newReceiver := range map[string]func(*testing.T) (*receiver, string){
		"http/protobuf": newHTTPReceiver, "grpc": newGRPCReceiver,
	} {
		t.Run(protocol, func(t *testing.T) {
			r, url := newReceiver(t)
			t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", url)
			spans, err := observability.NewSpanExporter(t.Context(), protocol)
			if err != nil {
				t.Fatal(err)
			}
			logs, err := observability.NewLogExporter(t.Context(), protocol)
			if err != nil {
				t.Fatal(err)
			}
			text := strings.Repeat("€", 16<<10)
			var stubs tracetest.SpanStubs
			queue, _, logger := newKept(-1)
			for i := range 512 {
				stubs = append(stubs, tracetest.SpanStub{
					Name: "place order " + strconv.Itoa(i), Attributes: []attribute.KeyValue{attribute.String("text", text)},
				})
				logger.Error("no oven "+strconv.Itoa(i), slog.Group("request", "lines", []string{text}), "times", []int64{1})
			}
			if err := spans.ExportSpans(t.Context(), stubs.Snapshots()); err != nil {
				t.Error(err)
			}
			if err := logs.Export(t.Context(), queue.records); err != nil {
				t.Error(err)
			}
			if spans, logs := len(strings.Split(r.got("span place order"), "\n")), len(strings.Split(r.got("log ERROR no oven"), "\n")); spans != 512 || logs != 512 {
				t.Errorf("%d spans and %d log records came, want 512 each", spans, logs)
			}
			if err := spans.Shutdown(t.Context()); err != nil {
				t.Error(err)
			}
			if err := logs.Shutdown(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
}
