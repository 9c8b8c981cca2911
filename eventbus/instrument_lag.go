package eventbus

import (
	"context"
	"fmt"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/metric"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"

	"github.com/neuroglia-go/neuroglia/telemetry/registry"
)

// lagPatience is how long reading the lag may hold up the other metrics.
const lagPatience = 2 * time.Second

// watchLag has the lag read at each collection of metrics, if the transport knows it, until the function that it returns
// is called.
func (i *instruments) watchLag(t Transport) (unwatch func()) {
	lagging, ok := t.(Lagging)
	if !ok {
		return func() {}
	}
	gauge, err := registry.BusConsumerLag().Float64ObservableGauge(i.meter)
	if err != nil {
		otel.Handle(fmt.Errorf("event bus: %w", err))
	}
	watching, err := i.meter.RegisterCallback(func(ctx context.Context, o metric.Observer) error {
		ctx, cancel := context.WithTimeout(ctx, lagPatience)
		defer cancel()
		lags, err := lagging.Lag(ctx)
		if err != nil { // returned, it would drop the metrics of others
			otel.Handle(fmt.Errorf("event bus: read how far consumers are behind: %w", err))
		}
		for _, lag := range lags {
			o.ObserveFloat64(gauge, float64(lag.Waiting), metric.WithAttributes(semconv.MessagingSystemKey.String(i.system),
				semconv.MessagingDestinationName(lag.Type), semconv.MessagingConsumerGroupName(lag.Group)))
		}
		return nil
	}, gauge)
	if err != nil {
		otel.Handle(fmt.Errorf("event bus: %w", err))
		return func() {}
	}
	return func() {
		if err := watching.Unregister(); err != nil {
			otel.Handle(fmt.Errorf("event bus: %w", err))
		}
	}
}
