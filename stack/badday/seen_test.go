package badday_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	trace "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/neuroglia-go/neuroglia/stack"
)

// TestABadDayIsSeen lets stores refuse telemetry for good, and then not answer until the queues are full, and sees it in the
// shipped panels of telemetry health, and as alerts.
func TestABadDayIsSeen(t *testing.T) {
	t.Parallel()
	ports := freePorts(t)
	// The collector reaches Prometheus through the network, which can be cut while Prometheus goes on evaluating rules.
	network := httptest.NewServer(httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "http", Host: fmt.Sprintf("127.0.0.1:%d", ports.Prometheus)}))
	defer network.Close()
	tempo := refusingTempo(t, ports.TempoOTLP)
	s := start(t, changed(t,
		"endpoint: http://prometheus:9090/api/v1/otlp\n", "endpoint: "+network.URL+"/api/v1/otlp\n",
		"queue_size: 250000000", "queue_size: 500000",
		"  pipelines:\n", "  pipelines:\n    traces/tempo: {receivers: [otlp], processors: [memory_limiter], exporters: [otlp_grpc/tempo]}\n",
	), ports, "tempo", "grafana")

	day := func() {
		for path, body := range items(1, time.Now().Add(-8*24*time.Hour), "old") {
			if code, answer := post(t, s, path, body); code != 200 {
				t.Fatalf("the collector answers %d: %s", code, answer)
			}
		}
	}
	eventually(t, "all that is refused for good is seen", time.Minute, func() bool {
		day()
		return seen(t, s, "Failed to send", "CollectorLosesData")
	})

	network.CloseClientConnections()
	network.Close()
	tempo.Stop()
	if err := s.Process("loki").Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	eventually(t, "full queues are seen", time.Minute, func() bool {
		for path, body := range items(2000, time.Now(), "new") {
			if code, answer := post(t, s, path, body); code != 200 && (code != 503 || !strings.Contains(answer, "queue is full")) {
				t.Fatalf("the collector answers %d: %s", code, answer)
			}
		}
		return seen(t, s, "Failed to queue", "CollectorQueueFull") && seen(t, s, "Refused", "CollectorRefuses") &&
			seen(t, s, "Queues", "CollectorQueueFills")
	})
}

// seen reports whether each query of a panel of telemetry health has a value above nothing, and whether an alert is on for
// each signal.
func seen(t *testing.T, s *stack.Stack, panel, alert string) bool {
	t.Helper()
	for _, q := range queries(t, panel) {
		if greatest(t, s, q) <= 0 {
			return false
		}
	}
	on := alarms(t, s, alert)
	return on["traces"] && on["metrics"] && on["logs"]
}

// alarms are the signals that an alert is on for, be it for a moment only.
func alarms(t *testing.T, s *stack.Stack, alert string) map[string]bool {
	t.Helper()
	var answer struct {
		Data struct {
			Alerts []struct{ Labels map[string]string }
		}
	}
	get(t, s.URL("prometheus")+"/api/v1/alerts", &answer)
	on := map[string]bool{}
	for _, a := range answer.Data.Alerts {
		if a.Labels["alertname"] == alert {
			on[a.Labels["signal"]+a.Labels["data_type"]] = true
		}
	}
	return on
}

// queries are those of a panel of the shipped dashboard.
func queries(t *testing.T, title string) []string {
	t.Helper()
	type panel struct {
		Title   string `json:"title"`
		Targets []struct {
			Expr string `json:"expr"`
		} `json:"targets"`
	}
	type row struct {
		panel

		Folded []panel `json:"panels"`
	}
	var board struct {
		Panels []row `json:"panels"`
	}
	text, err := os.ReadFile(filepath.Join(root(t), "deployment", "grafana", "dashboards", "json", "neuroglia-telemetry-health.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &board); err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, row := range board.Panels {
		for _, p := range append(row.Folded, row.panel) {
			for _, target := range p.Targets {
				if p.Title == title {
					found = append(found, strings.ReplaceAll(target.Expr, "$__rate_interval", "20s"))
				}
			}
		}
	}
	if len(found) == 0 {
		t.Fatalf("telemetry health has no panel %q", title)
	}
	return found
}

// refuse is a Tempo that takes no span, ever.
type refuse struct {
	trace.UnimplementedTraceServiceServer
}

func (refuse) Export(context.Context, *trace.ExportTraceServiceRequest) (*trace.ExportTraceServiceResponse, error) {
	return nil, status.Error(codes.InvalidArgument, "not such spans")
}

func refusingTempo(t *testing.T, port int) *grpc.Server {
	t.Helper()
	listener, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		t.Fatal(err)
	}
	server := grpc.NewServer()
	trace.RegisterTraceServiceServer(server, refuse{})
	go func() { _ = server.Serve(listener) }() // until it is stopped
	t.Cleanup(server.Stop)
	return server
}
