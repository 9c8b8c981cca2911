package web_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"go.opentelemetry.io/otel/baggage"
	"go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"

	"github.com/neuroglia-go/neuroglia/mediator"
	"github.com/neuroglia-go/neuroglia/observability/observabilitytest"
	"github.com/neuroglia-go/neuroglia/telemetry"
	"github.com/neuroglia-go/neuroglia/web"
)

// askEcho sends a caller's trace and baggage to an API, and returns the trace and the number of members its handler sees.
func askEcho(t *testing.T, providers telemetry.Providers, public bool) string {
	t.Helper()
	api := web.New(mediator.New(), web.Config{Telemetry: providers, PublicEndpoint: public})
	api.Handle("GET /echo", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx := r.Context()
		fmt.Fprint(w, trace.SpanContextFromContext(ctx).TraceID(), " ", baggage.FromContext(ctx).Len())
	}))
	r := httptest.NewRequestWithContext(t.Context(), "GET", "/echo", nil)
	r.Header.Set("Traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
	r.Header.Set("Baggage", "tenant=t1")
	w := httptest.NewRecorder()
	api.ServeHTTP(w, r)
	return w.Body.String()
}

func TestPublicEndpointsIgnoreTheCallersTraceAndBaggageWithoutTracingToo(t *testing.T) {
	t.Parallel()
	providers := observabilitytest.New(t).Providers()
	providers.Tracer = noop.NewTracerProvider()
	for public, want := range map[bool]string{
		true: "00000000000000000000000000000000 0", false: "0af7651916cd43dd8448eb211c80319c 1",
	} {
		if got := askEcho(t, providers, public); got != want {
			t.Errorf("public %v: got %s, want %s", public, got, want)
		}
	}
}

// nosy is a sampler and a processor that look for baggage.
type nosy struct {
	sdktrace.Sampler
	drop

	saw *atomic.Int64
}

func (n nosy) ShouldSample(p sdktrace.SamplingParameters) sdktrace.SamplingResult {
	n.saw.Add(int64(baggage.FromContext(p.ParentContext).Len()))
	return n.Sampler.ShouldSample(p)
}

func (n nosy) OnStart(ctx context.Context, _ sdktrace.ReadWriteSpan) {
	n.saw.Add(int64(baggage.FromContext(ctx).Len()))
}

func TestSamplersAndProcessorsOfPublicEndpointsSeeNoBaggage(t *testing.T) {
	t.Parallel()
	for public, want := range map[bool]int64{true: 0, false: 2} {
		n := nosy{Sampler: sdktrace.AlwaysSample(), saw: new(atomic.Int64)}
		providers := observabilitytest.New(t).Providers()
		providers.Tracer = sdktrace.NewTracerProvider(sdktrace.WithSampler(n), sdktrace.WithSpanProcessor(n))
		askEcho(t, providers, public)
		if got := n.saw.Load(); got != want {
			t.Errorf("public %v: a member was seen %d times, want %d", public, got, want)
		}
	}
}

func TestMeasurementsAreMadeThoughTheDurationIsDropped(t *testing.T) {
	t.Parallel()
	reader := metric.NewManualReader()
	providers := observabilitytest.New(t).Providers()
	providers.Meter = metric.NewMeterProvider(metric.WithReader(reader), metric.WithView(
		metric.NewView(metric.Instrument{Name: "http.server.request.duration"}, metric.Stream{Aggregation: metric.AggregationDrop{}})))
	askEcho(t, providers, false)
	missing := map[string]bool{
		"http.server.active_requests": true, "http.server.request.body.size": true, "http.server.response.body.size": true,
	}
	for _, name := range collected(t, reader) {
		delete(missing, name)
	}
	if len(missing) > 0 {
		t.Errorf("there is no %v", missing)
	}
}

// collected returns the names of all metrics.
func collected(t *testing.T, reader metric.Reader) (names []string) {
	t.Helper()
	var all metricdata.ResourceMetrics
	if err := reader.Collect(t.Context(), &all); err != nil {
		t.Fatal(err)
	}
	for _, scope := range all.ScopeMetrics {
		for _, m := range scope.Metrics {
			names = append(names, m.Name)
		}
	}
	return names
}
