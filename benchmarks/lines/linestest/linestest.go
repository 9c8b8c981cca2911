// Package linestest is what a service whose lines are counted must do: take orders, and send the telemetry of one order
// by OTLP.
package linestest

import (
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// Behave runs a service and asks it for what it is there for.
func Behave(t *testing.T, run func(context.Context) error) {
	t.Helper()
	sendTo(t, startCollector(t))
	base, stop := start(t, run)
	defer stop()
	order := post(t, base, `{"customer":"ada","total":12}`, http.StatusCreated)
	if order.ID == "" || order.Customer != "ada" || order.Total != 12 {
		t.Errorf("placed %+v", order)
	}
	if got := get(t, base+"/orders/"+order.ID, http.StatusOK); got != order {
		t.Errorf("got %+v, want %+v", got, order)
	}
	get(t, base+"/orders/nosuch", http.StatusNotFound)
	post(t, base, `{"customer":"","total":12}`, http.StatusUnprocessableEntity)
}

// Telemetry runs an instrumented service and compares what it sends for an order that is placed, one that is read and
// one that is not there. The service must send all of it before run returns.
func Telemetry(t *testing.T, run func(context.Context) error) {
	t.Helper()
	c := startCollector(t)
	sendTo(t, c)
	base, stop := start(t, run)
	order := post(t, base, `{"customer":"ada","total":12}`, http.StatusCreated)
	get(t, base+"/orders/"+order.ID, http.StatusOK)
	get(t, base+"/orders/nosuch", http.StatusNotFound)
	stop()

	compare(t, "spans", c.tree(), wantSpans)
	compare(t, "metrics", c.series(names(wantMetrics)), wantMetrics)
	if !c.logged("rejected", "") {
		t.Error("no log record of the order that is not there is in a trace")
	}
	if !c.logged("command handled", order.ID) {
		t.Error("no log record of the order that was placed is in a trace")
	}
}

// Order is an order as clients see it.
type Order struct {
	ID       string `json:"id"`
	Customer string `json:"customer"`
	Total    int    `json:"total"`
}

func sendTo(t *testing.T, c *collector) {
	t.Helper()
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", c.URL)
	t.Setenv("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf")
}

// start runs a service on a free port. The function it returns stops the service in good order.
func start(t *testing.T, run func(context.Context) error) (base string, stop func()) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	_ = l.Close()
	t.Setenv("HTTP_ADDR", address)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- run(ctx) }()
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		conn, err := net.Dial("tcp", address)
		if err == nil {
			_ = conn.Close()
			break
		}
		if time.Now().After(deadline) {
			t.Fatal(err)
		}
	}
	return "http://" + address, func() {
		http.DefaultClient.CloseIdleConnections()
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("run() = %v", err)
		}
	}
}

func post(t *testing.T, base, body string, status int) Order {
	t.Helper()
	response, err := http.Post(base+"/orders", "application/json", strings.NewReader(body))
	return decode(t, response, err, status)
}

func get(t *testing.T, url string, status int) Order {
	t.Helper()
	response, err := http.Get(url)
	return decode(t, response, err, status)
}

func decode(t *testing.T, response *http.Response, err error, status int) Order {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != status {
		t.Fatalf("got %d %s, %v, want %d", response.StatusCode, body, err, status)
	}
	var order Order
	if status < http.StatusBadRequest {
		if err := json.Unmarshal(body, &order); err != nil {
			t.Fatal(err)
		}
		if location := response.Header.Get("Location"); status == http.StatusCreated && location != "/orders/"+order.ID {
			t.Errorf("the location is %q", location)
		}
	}
	return order
}

// names are the first words of the lines that are not indented.
func names(text string) []string {
	var found []string
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, " ") && strings.TrimSpace(line) != "" {
			name, _, _ := strings.Cut(line, " ")
			found = append(found, name)
		}
	}
	return found
}

func compare(t *testing.T, what, got, want string) {
	t.Helper()
	if got := strings.TrimSpace(got); got != strings.TrimSpace(want) {
		t.Errorf("%s: got\n%s\nwant\n%s", what, got, want)
	}
}
