package observability

import (
	"context"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/metric"
)

// tolerantProvider makes meters whose callbacks may fail. The SDK leaves out every metric of a collection in which one
// callback fails; here the error goes to OpenTelemetry's error handler, and only what was not observed is missing.
type tolerantProvider struct{ metric.MeterProvider }

// Meter implements [metric.MeterProvider].
func (p tolerantProvider) Meter(name string, opts ...metric.MeterOption) metric.Meter {
	return tolerantMeter{p.MeterProvider.Meter(name, opts...)}
}

type tolerantMeter struct{ metric.Meter }

// RegisterCallback implements [metric.Meter].
func (m tolerantMeter) RegisterCallback(f metric.Callback, instruments ...metric.Observable) (metric.Registration, error) {
	tolerant := func(ctx context.Context, o metric.Observer) error {
		if err := f(ctx, o); err != nil {
			otel.Handle(err)
		}
		return nil
	}
	return m.Meter.RegisterCallback(tolerant, instruments...) //nolint:wrapcheck // a meter hands on
}
