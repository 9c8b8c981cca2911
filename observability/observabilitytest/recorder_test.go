package observabilitytest_test

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/propagation"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/neuroglia-go/neuroglia/observability/internal/scope"
	"github.com/neuroglia-go/neuroglia/observability/observabilitytest"
)

func TestSpansAreTreesWithEventsLinksAndStatus(t *testing.T) {
	t.Parallel()
	rec := observabilitytest.New(t, observabilitytest.AllowUnended(), observabilitytest.Mask("order.id"), observabilitytest.Leave("noise"))
	tracer := rec.Providers().Tracer.Tracer("pizzas")

	ctx, post := tracer.Start(t.Context(), "POST /api/orders", trace.WithSpanKind(trace.SpanKindServer),
		trace.WithAttributes(attribute.String("http.route", "/api/orders"), attribute.Int("a.count", 2), attribute.Bool("noise", true)))
	_, publish := tracer.Start(ctx, "publish order.created.v1", trace.WithSpanKind(trace.SpanKindProducer))
	publish.End()
	cctx, command := tracer.Start(ctx, "Command.PlaceOrder", trace.WithLinks(trace.LinkFromContext(trace.ContextWithSpan(ctx, publish))))
	command.SetAttributes(attribute.String("order.id", "8f3a"), attribute.StringSlice("sizes", []string{"s", "l"}), attribute.String("empty", ""))
	command.AddEvent("retry", trace.WithAttributes(attribute.Int("attempt", 2)))
	tracer.Start(cctx, "Repository.add") //nolint:spancheck // it is to be found not ended
	command.SetStatus(codes.Error, "disk full")
	command.End()
	post.End()

	observabilitytest.Diff(t, rec.Spans(), `
		POST /api/orders SERVER a.count=2 http.route=/api/orders
		  publish order.created.v1 PRODUCER
		  Command.PlaceOrder INTERNAL ERROR(disk full) empty="" order.id=* sizes=["s","l"]
		    event retry attempt=2
		    link -> publish order.created.v1
		    Repository.add INTERNAL (not ended)
	`)
	if got := len(rec.SpanStubs()); got != 3 {
		t.Errorf("got %d ended spans, want 3", got)
	}
	rec.Reset()
	observabilitytest.Diff(t, rec.Spans(), "")
}

func TestSpansSayWhereAParentElsewhereIs(t *testing.T) {
	t.Parallel()
	rec := observabilitytest.New(t, observabilitytest.Scopes())
	p := rec.Providers()
	ctx := p.Propagator.Extract(t.Context(), propagation.MapCarrier{
		"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"})
	_, span := p.Tracer.Tracer("kitchen").Start(ctx, "process order.created.v1", trace.WithLinks(trace.LinkFromContext(ctx)))
	span.End()

	observabilitytest.Diff(t, rec.Spans(), `
		process order.created.v1 INTERNAL scope=kitchen (remote parent)
		  link -> (not recorded)
	`)
}

func TestUnorderedSiblingsAreSortedByText(t *testing.T) {
	t.Parallel()
	rec := observabilitytest.New(t, observabilitytest.Unordered())
	tracer := rec.Providers().Tracer.Tracer("pizzas")
	ctx, parent := tracer.Start(t.Context(), "parent")
	for _, name := range []string{"c", "a", "b"} {
		_, span := tracer.Start(ctx, name)
		span.End()
	}
	parent.End()
	observabilitytest.Diff(t, rec.Spans(), `
		parent INTERNAL
		  a INTERNAL
		  b INTERNAL
		  c INTERNAL
	`)
}

func TestSamplerDecidesWhatIsRecorded(t *testing.T) {
	t.Parallel()
	rec := observabilitytest.New(t, observabilitytest.Sampler(sdktrace.NeverSample()))
	_, span := rec.Providers().Tracer.Tracer("pizzas").Start(t.Context(), "parent")
	span.End()
	observabilitytest.Diff(t, rec.Spans(), "")
}

