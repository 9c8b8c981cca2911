package web_test

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"go.opentelemetry.io/otel/metric"
	metricnoop "go.opentelemetry.io/otel/metric/noop"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
	tracenoop "go.opentelemetry.io/otel/trace/noop"

	"github.com/neuroglia-go/neuroglia/mediator"
	"github.com/neuroglia-go/neuroglia/telemetry"
	"github.com/neuroglia-go/neuroglia/web"
)

func assign(_ context.Context, c AssignDelivery) (Order, error) {
	return Order{ID: c.OrderID, Status: "assigned", Driver: c.Driver}, nil
}

// byHand is what one would write without the framework, with and without otelhttp. It validates nothing but the driver.
func byHand(tracer trace.TracerProvider, meter metric.MeterProvider) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("PUT /api/orders/{id}/assign", func(w http.ResponseWriter, r *http.Request) {
		data, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20))
		c := AssignDelivery{}
		if err != nil || json.Unmarshal(data, &c) != nil || c.Driver == "" {
			w.WriteHeader(http.StatusUnprocessableEntity)
			return
		}
		c.OrderID = r.PathValue("id")
		order, _ := assign(r.Context(), c)
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(order)
	})
	if tracer == nil {
		return mux
	}
	return otelhttp.NewHandler(mux, "", otelhttp.WithTracerProvider(tracer), otelhttp.WithMeterProvider(meter))
}

func framework(b *testing.B, tracer trace.TracerProvider, meter metric.MeterProvider) http.Handler {
	b.Helper()
	p := telemetry.Providers{Tracer: tracer, Meter: meter, Logger: slog.New(slog.DiscardHandler)}
	m := mediator.New(mediator.WithTelemetry(p))
	mediator.Handle(m, assign)
	api := web.New(m, web.Config{Telemetry: p})
	web.Put[AssignDelivery](api, "/api/orders/{id}/assign")
	if err := api.Build(); err != nil {
		b.Fatal(err)
	}
	return api
}

func BenchmarkPut(b *testing.B) {
	sampled := sdktrace.NewTracerProvider()
	unsampled := sdktrace.NewTracerProvider(sdktrace.WithSampler(sdktrace.NeverSample()))
	meter := sdkmetric.NewMeterProvider(sdkmetric.WithReader(sdkmetric.NewManualReader()))
	for _, c := range []struct {
		name    string
		handler http.Handler
	}{
		{"mux", byHand(nil, nil)},
		{"otelhttp/off", byHand(tracenoop.NewTracerProvider(), metricnoop.NewMeterProvider())},
		{"otelhttp/unsampled", byHand(unsampled, meter)},
		{"otelhttp/sampled", byHand(sampled, meter)},
		{"web/off", framework(b, tracenoop.NewTracerProvider(), metricnoop.NewMeterProvider())},
		{"web/unsampled", framework(b, unsampled, meter)},
		{"web/sampled", framework(b, sampled, meter)},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				r := httptest.NewRequestWithContext(b.Context(), http.MethodPut, "/api/orders/7/assign", strings.NewReader(`{"driver":"Ada"}`))
				w := httptest.NewRecorder()
				c.handler.ServeHTTP(w, r)
				if w.Code != http.StatusOK {
					b.Fatal(w.Body)
				}
			}
		})
	}
}
