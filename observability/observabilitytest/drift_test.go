package observabilitytest_test

import (
	"log/slog"
	"testing"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/trace"

	"github.com/neuroglia-go/neuroglia/observability/observabilitytest"
	"github.com/neuroglia-go/neuroglia/telemetry"
)

func TestDriftIsEmptyIfAllIsAsDeclared(t *testing.T) {
	t.Parallel()
	observabilitytest.Diff(t, drift(t, declarations()), "")
}

func TestDriftSaysWhatDiffers(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		change func(*observabilitytest.Declared)
		want   string
	}{
		"undeclared metric": {
			func(d *observabilitytest.Declared) { d.Metrics = d.Metrics[1:] }, "metric orders.created: is not declared",
		},
		"undeclared attribute of a metric": {
			func(d *observabilitytest.Declared) { d.Metrics[0].Attributes = nil },
			"metric orders.created: attribute size is not declared",
		},
		"metric that nobody makes": {
			func(d *observabilitytest.Declared) {
				d.Metrics = append(d.Metrics, telemetry.Counter("orders.lost", "1", ""))
			},
			"metric orders.lost: is not recorded",
		},
		"attribute that nobody sets": {
			func(d *observabilitytest.Declared) { d.Metrics[0].Attributes = []attribute.Key{"size", "color"} },
			"metric orders.created: attribute color is not recorded",
		},
		"kind, unit, description and scope": {
			func(d *observabilitytest.Declared) {
				d.Metrics[0] = telemetry.Gauge("orders.created", "s", "No.", "size").By("else")
			},
			`
			metric orders.created: description is "Orders.", declared as "No."
			metric orders.created: kind is "counter", declared as "gauge"
			metric orders.created: scope is "orders", declared as "else"
			metric orders.created: unit is "{order}", declared as "s"
			`,
		},
		"buckets": {
			func(d *observabilitytest.Declared) { d.Metrics[1].Bounds = []float64{3} },
			`metric orders.value: buckets is "buckets=[1 2]", declared as "buckets=[3]"`,
		},
		"undeclared span": {
			func(d *observabilitytest.Declared) { d.Spans = nil }, "span internal Place small: is not declared",
		},
		"kind of a span": {
			func(d *observabilitytest.Declared) { d.Spans[0].Kind = trace.SpanKindClient },
			`
			span client Place {size}: is not recorded
			span internal Place small: is not declared
			`,
		},
		"attributes and events of a span": {
			func(d *observabilitytest.Declared) {
				d.Tagged, d.Spans[0].Attributes = nil, []attribute.Key{"size", "color"}
				d.Spans[0].Events = map[string][]attribute.Key{"burnt": nil}
			},
			`
			log record placed: attribute order.id is not declared
			span internal Place {size} event burnt: is not recorded
			span internal Place {size}: attribute color is not recorded
			span internal Place {size}: attribute order.id is not declared
			span internal Place {size}: event retry is not declared
			`,
		},
		"log records": {
			func(d *observabilitytest.Declared) { d.Logs = []telemetry.Log{{Message: "gone"}} },
			`
			log record gone: is not recorded
			log record placed: is not declared
			`,
		},
		"level of a log record": {
			func(d *observabilitytest.Declared) { d.Logs[0].Level = slog.LevelWarn },
			`log record placed: level is "INFO", declared as "WARN"`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := declarations()
			tt.change(&d)
			observabilitytest.Diff(t, drift(t, d), tt.want)
		})
	}
}

func TestDeclarationsOfAScope(t *testing.T) {
	t.Parallel()
	d := declarations().Of("orders")
	if len(d.Metrics) != 1 || len(d.Spans) != 1 || len(d.Logs) != 0 || len(d.Tagged) != 1 {
		t.Errorf("got %+v, want a metric, a span and the tagged key", d)
	}
}

func declarations() observabilitytest.Declared {
	return observabilitytest.Declared{
		Metrics: []telemetry.Metric{
			telemetry.Counter("orders.created", "{order}", "Orders.", "size").By("orders"),
			telemetry.Histogram("orders.value", "USD", "Value.", []float64{1, 2}),
		},
		Spans: []telemetry.Span{{
			Name: "Place {size}", Kind: trace.SpanKindInternal, Scope: "orders", Attributes: []attribute.Key{"size"},
			Events: map[string][]attribute.Key{"retry": {"attempt"}},
		}},
		Logs:   []telemetry.Log{{Message: "placed", Level: slog.LevelInfo, Attributes: []attribute.Key{"size"}}},
		Tagged: []attribute.Key{"order.id"},
	}
}

// drift compares the telemetry of an order with what is declared.
func drift(t *testing.T, d observabilitytest.Declared) string {
	t.Helper()
	rec := observabilitytest.New(t)
	p := rec.Providers()
	size, id := attribute.String("size", "small"), attribute.String("order.id", "o1")
	made := declarations().Metrics
	created, err := made[0].Int64Counter(p.Meter.Meter("orders"))
	if err != nil {
		t.Fatal(err)
	}
	value, err := made[1].Float64Histogram(p.Meter.Meter("values"))
	if err != nil {
		t.Fatal(err)
	}
	ctx, span := p.Tracer.Tracer("orders").Start(t.Context(), "Place small", trace.WithAttributes(size, id))
	span.AddEvent("retry", trace.WithAttributes(attribute.Int("attempt", 1)))
	created.Add(ctx, 1, metric.WithAttributes(size))
	value.Record(ctx, 1.5)
	p.Logger.InfoContext(ctx, "placed", "size", "small", "order.id", "o1")
	span.End()
	return rec.Drift(d)
}
