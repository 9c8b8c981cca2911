package web_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"testing"
	"time"

	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/trace"

	"github.com/neuroglia-go/neuroglia/fault"
)

// byHand is what one would write without the framework: net/http's mux, encoding/json, the same checks, and the same
// telemetry of requests by otelhttp. That of messages is tuned: all that can be made before the request is.
func byHand(tb testing.TB, m mode) http.Handler {
	tb.Helper()
	place, get := tuned(tb, m, "command", "PlaceOrder"), tuned(tb, m, "query", "GetOrder")
	mux := http.NewServeMux()
	mux.HandleFunc("POST /api/orders", func(w http.ResponseWriter, r *http.Request) {
		data, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20))
		if err != nil {
			problemJSON(w, http.StatusBadRequest, err.Error())
			return
		}
		var c PlaceOrder
		if err := json.Unmarshal(data, &c); err != nil {
			problemJSON(w, http.StatusBadRequest, err.Error())
			return
		}
		if wrong := check(c); wrong != "" {
			problemJSON(w, http.StatusUnprocessableEntity, wrong)
			return
		}
		ctx, end := place(r.Context())
		order, err := placeOrder(ctx, c)
		end(err)
		w.Header().Set("Location", "/api/orders/"+order.ID)
		answer(w, http.StatusCreated, order, err)
	})
	mux.HandleFunc("GET /api/orders/{id}", func(w http.ResponseWriter, r *http.Request) {
		id := r.PathValue("id")
		if len(id) > 20 {
			problemJSON(w, http.StatusUnprocessableEntity, "the id is too long")
			return
		}
		ctx, end := get(r.Context())
		order, err := getOrder(ctx, GetOrder{OrderID: id})
		end(err)
		answer(w, http.StatusOK, order, err)
	})
	if m.name == "bare" {
		return mux
	}
	p := m.providers.OrGlobal()
	return otelhttp.NewHandler(mux, "", otelhttp.WithTracerProvider(p.Tracer), otelhttp.WithMeterProvider(p.Meter),
		otelhttp.WithPropagators(p.Propagator))
}

func check(c PlaceOrder) string {
	if c.CustomerID == "" {
		return "customer_id: expected length >= 1"
	}
	if len(c.Items) == 0 {
		return "items: expected array length >= 1"
	}
	for _, item := range c.Items {
		switch {
		case len(item.PizzaID) < 1 || len(item.PizzaID) > 40:
			return "pizza_id: expected length from 1 to 40"
		case item.Quantity < 1 || item.Quantity > 100:
			return "quantity: expected from 1 to 100"
		case item.Size != "small" && item.Size != "large":
			return "size: expected one of small, large"
		}
	}
	return ""
}

func answer(w http.ResponseWriter, status int, order Order, err error) {
	if err != nil {
		problemJSON(w, map[bool]int{true: http.StatusNotFound, false: http.StatusInternalServerError}[fault.KindOf(err) ==
			fault.NotFound], err.Error())
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(order)
}

// tuned returns what begins the span and the measurements of a message, and returns what ends them.
func tuned(tb testing.TB, m mode, kind, name string) func(context.Context) (context.Context, func(error)) {
	tb.Helper()
	if m.name == "bare" {
		return func(ctx context.Context) (context.Context, func(error)) { return ctx, func(error) {} }
	}
	p := m.providers.OrGlobal()
	tracer, meter := p.Tracer.Tracer("byhand"), p.Meter.Meter("byhand")
	duration, err := meter.Float64Histogram("message.duration", metric.WithUnit("s"))
	if err != nil {
		tb.Fatal(err)
	}
	active, err := meter.Int64UpDownCounter("message.active")
	if err != nil {
		tb.Fatal(err)
	}
	k, n := attribute.String("message.kind", kind), attribute.String("message.type", name)
	success := attribute.String("outcome", "success")
	start := []trace.SpanStartOption{trace.WithAttributes(k, n, success, attribute.String("code.function.name", name))}
	add := []metric.AddOption{metric.WithAttributeSet(attribute.NewSet(k, n))}
	record := []metric.RecordOption{metric.WithAttributeSet(attribute.NewSet(n, success))}
	return func(ctx context.Context) (context.Context, func(error)) {
		begin := time.Now()
		active.Add(ctx, 1, add...)
		ctx, span := tracer.Start(ctx, name, start...)
		return ctx, func(error) {
			duration.Record(ctx, time.Since(begin).Seconds(), record...)
			active.Add(ctx, -1, add...)
			span.End()
		}
	}
}
