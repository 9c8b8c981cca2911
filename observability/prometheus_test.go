package observability_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"github.com/neuroglia-go/neuroglia/observability"
	"github.com/neuroglia-go/neuroglia/telemetry"
)

func TestPrometheusReadsMetricsWithExemplars(t *testing.T) {
	t.Parallel()
	o := live(t, "scraped", "OTEL_METRICS_EXPORTER=prometheus", "OTEL_EXPORTER_PROMETHEUS_HOST=127.0.0.1",
		"OTEL_EXPORTER_PROMETHEUS_PORT="+freePort(t), "OTEL_TRACES_EXPORTER=console", "OTEL_LOGS_EXPORTER=none")
	if o.failed {
		t.Error(o.stderr)
	}
	for _, want := range []string{
		`orders_total\{.*size="l"\} 1.0 # \{.*trace_id="[0-9a-f]{32}"`, `orders_total\{.*size="s"\} 0.0`,
		`go_schedule_duration_seconds_bucket`, `process_memory_usage_bytes`, `target_info\{.*service_name="pizzeria"`,
	} {
		if !regexp.MustCompile(want).MatchString(o.stdout) {
			t.Errorf("no %s in\n%s", want, o.stdout)
		}
	}
}

func TestAPortThatIsTakenStopsTheStart(t *testing.T) {
	t.Parallel()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	_, port, _ := net.SplitHostPort(listener.Addr().String())
	o := live(t, "one order", "OTEL_METRICS_EXPORTER=prometheus", "OTEL_EXPORTER_PROMETHEUS_HOST=127.0.0.1", "OTEL_EXPORTER_PROMETHEUS_PORT="+port)
	if !o.failed || !strings.Contains(o.stderr, "address already in use") || !strings.Contains(o.stderr, "OTEL_EXPORTER_PROMETHEUS_") {
		t.Errorf("got %s, want that the port is taken", o.stderr)
	}
}

// freePort returns a port of this machine on which nobody listened a moment ago.
func freePort(tb testing.TB) string {
	tb.Helper()
	listener, err := (&net.ListenConfig{}).Listen(tb.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	defer listener.Close()
	_, port, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		tb.Fatal(err)
	}
	return port
}

// scraped prints the metrics that Prometheus would read.
func scraped(ctx context.Context) error {
	t, err := observability.Start(ctx, "pizzeria", observability.Stdout(os.Stderr))
	if err != nil {
		return err
	}
	in := observability.NewInstruments(t.Providers())
	orders := in.Counter(telemetry.Counter("orders", "{order}", "Orders placed.", "size"), observability.Each("size", "s", "l")...)
	spanCtx, span := otel.Tracer("test").Start(ctx, "place order")
	orders.Add(spanCtx, 1, metric.WithAttributes(attribute.String("size", "l")))
	span.End()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://127.0.0.1:"+os.Getenv("OTEL_EXPORTER_PROMETHEUS_PORT")+"/metrics", http.NoBody)
	if err != nil {
		return err
	}
	req.Header.Set("Accept", "application/openmetrics-text")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	_, err = io.Copy(os.Stdout, resp.Body)
	http.DefaultClient.CloseIdleConnections()
	return errors.Join(err, resp.Body.Close(), in.Err(), t.Shutdown(ctx))
}
