package web

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync/atomic"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"

	"github.com/neuroglia-go/neuroglia/telemetry/registry"
)

// activity counts the requests of one method and scheme that are being handled. It is read when metrics are collected, which
// costs a request a tenth of what an instrument that is told of each would.
type activity struct {
	begun, ended atomic.Int64
	with         metric.MeasurementOption
}

// activities are those of all methods and schemes.
type activities struct {
	plain, secure [knownCount]activity // by the number of the method
}

// of returns the activity that a kind of requests is a part of.
func (a *activities) of(same *requests) *activity {
	if same.secure {
		return &a.secure[same.number]
	}
	return &a.plain[same.number]
}

// newActivities has the activities read as long as there is the instrumentation that counts.
func newActivities(i *instrumentation, meter metric.Meter) (*activities, error) {
	a := &activities{}
	for number, name := range knownMethods() {
		method := semconv.HTTPRequestMethodKey.String(name)
		a.plain[number].with = metric.WithAttributeSet(attribute.NewSet(method, semconv.URLScheme("http")))
		a.secure[number].with = metric.WithAttributeSet(attribute.NewSet(method, semconv.URLScheme("https")))
	}
	active, err := registry.HTTPServerActiveRequests().Int64ObservableUpDownCounter(meter)
	watching, watchErr := meter.RegisterCallback(func(_ context.Context, o metric.Observer) error {
		for number := range a.plain {
			a.plain[number].observe(o, active)
			a.secure[number].observe(o, active)
		}
		return nil
	}, active)
	if err := errors.Join(err, watchErr); err != nil {
		return nil, fmt.Errorf("watch the requests that are being handled: %w", err)
	}
	runtime.AddCleanup(i, func(watching metric.Registration) { _ = watching.Unregister() }, watching)
	return a, nil
}

func (a *activity) observe(o metric.Observer, active metric.Int64Observable) {
	ended := a.ended.Load() // before those that have begun, so that there are never less of them
	if begun := a.begun.Load(); begun > 0 {
		o.ObserveInt64(active, begun-ended, a.with)
	}
}
