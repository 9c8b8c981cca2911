package benchmarks_test

import (
	"io"
	"net/http"
	"slices"
	"testing"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"github.com/neuroglia-go/neuroglia/telemetry"
	"github.com/neuroglia-go/neuroglia/telemetry/registry"
)

// tunedRoute is the instrumentation of one route with all that is made once made once. It knows one status of success.
type tunedRoute struct {
	byhand

	next          http.Handler
	attributes    []attribute.KeyValue
	start         []trace.SpanStartOption
	active        metric.Int64UpDownCounter
	activeOptions []metric.AddOption
	duration      metric.Float64Histogram
	read, written metric.Int64Histogram
	success       []metric.RecordOption
}

func newTunedRoute(tb testing.TB, p telemetry.Providers, next http.Handler) *tunedRoute {
	tb.Helper()
	t := &tunedRoute{byhand: newByHand(p), next: next}
	t.active = made(tb, registry.HTTPServerActiveRequests().Int64UpDownCounter, t.meter)
	t.duration = t.histogram(tb, registry.HTTPServerRequestDuration())
	t.read = made(tb, registry.HTTPServerRequestBodySize().Int64Histogram, t.meter)
	t.written = made(tb, registry.HTTPServerResponseBodySize().Int64Histogram, t.meter)
	method, scheme := attribute.String("http.request.method", http.MethodPost), attribute.String("url.scheme", "http")
	t.activeOptions = []metric.AddOption{metric.WithAttributeSet(attribute.NewSet(method, scheme))}
	t.attributes = []attribute.KeyValue{
		method, scheme, attribute.String("server.address", "localhost"), attribute.String("http.route", "/api/orders"),
		attribute.String("network.protocol.version", "1.1"),
	}
	t.start = []trace.SpanStartOption{trace.WithSpanKind(trace.SpanKindServer), trace.WithAttributes(t.attributes...)}
	t.success = measured(t.ended(http.StatusOK)...)
	return t
}

// ended are the attributes of the measurements of a request.
func (t *tunedRoute) ended(status int) []attribute.KeyValue {
	return append(slices.Clone(t.attributes), attribute.String("network.protocol.name", "http"),
		attribute.Int("http.response.status_code", status))
}

func (t *tunedRoute) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	began := time.Now()
	ctx := t.propagator.Extract(r.Context(), propagation.HeaderCarrier(r.Header))
	ctx, span := t.tracer.Start(ctx, pattern, t.start...)
	defer span.End()
	t.active.Add(ctx, 1, t.activeOptions...)
	defer t.active.Add(ctx, -1, t.activeOptions...)

	body, out := &countedBody{ReadCloser: r.Body}, &countedAnswer{ResponseWriter: w, status: http.StatusOK}
	r = r.WithContext(ctx)
	r.Body = body
	t.next.ServeHTTP(out, r)

	with := t.success
	if out.status != http.StatusOK {
		with = measured(t.ended(out.status)...)
	}
	if out.status >= http.StatusInternalServerError {
		span.SetStatus(codes.Error, "")
	}
	if span.IsRecording() {
		span.SetAttributes(attribute.String("url.path", r.URL.Path), attribute.Int("http.response.status_code", out.status),
			attribute.Int64("http.request.body.size", body.size), attribute.Int64("http.response.body.size", out.size))
	}
	t.duration.Record(ctx, time.Since(began).Seconds(), with...)
	t.read.Record(ctx, body.size, with...)
	t.written.Record(ctx, out.size, with...)
}

type countedBody struct {
	io.ReadCloser

	size int64
}

func (b *countedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.size += int64(n)
	return n, err
}

type countedAnswer struct {
	http.ResponseWriter

	status int
	size   int64
}

func (a *countedAnswer) WriteHeader(status int) {
	a.status = status
	a.ResponseWriter.WriteHeader(status)
}

func (a *countedAnswer) Write(p []byte) (int, error) {
	n, err := a.ResponseWriter.Write(p)
	a.size += int64(n)
	return n, err
}
