package observability_test

import (
	"context"
	"strings"
	"testing"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"github.com/neuroglia-go/neuroglia/observability"
	"github.com/neuroglia-go/neuroglia/observability/observabilitytest"
)

func TestCountersAreThereWithZeroFromTheStart(t *testing.T) {
	t.Parallel()
	rec := observabilitytest.New(t, observabilitytest.Scopes())
	in := observability.NewInstruments(rec.Providers())
	created := in.Counter("orders.created", "{order}", "Orders placed.", observability.Each("size", "s", "l")...)
	in.Counter("orders.lost", "{order}", "Orders lost.")
	active := in.UpDownCounter("orders.active", "{order}", "Orders in work.")
	value := in.Histogram("orders.value", "USD", "Total of an order.", 10, 20)
	in.Histogram("orders.size", "{pizza}", "Pizzas of an order.")
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
	in.Gauge("orders.in_progress", "{order}", "Orders by stage.", func(_ context.Context, o metric.Float64Observer) error {
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
	in.Counter("1st", "", "").Add(t.Context(), 1)
	in.Histogram("orders value", "", "", 2, 1).Record(t.Context(), 1)
	err := in.Err()
	if err == nil || !strings.Contains(err.Error(), "1st") || !strings.Contains(err.Error(), "orders value") {
		t.Errorf("got %v", err)
	}
}
