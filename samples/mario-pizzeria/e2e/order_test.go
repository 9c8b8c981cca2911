package e2e_test

import (
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
)

func TestOneOrderIsOneTrace(t *testing.T) {
	t.Parallel()
	want, err := os.ReadFile("testdata/order_trace.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, protocol := range []string{"grpc", "http/protobuf"} {
		t.Run(protocol, func(t *testing.T) {
			t.Parallel()
			c := startCollector(t)
			p := start(t, c.env(protocol)...)
			p.order() // registers the customer
			id := p.order()
			eventually(t, "the customer remembers the order", func() bool {
				return p.do(http.MethodGet, "/api/customers/cust_123", "").text(t, "last_order_id") == id
			})
			p.stop()
			c.stop()
			spans := c.spans()
			if got := tree(spans, traceOf(t, spans, id)); got != string(want) {
				t.Errorf("the trace of the order is\n%s\nwant\n%s", got, want)
			}
		})
	}
}

func TestSpansOfCommandsHaveTheirBusinessAttributes(t *testing.T) {
	t.Parallel()
	c := startCollector(t)
	p := start(t, c.env("grpc")...)
	id := p.order()
	p.do(http.MethodPut, "/api/orders/"+id+"/cook", "").want(t, http.StatusOK)
	p.do(http.MethodPut, "/api/orders/"+id+"/ready", "").want(t, http.StatusOK)
	p.stop()
	c.stop()
	want := map[string]any{
		"order.id": id, "neuroglia.aggregate.id": id, "customer.id": "cust_123", "order.line_count": int64(1), "order.total": 17.98,
	}
	seen := map[string]bool{}
	for _, s := range c.spans() {
		switch s.Name() {
		case "Command.PlaceOrder", "Command.StartCooking", "Command.CompleteOrder":
			seen[s.Name()] = true
			for key, value := range want {
				if got := s.Attributes().AsRaw()[key]; got != value {
					t.Errorf("%s has %s %v, want %v", s.Name(), key, got, value)
				}
			}
		}
	}
	if len(seen) != 3 {
		t.Errorf("got the spans %v, want those of all three commands", seen)
	}
}

func TestMetricsAndLogsReachTheCollector(t *testing.T) {
	t.Parallel()
	c := startCollector(t)
	p := start(t, append(c.env("grpc"), "OTEL_METRIC_EXPORT_INTERVAL=200")...)
	id := p.order()
	p.do(http.MethodGet, "/api/orders/"+id, "").want(t, http.StatusOK)
	p.do(http.MethodPut, "/api/orders/"+id+"/ready", "").want(t, http.StatusConflict)
	for _, step := range []struct{ verb, body string }{
		{"cook", ""}, {"ready", ""}, {"assign", `{"driver":"Luigi"}`}, {"deliver", ""},
	} {
		p.do(http.MethodPut, "/api/orders/"+id+"/"+step.verb, step.body).want(t, http.StatusOK)
	}
	eventually(t, "the store is read for gauges", func() bool {
		return slices.Contains(c.metrics(), "mario.orders.in_progress")
	})
	p.stop()
	c.stop()
	want, err := os.ReadFile("testdata/metrics.txt")
	if err != nil {
		t.Fatal(err)
	}
	metrics := slices.DeleteFunc(c.metrics(), func(name string) bool {
		return strings.HasPrefix(name, "otel.sdk.") // of which there are as many as exports have come to an end
	})
	if got := strings.Join(metrics, "\n") + "\n"; got != string(want) {
		t.Errorf("the metrics are\n%s\nwant\n%s", got, want)
	}
	refused := root(t, c.spans(), "PUT /api/orders/{id}/ready")
	for _, record := range c.logs() {
		if record.Body().Str() == "command rejected" && record.TraceID() == refused.TraceID() {
			return
		}
	}
	t.Error("no log record of the refusal has its trace id")
}

func TestABadPathCostsNobodyElsesSpans(t *testing.T) {
	t.Parallel()
	for _, protocol := range []string{"grpc", "http/protobuf"} {
		t.Run(protocol, func(t *testing.T) {
			t.Parallel()
			c := startCollector(t)
			p := start(t, c.env(protocol)...)
			first := p.order()
			p.do(http.MethodGet, "/api/%ff%fe", "").want(t, http.StatusNotFound)
			second := p.order()
			p.stop()
			c.stop()
			spans := c.spans()
			if traceOf(t, spans, first) == traceOf(t, spans, second) {
				t.Error("two orders are in one trace")
			}
			root(t, spans, "GET")
		})
	}
}

func TestNothingPersonalIsInTheTelemetry(t *testing.T) {
	t.Parallel()
	c := startCollector(t)
	p := start(t, c.env("grpc")...)
	id := p.order()
	p.do(http.MethodPut, "/api/customers/cust_123",
		`{"name":"Ada Lovelace","phone":"555-0100","address":"12 St James's Square"}`).want(t, http.StatusOK)
	p.do(http.MethodPut, "/api/orders/"+id+"/cancel", `{"reason":"my dog ate it"}`).want(t, http.StatusOK)
	p.do(http.MethodPut, "/api/customers/cust_123", `{"name":42,"phone":"555-0101"}`).want(t, http.StatusUnprocessableEntity)
	p.stop()
	c.stop()
	raw, err := os.ReadFile(c.file)
	if err != nil {
		t.Fatal(err)
	}
	for _, personal := range []string{"Lovelace", "555-01", "St James", "my dog"} {
		if strings.Contains(string(raw), personal) || strings.Contains(p.output.String(), personal) {
			t.Errorf("%q is in the telemetry or the log", personal)
		}
	}
}

// env is the environment of a process that exports to the collector.
func (c *collector) env(protocol string) []string {
	address := c.http
	if protocol == "grpc" {
		address = c.grpc
	}
	return []string{"OTEL_EXPORTER_OTLP_PROTOCOL=" + protocol, "OTEL_EXPORTER_OTLP_ENDPOINT=http://" + address}
}

// traceOf returns the trace in which the order was placed.
func traceOf(t *testing.T, spans []span, order string) string {
	t.Helper()
	for _, s := range spans {
		if v, ok := s.Attributes().Get("order.id"); ok && v.Str() == order && s.Name() == "Command.PlaceOrder" {
			return s.TraceID().String()
		}
	}
	t.Fatalf("no Command.PlaceOrder has order.id %s", order)
	return ""
}
