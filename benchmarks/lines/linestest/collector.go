package linestest

import (
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	logs "go.opentelemetry.io/proto/otlp/collector/logs/v1"
	metrics "go.opentelemetry.io/proto/otlp/collector/metrics/v1"
	traces "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	commonv1 "go.opentelemetry.io/proto/otlp/common/v1"
	logsv1 "go.opentelemetry.io/proto/otlp/logs/v1"
	metricsv1 "go.opentelemetry.io/proto/otlp/metrics/v1"
	tracev1 "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"
)

// collector keeps what it receives by OTLP over HTTP.
type collector struct {
	*httptest.Server

	mu      sync.Mutex
	spans   []*tracev1.Span
	metrics map[string]*metricsv1.Metric
	logs    []*logsv1.LogRecord
}

func startCollector(t *testing.T) *collector {
	t.Helper()
	c := &collector{metrics: map[string]*metricsv1.Metric{}}
	c.Server = httptest.NewServer(c)
	t.Cleanup(c.Close)
	return c
}

// ServeHTTP takes an export.
func (c *collector) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err == nil {
		err = c.take(r.URL.Path, body)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "application/x-protobuf")
}

func (c *collector) take(path string, body []byte) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch path {
	case "/v1/traces":
		return c.takeSpans(body)
	case "/v1/metrics":
		return c.takeMetrics(body)
	default:
		return c.takeLogs(body)
	}
}

func (c *collector) takeSpans(body []byte) error {
	var export traces.ExportTraceServiceRequest
	err := proto.Unmarshal(body, &export)
	for _, resource := range export.GetResourceSpans() {
		for _, scope := range resource.GetScopeSpans() {
			c.spans = append(c.spans, scope.GetSpans()...)
		}
	}
	return err
}

func (c *collector) takeMetrics(body []byte) error {
	var export metrics.ExportMetricsServiceRequest
	err := proto.Unmarshal(body, &export)
	for _, resource := range export.GetResourceMetrics() {
		for _, scope := range resource.GetScopeMetrics() {
			for _, m := range scope.GetMetrics() {
				c.metrics[m.GetName()] = m
			}
		}
	}
	return err
}

// logged reports whether there is a record in a trace with the given text and order, if one is given.
func (c *collector) logged(text, order string) bool {
	return slices.ContainsFunc(c.logs, func(r *logsv1.LogRecord) bool {
		return len(r.GetTraceId()) > 0 && strings.Contains(r.GetBody().GetStringValue(), text) &&
			(order == "" || slices.ContainsFunc(r.GetAttributes(), func(a *commonv1.KeyValue) bool {
				return a.GetKey() == "order.id" && a.GetValue().GetStringValue() == order
			}))
	})
}

func (c *collector) takeLogs(body []byte) error {
	var export logs.ExportLogsServiceRequest
	err := proto.Unmarshal(body, &export)
	for _, resource := range export.GetResourceLogs() {
		for _, scope := range resource.GetScopeLogs() {
			c.logs = append(c.logs, scope.GetLogRecords()...)
		}
	}
	return err
}
