package main

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// Where telemetry goes.
const (
	off           = "off"
	withCollector = "collector"
	deadCollector = "dead"       // nobody listens
	blackHole     = "black-hole" // somebody accepts and never answers
	oneInTen      = "one-in-ten" // a collector, for a tenth of the traces
)

// telemetryOf returns the environment of a service with this telemetry.
func (b *bench) telemetryOf(name string) []string {
	endpoint := func(address string) string { return "OTEL_EXPORTER_OTLP_ENDPOINT=http://" + address }
	switch name {
	case withCollector:
		return []string{endpoint(b.collector.address)}
	case oneInTen:
		return []string{
			endpoint(b.collector.address), "OTEL_TRACES_SAMPLER=parentbased_traceidratio", "OTEL_TRACES_SAMPLER_ARG=0.1",
		}
	case deadCollector:
		return []string{endpoint("127.0.0.1:1")}
	case blackHole:
		return []string{endpoint(b.hole.Addr().String())}
	default:
		return []string{"OTEL_SDK_DISABLED=true"}
	}
}

// hole accepts connections and never answers.
type hole struct{ net.Listener }

func openHole(ctx context.Context) (*hole, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("open a black hole: %w", err)
	}
	h := &hole{listener}
	go h.swallow()
	return h, nil
}

func (h *hole) swallow() {
	var held []net.Conn // a connection that is forgotten is closed
	for {
		connection, err := h.Accept()
		if err != nil {
			for _, c := range held {
				c.Close()
			}
			return
		}
		held = append(held, connection)
	}
}

func (h *hole) close() { h.Close() }

// collector is a real collector that receives and drops.
type collector struct {
	*exec.Cmd

	address, metrics string
}

func startCollector(ctx context.Context, program, folder string) (*collector, error) {
	if _, err := os.Stat(program); err != nil {
		return nil, fmt.Errorf("there is no %s: build it by make load, or name what goes without it: -telemetry %s",
			program, strings.Join([]string{off, deadCollector, blackHole}, ","))
	}
	c := &collector{}
	var err error
	if c.address, err = freeAddress(ctx); err != nil {
		return nil, err
	}
	if c.metrics, err = freeAddress(ctx); err != nil {
		return nil, err
	}
	_, port, _ := net.SplitHostPort(c.metrics)
	config := filepath.Join(folder, "collector.yaml")
	text := fmt.Sprintf(`
receivers:
  otlp: {protocols: {http: {endpoint: %q}}}
exporters:
  debug: {verbosity: basic}
service:
  telemetry:
    logs: {level: error}
    metrics: {level: basic, readers: [{pull: {exporter: {prometheus: {host: 127.0.0.1, port: %s}}}}]}
  pipelines:
    traces: {receivers: [otlp], exporters: [debug]}
    metrics: {receivers: [otlp], exporters: [debug]}
    logs: {receivers: [otlp], exporters: [debug]}
`, c.address, port)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		return nil, err
	}
	c.Cmd = exec.CommandContext(ctx, program, "--config", "file:"+config)
	c.Stderr = os.Stderr
	if err := launch(c.Cmd, nil); err != nil {
		return nil, fmt.Errorf("start the collector: %w", err)
	}
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if connection, err := net.Dial("tcp", c.address); err == nil {
			return c, connection.Close()
		}
	}
	c.stop()
	return nil, fmt.Errorf("the collector does not listen at %s", c.address)
}

func (c *collector) stop() {
	_ = c.Process.Kill()
	_ = c.Wait()
}

// spans returns how many spans the collector has received, 0 if there is none.
func (c *collector) spans(ctx context.Context) float64 {
	if c == nil {
		return 0
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+c.metrics+"/metrics", nil)
	if err != nil {
		return 0
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0
	}
	defer response.Body.Close()
	for lines := bufio.NewScanner(response.Body); lines.Scan(); {
		if strings.HasPrefix(lines.Text(), "otelcol_receiver_accepted_spans") {
			n, _ := strconv.ParseFloat(lines.Text()[strings.LastIndex(lines.Text(), " ")+1:], 64)
			return n
		}
	}
	return 0
}
