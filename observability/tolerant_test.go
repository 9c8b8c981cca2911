package observability_test

import (
	"context"
	"errors"
	"testing"

	"go.opentelemetry.io/otel/metric"

	"github.com/neuroglia-go/neuroglia/observability"
	"github.com/neuroglia-go/neuroglia/observability/observabilitytest"
)

func TestAHostMetricThatFailsLeavesTheOthers(t *testing.T) {
	t.Parallel()
	rec := observabilitytest.New(t)
	meter := observability.TolerantProvider(rec.Providers().Meter).Meter("host")
	read, err := meter.Int64ObservableGauge("read")
	if err != nil {
		t.Fatal(err)
	}
	unread, err := meter.Int64ObservableGauge("unread")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := meter.RegisterCallback(func(_ context.Context, o metric.Observer) error {
		o.ObserveInt64(read, 1)
		return errors.New("not supported here")
	}, read, unread); err != nil {
		t.Fatal(err)
	}
	observabilitytest.Diff(t, rec.Metrics(), `
		read gauge
		  {} value=1
	`)
}
