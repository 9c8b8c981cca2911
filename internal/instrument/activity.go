package instrument

import (
	"context"
	"fmt"
	"runtime"
	"sync/atomic"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
)

// Activity counts the work of one kind that is in progress. It is read when metrics are collected, which costs a piece of
// work a tenth of what an instrument that is told of each would. It is safe for concurrent use.
type Activity struct {
	begun, ended atomic.Int64
	with         metric.MeasurementOption
}

// NewActivity returns an activity that is shown with attributes.
func NewActivity(attrs ...attribute.KeyValue) *Activity {
	return &Activity{with: metric.WithAttributeSet(attribute.NewSet(attrs...))}
}

// Begin says that a piece of work begins.
func (a *Activity) Begin() { a.begun.Add(1) }

// End says that one has ended.
func (a *Activity) End() { a.ended.Add(1) }

// Watch has activities read through a gauge of the meter as long as their owner lives, which they must not know. An activity
// is shown from its first piece of work on.
func Watch[T any](owner *T, meter metric.Meter, gauge metric.Int64ObservableUpDownCounter, activities []*Activity) error {
	watching, err := meter.RegisterCallback(func(_ context.Context, o metric.Observer) error {
		for _, a := range activities {
			ended := a.ended.Load() // before those that have begun, so that there are never less of them
			if begun := a.begun.Load(); begun > 0 {
				o.ObserveInt64(gauge, begun-ended, a.with)
			}
		}
		return nil
	}, gauge)
	if err != nil {
		return fmt.Errorf("watch what is in progress: %w", err)
	}
	runtime.AddCleanup(owner, func(watching metric.Registration) { _ = watching.Unregister() }, watching)
	return nil
}
