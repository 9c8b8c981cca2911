package observability_test

import (
	"context"
	"strings"
	"testing"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"github.com/neuroglia-go/neuroglia/observability"
	"github.com/neuroglia-go/neuroglia/observability/observabilitytest"
	"github.com/neuroglia-go/neuroglia/telemetry"
)

func TestCountersAreThereWithZeroFromTheStart(t *testing.T) {
	t.Parallel()
	rec := observabilitytest.New(t, observabilitytest.Scopes())
	in := observability.NewInstruments(rec.Providers())
	created := in.Counter(telemetry.Counter("orders.created", "{order}", "Orders placed.", "size"),
		observability.Each("size", "s", "l")...)
	in.Counter(telemetry.Counter("orders.lost", "{order}", "Orders lost."))
	active := in.UpDownCounter(telemetry.UpDownCounter("orders.active", "{order}", "Orders in work."))
	value := in.Histogram(telemetry.Histogram("orders.value", "USD", "Total of an order.", []float64{10, 20}))
	in.Histogram(telemetry.Histogram("orders.size", "{pizza}", "Pizzas of an order.", nil))
	if err := in.Err(); err != nil {
		t.Fatal(err)
	}
	created.Add(t.Context(), 2, metric.WithAttributes(attribute.String("size", "l")))
	active.Add(t.Context(), 1)
	value.Record(t.Context(), 12.5)

	observabilitytest.Diff(t, rec.Metrics(), `
		orders.active updowncounter {order} scope=github.com/neuroglia-go/neuroglia/observability_test
		  {} value=1
		orders.created counter {order} scope=github.com/neuroglia-go/neuroglia/observability_test
		  {size=l} value=2
		  {size=s} value=0
		orders.lost counter {order} scope=github.com/neuroglia-go/neuroglia/observability_test
		  {} value=0
		orders.value histogram USD buckets=[10 20] scope=github.com/neuroglia-go/neuroglia/observability_test
		  {} count=1 sum=12.5
	`)
}

func TestAGaugeIsZeroWhereNothingIsObserved(t *testing.T) {
	t.Parallel()
	rec := observabilitytest.New(t)
	in := observability.NewInstruments(rec.Providers())
	open := telemetry.Gauge("orders.in_progress", "{order}", "Orders by stage.", "stage")
	in.Gauge(open, func(_ context.Context, o metric.Float64Observer) error {
		o.Observe(3, metric.WithAttributes(attribute.String("stage", "cooking")))
		return nil
	}, observability.Each("stage", "pending", "cooking")...)
	observabilitytest.Diff(t, rec.Metrics(), `
		orders.in_progress gauge {order}
		  {stage=cooking} value=3
		  {stage=pending} value=0
	`)
}

func TestWhatIsWrongWithInstrumentsIsSaidTogether(t *testing.T) {
	t.Parallel()
	rec := observabilitytest.New(t)
	in := observability.NewInstruments(rec.Providers())
	in.Counter(telemetry.Counter("1st", "", "")).Add(t.Context(), 1)
	in.Histogram(telemetry.Histogram("orders value", "", "", []float64{2, 1})).Record(t.Context(), 1)
	in.Counter(telemetry.Histogram("orders.value", "USD", "", nil))
	in.UpDownCounter(telemetry.UpDownCounter("orders.active", "{order}", "", "stage"), observability.Each("size", "s")...)
	err := in.Err()
	for _, want := range []string{
		"metric 1st: ", "metric orders value: ",
		"metric orders.value: is used as a counter and declared as a histogram: use the method of its kind",
		"metric orders.active: is not declared with the attribute size: add it",
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q in it", err, want)
		}
	}
}
