package web_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"

	"github.com/neuroglia-go/neuroglia/mediator"
	"github.com/neuroglia-go/neuroglia/observability/observabilitytest"
	"github.com/neuroglia-go/neuroglia/web"
)

func TestRequestsEmitWhatOtelhttpEmits(t *testing.T) {
	t.Parallel()
	patterns := map[string]http.HandlerFunc{
		"GET /orders/{id}": func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "an order") },
		"POST /orders": func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			w.WriteHeader(http.StatusCreated)
		},
		"/any": func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusEarlyHints)
			w.WriteHeader(http.StatusNoContent)
		},
		"GET /nothing": func(http.ResponseWriter, *http.Request) {},
	}
	ours, theirs := observabilitytest.New(t), observabilitytest.New(t)
	api, mux := web.New(mediator.New(), web.Config{Telemetry: ours.Providers(), RecordClient: true}), http.NewServeMux()
	for pattern, handler := range patterns {
		api.Handle(pattern, handler)
		mux.Handle(pattern, handler)
	}
	if err := api.Build(); err != nil {
		t.Fatal(err)
	}
	p := theirs.Providers()
	other := otelhttp.NewHandler(mux, "", otelhttp.WithTracerProvider(p.Tracer), otelhttp.WithMeterProvider(p.Meter),
		otelhttp.WithPropagators(p.Propagator))
	for _, line := range []string{
		"GET /orders/7?x=1", "HEAD /orders/7", "POST /orders", "BREW /any", "OPTIONS /any", "GET /nothing", "GET /orders/8",
	} {
		method, target, _ := strings.Cut(line, " ")
		api.ServeHTTP(httptest.NewRecorder(), request(t, method, target))
		r := request(t, method, target)
		_, r.Pattern = mux.Handler(r) // or otelhttp does not know the route when its span starts
		other.ServeHTTP(httptest.NewRecorder(), r)
	}
	names := []string{"http.server.request.duration", "http.server.request.body.size", "http.server.response.body.size"}
	observabilitytest.Diff(t, ours.Spans(), theirs.Spans())
	observabilitytest.Diff(t, ours.Metrics(names...), theirs.Metrics(names...))
}

// request returns a request as it comes to the server at 127.0.0.1:8080, with a caller's trace.
func request(t *testing.T, method, target string) *http.Request {
	t.Helper()
	local := &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 8080}
	r := httptest.NewRequestWithContext(context.WithValue(t.Context(), http.LocalAddrContextKey, local), method, target,
		strings.NewReader(strings.Repeat("a", 100)))
	r.Host = local.String()
	r.Header = http.Header{
		"Traceparent": {"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}, "User-Agent": {"curl"},
		"X-Forwarded-For": {"192.0.2.9, 192.0.2.10"},
	}
	return r
}