func TestMetricsShowCountsAndLeaveTimingsOut(t *testing.T) {
	t.Parallel()
	rec := observabilitytest.New(t)
	meter := rec.Providers().Meter.Meter("pizzas")
	duration, err := meter.Float64Histogram("order.duration", metric.WithUnit("s"), metric.WithExplicitBucketBoundaries(0.1, 1))
	check(t, err)
	value, err := meter.Int64Histogram("order.value", metric.WithUnit("USD"), metric.WithExplicitBucketBoundaries(10, 20))
	check(t, err)
	created, err := meter.Int64Counter("order.created", metric.WithUnit("{order}"))
	check(t, err)
	active, err := meter.Int64UpDownCounter("order.active", metric.WithUnit("{order}"))
	check(t, err)
	_, err = meter.Float64ObservableGauge("oldest.age", metric.WithUnit("s"),
		metric.WithFloat64Callback(func(_ context.Context, o metric.Float64Observer) error { o.Observe(3.7); return nil }))
	check(t, err)

	ctx := t.Context()
	duration.Record(ctx, 0.3, metric.WithAttributes(attribute.String("outcome", "success"), attribute.String("a", "b")))
	value.Record(ctx, 12)
	value.Record(ctx, 13)
	created.Add(ctx, 2, metric.WithAttributes(attribute.String("size", "l")))
	created.Add(ctx, 1, metric.WithAttributes(attribute.String("size", "extra large")))
	active.Add(ctx, 0)

	observabilitytest.Diff(t, rec.Metrics(), `
		oldest.age gauge s
		  {} value=*
		order.active updowncounter {order}
		  {} value=0
		order.created counter {order}
		  {size="extra large"} value=1
		  {size=l} value=2
		order.duration histogram s buckets=[0.1 1]
		  {a=b outcome=success} count=1
		order.value histogram USD buckets=[10 20]
		  {} count=2 sum=25
	`)
	observabilitytest.Diff(t, rec.Metrics("order.a", "oldest"), `
		oldest.age gauge s
		  {} value=*
		order.active updowncounter {order}
		  {} value=0
	`)
	if got := rec.Value("order.created"); got != 3 {
		t.Errorf("got %v orders, want 3", got)
	}
	if got := rec.Value("order.created", attribute.String("size", "l")); got != 2 {
		t.Errorf("got %v large orders, want 2", got)
	}
	if got := rec.Value("order.lost"); got != 0 {
		t.Errorf("got %v for an unknown metric, want 0", got)
	}
}

func TestViewsChangeMetricsAsInProduction(t *testing.T) {
	t.Parallel()
	rec := observabilitytest.New(t, observabilitytest.Views(sdkmetric.NewView(
		sdkmetric.Instrument{Name: "order.*"},
		sdkmetric.Stream{Aggregation: sdkmetric.AggregationBase2ExponentialHistogram{MaxSize: 160, MaxScale: 20}})))
	meter := rec.Providers().Meter.Meter("pizzas")
	h, err := meter.Float64Histogram("order.value", metric.WithUnit("USD"))
	check(t, err)
	h.Record(t.Context(), 12)
	n, err := meter.Int64Histogram("order.lines")
	check(t, err)
	n.Record(t.Context(), 2)
	g, err := meter.Int64Gauge("ovens")
	check(t, err)
	g.Record(t.Context(), 2)
	c, err := meter.Float64Counter("weight", metric.WithUnit("kg"))
	check(t, err)
	c.Add(t.Context(), 1.5)
	observabilitytest.Diff(t, rec.Metrics(), `
		order.lines exponential_histogram
		  {} count=1 sum=2
		order.value exponential_histogram USD
		  {} count=1 sum=12
		ovens gauge
		  {} value=2
		weight counter kg
		  {} value=1.5
	`)
}

func TestLogsShowSpanGroupsAndScopedAttributes(t *testing.T) {
	t.Parallel()
	rec := observabilitytest.New(t, observabilitytest.Level(slog.LevelInfo))
	p := rec.Providers()
	ctx, span := p.Tracer.Tracer("pizzas").Start(t.Context(), "Command.PlaceOrder")
	ctx = scope.With(ctx, slog.String("tenant", "t1"))
	defer span.End()

	p.Logger.DebugContext(ctx, "not recorded")
	p.Logger.With("z", 1).WithGroup("g").With("y", 2).ErrorContext(ctx, "command failed",
		"error", errors.New("disk full"), slog.Group("h", "took", time.Second), slog.Group("", "inline", true))
	p.Logger.InfoContext(t.Context(), "plain")

	observabilitytest.Diff(t, rec.Logs(), `
		ERROR command failed g.error="disk full" g.h.took=* g.inline=true g.y=2 tenant=t1 z=1 span=Command.PlaceOrder
		INFO plain
	`)
	if got := rec.LogRecords()[0].Span; !got.Equal(span.SpanContext()) {
		t.Errorf("got span %v, want %v", got, span.SpanContext())
	}
}

func TestLogsShowEachKeyOnce(t *testing.T) {
	t.Parallel()
	rec := observabilitytest.New(t)
	ctx := scope.With(t.Context(), slog.String("a", "scope"), slog.String("b", "scope"), slog.String("c", "scope"))
	rec.Providers().Logger.With("a", "logger", "b", "logger").InfoContext(ctx, "hello", "a", "record")
	observabilitytest.Diff(t, rec.Logs(), `INFO hello a=record b=logger c=scope`)
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
