package observability_test

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"github.com/neuroglia-go/neuroglia/observability"
)

// BenchmarkSpans is what a span costs from its start until the collector has it. Spans wait where the queue is full, so that
// the time is that of the slowest part: as many spans a second can be made without drops. The processor's time is that of
// this process alone.
func BenchmarkSpans(b *testing.B) {
	for _, protocol := range []string{"http/protobuf", "grpc"} {
		for _, compression := range []string{"none", "gzip"} {
			for _, batch := range []int{512, 2048} {
				b.Run(fmt.Sprintf("%s/%s/%d", protocol, compression, batch), func(b *testing.B) {
					exporter := newCollected(b, protocol, compression)
					provider := sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter, sdktrace.WithBlocking(),
						sdktrace.WithMaxExportBatchSize(batch), sdktrace.WithMaxQueueSize(4*batch)))
					tracer := provider.Tracer("bench")
					b.ReportAllocs()
					begin := processorTime(b)
					for b.Loop() {
						_, span := tracer.Start(b.Context(), "Command.PlaceOrder", orderAttributes())
						span.End()
					}
					if err := provider.Shutdown(context.Background()); err != nil {
						b.Error(err)
					}
					b.ReportMetric(float64(processorTime(b)-begin)/float64(b.N), "cpu-ns/op")
				})
			}
		}
	}
}

// BenchmarkEnd is what the end of a span costs whoever ends it, with a queue that has room and with one that is full.
func BenchmarkEnd(b *testing.B) {
	for name, size := range map[string]int{"room": 1 << 20, "full": 1} {
		b.Run(name, func(b *testing.B) {
			provider := sdktrace.NewTracerProvider(sdktrace.WithBatcher(&tracetest.InMemoryExporter{}, sdktrace.WithMaxQueueSize(size),
				sdktrace.WithBatchTimeout(time.Hour), sdktrace.WithMaxExportBatchSize(1<<20)))
			tracer := provider.Tracer("bench")
			b.ReportAllocs()
			for b.Loop() {
				_, span := tracer.Start(b.Context(), "Command.PlaceOrder", orderAttributes())
				span.End()
			}
		})
	}
}

func orderAttributes() trace.SpanStartOption {
	return trace.WithAttributes(attribute.String("neuroglia.message.kind", "command"), attribute.String("neuroglia.message.type", "PlaceOrder"),
		attribute.String("neuroglia.outcome", "success"), attribute.String("neuroglia.aggregate.id", "0199f2a4-5f0e-7cc3-98c4-dc0c0c07398f"))
}

// newCollected starts a real collector, which throws away what it gets, and returns an exporter to it.
func newCollected(b *testing.B, protocol, compression string) sdktrace.SpanExporter {
	b.Helper()
	program, err := filepath.Abs("../.bin/collector")
	if err != nil {
		b.Fatal(err)
	}
	if _, err := os.Stat(program); err != nil {
		b.Fatalf("the collector is missing: run make %s", program)
	}
	web, rpc, health := freePort(b), freePort(b), freePort(b)
	file := filepath.Join(b.TempDir(), "collector.yaml")
	config := fmt.Sprintf(`
extensions: {health_check: {endpoint: "127.0.0.1:%s"}}
receivers: {otlp: {protocols: {http: {endpoint: "127.0.0.1:%s"}, grpc: {endpoint: "127.0.0.1:%s"}}}}
exporters: {debug: {verbosity: basic}}
service:
  extensions: [health_check]
  telemetry: {logs: {level: error}, metrics: {level: none}}
  pipelines: {traces: {receivers: [otlp], exporters: [debug]}}
`, health, web, rpc)
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		b.Fatal(err)
	}
	collector := exec.Command(program, "--config", file)
	collector.Stderr = os.Stderr
	if err := collector.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		_ = collector.Process.Signal(syscall.SIGTERM)
		_ = collector.Wait()
	})
	for begin := time.Now(); ; time.Sleep(10 * time.Millisecond) {
		answer, err := http.Get("http://127.0.0.1:" + health)
		if err == nil {
			_ = answer.Body.Close()
			break
		}
		if time.Since(begin) > 30*time.Second {
			b.Fatal(err)
		}
	}
	port := map[string]string{"grpc": rpc, "http/protobuf": web}[protocol]
	b.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:"+port)
	b.Setenv("OTEL_EXPORTER_OTLP_COMPRESSION", compression)
	exporter, err := observability.NewSpanExporter(b.Context(), protocol)
	if err != nil {
		b.Fatal(err)
	}
	return exporter
}

// processorTime is how many nanoseconds this process has run.
func processorTime(b *testing.B) int64 {
	b.Helper()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return used.Utime.Nano() + used.Stime.Nano()
}
