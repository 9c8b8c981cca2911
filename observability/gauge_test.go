package observability_test

import (
	"context"
	"errors"
	"testing"

	"go.opentelemetry.io/otel/metric"

	"github.com/neuroglia-go/neuroglia/observability"
	"github.com/neuroglia-go/neuroglia/observability/observabilitytest"
	"github.com/neuroglia-go/neuroglia/telemetry"
)

func TestAGaugeThatCannotBeReadLosesNoOtherMetric(t *testing.T) {
	t.Parallel()
	rec := observabilitytest.New(t)
	in := observability.NewInstruments(rec.Providers())
	in.Gauge(telemetry.Gauge("orders.stuck", "{order}", "Orders that are late."), func(context.Context, metric.Float64Observer) error {
		return errors.New("the store is down")
	})
	in.Counter(telemetry.Counter("orders.placed", "{order}", "Orders placed."))
	observabilitytest.Diff(t, rec.Metrics(), `
		orders.placed counter {order}
		  {} value=0
	`)
}

func TestAGaugeIsNotReadAfterClose(t *testing.T) {
	t.Parallel()
	rec := observabilitytest.New(t)
	in := observability.NewInstruments(rec.Providers())
	reads := 0
	in.Gauge(telemetry.Gauge("orders.open", "{order}", "Orders that are not done."), func(_ context.Context, o metric.Float64Observer) error {
		reads++
		o.Observe(3)
		return nil
	})
	observabilitytest.Diff(t, rec.Metrics(), `
		orders.open gauge {order}
		  {} value=3
	`)
	if err := in.Close(); err != nil {
		t.Fatal(err)
	}
	observabilitytest.Diff(t, rec.Metrics(), "")
	if reads != 1 {
		t.Errorf("read %d times, want once", reads)
	}
}
