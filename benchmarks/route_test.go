package benchmarks_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"

	"github.com/neuroglia-go/neuroglia/mediator"
	"github.com/neuroglia-go/neuroglia/telemetry"
	"github.com/neuroglia-go/neuroglia/web"
)

const (
	pattern   = "POST /api/orders"
	orderBody = `{"customer_id":"ada","items":2}`
)

// route is the work of a request: to decode a body of JSON, to handle the command and to encode its answer. The framework
// validates the body and bounds its size and the time of the request, which the others do not. What otelhttp alone lacks
// of the telemetry is the span and the measurements of the command; library and naive have them too.
func route() work { return routing(orderBody, place) }

func routing[M mediator.Request[Order]](body string, handle handler[M, Order]) work {
	return work{"Route", []variant{
		{direct, []mode{bare}, func(tb testing.TB, _ telemetry.Providers) op {
			tb.Helper()
			return requests(tb, mux(answering[M](handle)), body)
		}},
		{neuroglia, framed(), func(tb testing.TB, p telemetry.Providers) op {
			tb.Helper()
			m := mediator.New(mediator.WithTelemetry(p))
			mediator.Handle(m, handle)
			api := web.New(m, web.Config{Telemetry: p, MaxBodyBytes: 4 << 20})
			web.Post[M](api, strings.TrimPrefix(pattern, "POST "))
			if err := api.Build(); err != nil {
				tb.Fatal(err)
			}
			return requests(tb, api, body)
		}},
		{tuned, byHand(), func(tb testing.TB, p telemetry.Providers) op {
			tb.Helper()
			t := newTunedMessage(tb, p, mediator.KindCommand, handle)
			return requests(tb, mux(newTunedRoute(tb, p, answering[M](t.handle))), body)
		}},
		{library, byHand(), func(tb testing.TB, p telemetry.Providers) op {
			tb.Helper()
			t := newTunedMessage(tb, p, mediator.KindCommand, handle)
			return requests(tb, instrumented(mux(answering[M](t.handle)), p), body)
		}},
		{naive, byHand(), func(tb testing.TB, p telemetry.Providers) op {
			tb.Helper()
			n := newNaiveMessage(tb, p, mediator.KindCommand, handle)
			return requests(tb, instrumented(mux(answering[M](n.handle)), p), body)
		}},
		{otelhttpd, byHand(), func(tb testing.TB, p telemetry.Providers) op {
			tb.Helper()
			return requests(tb, instrumented(mux(answering[M](handle)), p), body)
		}},
	}}
}

// mux is a ServeMux with one route.
func mux(h http.Handler) http.Handler {
	mux := http.NewServeMux()
	mux.Handle(pattern, h)
	return mux
}

// answering is what the route does, written by hand.
type answering[M any] handler[M, Order]

func (handle answering[M]) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var msg M
	if err := json.NewDecoder(r.Body).Decode(&msg); err != nil {
		http.Error(w, "the body is no order", http.StatusUnprocessableEntity)
		return
	}
	order, err := handle(r.Context(), msg)
	if err != nil {
		http.Error(w, "failed", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(order)
}

func instrumented(h http.Handler, p telemetry.Providers) http.Handler {
	return otelhttp.NewHandler(h, "", otelhttp.WithTracerProvider(p.Tracer), otelhttp.WithMeterProvider(p.Meter),
		otelhttp.WithPropagators(p.Propagator))
}

// requests makes the same request again and again, without a connection. It has no address of the client, which otelhttp
// puts on the span and the framework leaves out.
func requests(tb testing.TB, h http.Handler, body string) op {
	tb.Helper()
	content := strings.NewReader(body)
	r := httptest.NewRequestWithContext(tb.Context(), http.MethodPost, "/api/orders", nil)
	r.Header.Set("Content-Type", "application/json")
	r.RemoteAddr = ""
	r.ContentLength, r.Body = int64(len(body)), io.NopCloser(content)
	w := &answer{header: http.Header{}}
	return func(context.Context) error {
		content.Reset(body)
		w.reset()
		h.ServeHTTP(w, r)
		if w.status != http.StatusOK || w.written == 0 {
			return fmt.Errorf("answered with status %d and %d bytes", w.status, w.written)
		}
		return nil
	}
}

// answer is a http.ResponseWriter that can be used again.
type answer struct {
	header  http.Header
	status  int
	written int
}

func (a *answer) reset() {
	clear(a.header)
	a.status, a.written = 0, 0
}

func (a *answer) Header() http.Header { return a.header }

func (a *answer) WriteHeader(status int) { a.status = status }

func (a *answer) Write(p []byte) (int, error) {
	if a.status == 0 {
		a.status = http.StatusOK
	}
	a.written += len(p)
	return len(p), nil
}
