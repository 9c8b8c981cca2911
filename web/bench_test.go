package web_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"testing"

	metricnoop "go.opentelemetry.io/otel/metric/noop"
	"go.opentelemetry.io/otel/propagation"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	tracenoop "go.opentelemetry.io/otel/trace/noop"

	"github.com/neuroglia-go/neuroglia/fault"
	"github.com/neuroglia-go/neuroglia/mediator"
	"github.com/neuroglia-go/neuroglia/telemetry"
	"github.com/neuroglia-go/neuroglia/web"
)

// GetOrder is a message without a body.
type GetOrder struct {
	mediator.Query[Order]
	OrderID string `path:"id" maxLength:"20"`
}

// placeOrder and getOrder are the work, for the framework and by hand: next to none, so that what is around it shows.
func placeOrder(_ context.Context, c PlaceOrder) (Order, error) {
	return Order{ID: c.CustomerID, Status: c.Items[0].Size}, nil
}

func getOrder(_ context.Context, q GetOrder) (Order, error) {
	if q.OrderID == "0" {
		return Order{}, fault.New(fault.NotFound, "there is no order 0")
	}
	return Order{ID: q.OrderID, Status: "pending"}, nil
}

// mode is what happens to telemetry.
type mode struct {
	name      string
	providers telemetry.Providers
}

// modes are those of the benchmarks: none of them logs.
func modes(tb testing.TB) []mode {
	tb.Helper()
	logger := slog.New(slog.DiscardHandler)
	bare := telemetry.Providers{Tracer: tracenoop.NewTracerProvider(), Meter: metricnoop.NewMeterProvider(),
		Propagator: propagation.TraceContext{}, Logger: logger}
	metrics := bare
	meters := sdkmetric.NewMeterProvider(sdkmetric.WithReader(sdkmetric.NewManualReader()))
	metrics.Meter = meters
	unsampled, sampled := metrics, metrics
	unsampled.Tracer = sdktrace.NewTracerProvider(sdktrace.WithSampler(sdktrace.NeverSample()))
	sampled.Tracer = sdktrace.NewTracerProvider(sdktrace.WithSampler(sdktrace.AlwaysSample()), sdktrace.WithSpanProcessor(drop{}))
	tb.Cleanup(func() { _ = meters.Shutdown(context.Background()) })
	return []mode{
		{"bare", bare}, {"off", telemetry.Providers{Logger: logger}}, {"metrics", metrics}, {"unsampled", unsampled},
		{"sampled", sampled},
	}
}

// drop stands in place of an exporter, so that only the making of spans is measured.
type drop struct{}

func (drop) OnStart(context.Context, sdktrace.ReadWriteSpan) {}
func (drop) OnEnd(sdktrace.ReadOnlySpan)                     {}
func (drop) Shutdown(context.Context) error                  { return nil }
func (drop) ForceFlush(context.Context) error                { return nil }

func framework(tb testing.TB, p telemetry.Providers) http.Handler {
	tb.Helper()
	m := mediator.New(mediator.WithTelemetry(p))
	mediator.Handle(m, placeOrder)
	mediator.Handle(m, getOrder)
	api := web.New(m, web.Config{Telemetry: p})
	web.Post[PlaceOrder](api, "/api/orders", web.Created("/api/orders/{id}"))
	web.Get[GetOrder](api, "/api/orders/{id}")
	if err := api.Build(); err != nil {
		tb.Fatal(err)
	}
	return api
}

// kind is a kind of request.
type kind struct {
	name, method, path, body string
	status                   int
}

func kinds() []kind {
	return []kind{
		{"post", http.MethodPost, "/api/orders",
			`{"customer_id":"cust_123","items":[{"pizza_id":"margherita","quantity":2,"size":"small"}]}`, http.StatusCreated},
		{"get", http.MethodGet, "/api/orders/7", "", http.StatusOK},
		{"404", http.MethodGet, "/wp-login.php", "", http.StatusNotFound},
		{"422", http.MethodPost, "/api/orders", `{"customer_id":"cust_123","items":[]}`, http.StatusUnprocessableEntity},
	}
}

// exchange makes a request of one kind again and again, with nothing made anew but what a handler makes.
type exchange struct {
	kind
	request *http.Request
	body    *bytes.Reader
	header  http.Header
	status  int
}

func newExchange(tb testing.TB, k kind) *exchange {
	tb.Helper()
	x := &exchange{kind: k, body: bytes.NewReader([]byte(k.body)), header: http.Header{}}
	ctx := context.WithValue(tb.Context(), http.LocalAddrContextKey, &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 8080})
	ctx, cancel := context.WithCancel(ctx) // as the server's is
	tb.Cleanup(cancel)
	var err error
	if x.request, err = http.NewRequestWithContext(ctx, k.method, "http://127.0.0.1:8080"+k.path, http.NoBody); err != nil {
		tb.Fatal(err)
	}
	x.request.Header = http.Header{"User-Agent": {"curl/8"}, "Accept": {"*/*"}, "Content-Type": {"application/json"}}
	if k.body != "" {
		x.request.Body, x.request.ContentLength = io.NopCloser(x.body), int64(len(k.body))
	}
	return x
}

func (x *exchange) Header() http.Header         { return x.header }
func (x *exchange) WriteHeader(status int)      { x.status = status }
func (x *exchange) Write(b []byte) (int, error) { return len(b), nil }

func (x *exchange) do(tb testing.TB, h http.Handler) {
	tb.Helper()
	x.body.Reset([]byte(x.kind.body))
	clear(x.header)
	h.ServeHTTP(x, x.request)
	if x.status != x.kind.status {
		tb.Fatalf("got status %d, want %d", x.status, x.kind.status)
	}
}

func BenchmarkRequest(b *testing.B) {
	for _, k := range kinds() {
		for _, m := range modes(b) {
			for name, h := range map[string]http.Handler{"web": framework(b, m.providers), "hand": byHand(b, m)} {
				b.Run(k.name+"/"+m.name+"/"+name, func(b *testing.B) {
					x := newExchange(b, k)
					b.ReportAllocs()
					for b.Loop() {
						x.do(b, h)
					}
				})
			}
		}
	}
}

// problemJSON is what a problem by hand is.
func problemJSON(w http.ResponseWriter, status int, detail string) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"title": http.StatusText(status), "status": status, "detail": detail})
}
