package doctor_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.opentelemetry.io/otel/exporters/otlp/otlplog/otlploghttp"
	"go.opentelemetry.io/otel/exporters/otlp/otlpmetric/otlpmetrichttp"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/log"
	sdklog "go.opentelemetry.io/otel/sdk/log"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"

	"github.com/neuroglia-go/neuroglia/cmd/neuroglia/doctor"
	"github.com/neuroglia-go/neuroglia/stack"
)

// startStack starts collector, Prometheus and Loki with the shipped files, and Tempo and Grafana where they are on the
// PATH. Where they are not, fakes stand in for them: of Tempo with the spans that the collector exported.
func startStack(t *testing.T) (*stack.Stack, doctor.Config) {
	t.Helper()
	ports, err := stack.FreePorts()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	running, err := stack.Start(ctx, stack.Config{
		Root: "../../..", Data: t.TempDir(), Ports: ports, Interval: time.Second, Output: t.Output(),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if err := running.Stop(ctx); err != nil {
			t.Log(err) // how the stack stops is tested where it is made
		}
	})
	config := doctor.Config{
		CollectorGRPC: local(ports.OTLPGRPC), CollectorHTTP: local(ports.OTLPHTTP), CollectorHealth: local(ports.CollectorHealth),
		Prometheus: running.URL("prometheus"), Loki: running.URL("loki"),
		Tempo: running.URL("tempo"), Grafana: running.URL("grafana"),
		Dashboards: shippedDashboards(t), Fresh: 4 * time.Minute,
	}
	standIn := tempo{
		spans: func(traceID string) map[string]string {
			spans, _ := exported(t, running.TraceFile(), traceID)
			return spans
		},
		services: func() []string { _, services := exported(t, running.TraceFile(), ""); return services },
	}
	if config.Tempo == "" {
		config.Tempo = serve(t, standIn.ServeHTTP)
	}
	if config.Grafana == "" {
		config.Grafana = serve(t, grafana{
			dashboards: config.Dashboards, prometheus: config.Prometheus, loki: config.Loki, tempo: &standIn,
		}.ServeHTTP)
	}
	return running, config
}

func local(port int) string { return fmt.Sprintf("http://127.0.0.1:%d", port) }

func shippedDashboards(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("../../../deployment/grafana/dashboards/json/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("found %d dashboards: %v", len(files), err)
	}
	for i, file := range files {
		files[i] = strings.TrimSuffix(filepath.Base(file), ".json")
	}
	return files
}

// exported returns the spans of a trace that the collector wrote, and all services that it wrote spans of.
func exported(t *testing.T, file, traceID string) (spans map[string]string, services []string) {
	t.Helper()
	spans = map[string]string{}
	f, err := os.Open(file)
	if err != nil {
		return spans, nil // nothing was written yet
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		var batch struct {
			ResourceSpans []struct {
				Resource struct {
					Attributes []struct {
						Key   string `json:"key"`
						Value struct {
							StringValue string `json:"stringValue"`
						} `json:"value"`
					} `json:"attributes"`
				} `json:"resource"`
				ScopeSpans []struct {
					Spans []struct {
						TraceID      string `json:"traceId"`
						SpanID       string `json:"spanId"`
						ParentSpanID string `json:"parentSpanId"`
					} `json:"spans"`
				} `json:"scopeSpans"`
			} `json:"resourceSpans"`
		}
		if err := json.Unmarshal(lines.Bytes(), &batch); err != nil {
			continue // a line that is still being written
		}
		for _, r := range batch.ResourceSpans {
			for _, a := range r.Resource.Attributes {
				if a.Key == "service.name" {
					services = append(services, a.Value.StringValue)
				}
			}
			for _, scope := range r.ScopeSpans {
				for _, span := range scope.Spans {
					if span.TraceID == traceID {
						spans[span.SpanID] = span.ParentSpanID
					}
				}
			}
		}
	}
	if err := lines.Err(); err != nil {
		t.Error(err)
	}
	return spans, services
}

// bake is an app of the namespace town that sends a trace, a metric and a log record.
func bake(t *testing.T, endpoint string) {
	t.Helper()
	ctx := t.Context()
	identity := resource.NewSchemaless(
		semconv.ServiceName("bakery"), semconv.ServiceNamespace("town"), semconv.ServiceInstanceID("oven-1"), semconv.ServiceVersion("1"))
	spans, err := otlptracehttp.New(ctx, otlptracehttp.WithEndpointURL(endpoint+"/v1/traces"))
	if err != nil {
		t.Fatal(err)
	}
	metrics, err := otlpmetrichttp.New(ctx, otlpmetrichttp.WithEndpointURL(endpoint+"/v1/metrics"))
	if err != nil {
		t.Fatal(err)
	}
	records, err := otlploghttp.New(ctx, otlploghttp.WithEndpointURL(endpoint+"/v1/logs"))
	if err != nil {
		t.Fatal(err)
	}
	tracers := sdktrace.NewTracerProvider(sdktrace.WithResource(identity), sdktrace.WithBatcher(spans))
	meters := sdkmetric.NewMeterProvider(sdkmetric.WithResource(identity), sdkmetric.WithReader(sdkmetric.NewPeriodicReader(metrics)))
	logs := sdklog.NewLoggerProvider(sdklog.WithResource(identity), sdklog.WithProcessor(sdklog.NewBatchProcessor(records)))
	loaves, err := meters.Meter("bakery").Int64Counter("bakery.loaves")
	if err != nil {
		t.Fatal(err)
	}
	within, span := tracers.Tracer("bakery").Start(ctx, "bake")
	loaves.Add(within, 1)
	var record log.Record
	record.SetTimestamp(time.Now())
	record.SetSeverity(log.SeverityInfo)
	logs.Logger("bakery").Emit(within, record)
	span.End()
	for _, shutdown := range []func(context.Context) error{tracers.Shutdown, meters.Shutdown, logs.Shutdown} {
		if err := shutdown(ctx); err != nil {
			t.Fatal(err)
		}
	}
}
