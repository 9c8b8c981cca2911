package e2e_test

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"
	"testing"

	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// collector is a running OpenTelemetry Collector that writes what it receives to a file.
type collector struct {
	t                *testing.T
	grpc, http, file string
	cmd              *exec.Cmd
}

func startCollector(t *testing.T) *collector {
	t.Helper()
	dir := t.TempDir()
	c := &collector{t: t, grpc: freeAddress(t), http: freeAddress(t), file: filepath.Join(dir, "received.jsonl")}
	config := filepath.Join(dir, "config.yaml")
	text := fmt.Sprintf(`
receivers:
  otlp: {protocols: {grpc: {endpoint: %q}, http: {endpoint: %q}}}
exporters:
  file: {path: %q, flush_interval: 100ms}
service:
  telemetry: {metrics: {level: none}, logs: {level: warn}}
  pipelines:
    traces: {receivers: [otlp], exporters: [file]}
    metrics: {receivers: [otlp], exporters: [file]}
    logs: {receivers: [otlp], exporters: [file]}
`, c.grpc, c.http, c.file)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	c.cmd = exec.Command(built.collector, "--config", "file:"+config)
	printed := &output{}
	c.cmd.Stdout, c.cmd.Stderr = printed, printed
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = c.cmd.Process.Kill()
		_ = c.cmd.Wait()
		if t.Failed() {
			t.Logf("collector:\n%s", printed)
		}
	})
	for _, address := range []string{c.grpc, c.http} {
		eventually(t, "the collector listens at "+address, func() bool {
			conn, err := net.Dial("tcp", address)
			if err == nil {
				conn.Close()
			}
			return err == nil
		})
	}
	return c
}

// stop ends the collector, so that all it has received is in its file.
func (c *collector) stop() {
	c.t.Helper()
	if err := errors.Join(c.cmd.Process.Signal(syscall.SIGTERM), c.cmd.Wait()); err != nil {
		c.t.Fatal(err)
	}
}

// freeAddress returns an address that nobody listens at.
func freeAddress(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

// received calls f with each batch that the collector has written.
func (c *collector) received(f func(line []byte)) {
	c.t.Helper()
	file, err := os.Open(c.file)
	if errors.Is(err, os.ErrNotExist) {
		return // nothing yet
	}
	if err != nil {
		c.t.Fatal(err)
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		f(lines.Bytes())
	}
	if err := lines.Err(); err != nil {
		c.t.Fatal(err)
	}
}

// span is a span, and the name of the service that made it.
type span struct {
	ptrace.Span
	service string
}

// spans returns all spans received.
func (c *collector) spans() []span {
	var spans []span
	c.received(func(line []byte) {
		traces, err := (&ptrace.JSONUnmarshaler{}).UnmarshalTraces(line)
		if err != nil {
			return
		}
		for _, resource := range traces.ResourceSpans().All() {
			service, _ := resource.Resource().Attributes().Get("service.name")
			for _, scope := range resource.ScopeSpans().All() {
				for _, s := range scope.Spans().All() {
					spans = append(spans, span{s, service.AsString()})
				}
			}
		}
	})
	return spans
}

// root returns the first root span of this name.
func root(t *testing.T, spans []span, name string) span {
	t.Helper()
	for _, s := range spans {
		if s.Name() == name && s.ParentSpanID().IsEmpty() {
			return s
		}
	}
	t.Fatalf("no trace begins with %s", name)
	return span{}
}

// metrics returns the sorted names of all metrics received.
func (c *collector) metrics() []string {
	var names []string
	c.received(func(line []byte) {
		metrics, err := (&pmetric.JSONUnmarshaler{}).UnmarshalMetrics(line)
		if err != nil {
			return
		}
		for _, resource := range metrics.ResourceMetrics().All() {
			for _, scope := range resource.ScopeMetrics().All() {
				for _, metric := range scope.Metrics().All() {
					names = append(names, metric.Name())
				}
			}
		}
	})
	slices.Sort(names)
	return slices.Compact(names)
}

// logs returns all log records received.
func (c *collector) logs() []plog.LogRecord {
	var records []plog.LogRecord
	c.received(func(line []byte) {
		logs, err := (&plog.JSONUnmarshaler{}).UnmarshalLogs(line)
		if err != nil {
			return
		}
		for _, resource := range logs.ResourceLogs().All() {
			for _, scope := range resource.ScopeLogs().All() {
				for _, record := range scope.LogRecords().All() {
					records = append(records, record)
				}
			}
		}
	})
	return records
}
