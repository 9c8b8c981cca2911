package web

import (
	"fmt"

	"go.opentelemetry.io/otel/metric"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"

	"github.com/neuroglia-go/neuroglia/internal/instrument"
	"github.com/neuroglia-go/neuroglia/telemetry/registry"
)

// activities are the requests in progress of all methods and schemes.
type activities struct {
	plain, secure [knownCount]*instrument.Activity // by the number of the method
}

// of returns the activity that a kind of requests is a part of.
func (a *activities) of(same *requests) *instrument.Activity {
	if same.secure {
		return a.secure[same.number]
	}
	return a.plain[same.number]
}

// newActivities has the activities read as long as there is the instrumentation that counts.
func newActivities(i *instrumentation, meter metric.Meter) (*activities, error) {
	a := &activities{}
	var all []*instrument.Activity
	for number, name := range knownMethods() {
		method := semconv.HTTPRequestMethodKey.String(name)
		a.plain[number] = instrument.NewActivity(method, semconv.URLScheme("http"))
		a.secure[number] = instrument.NewActivity(method, semconv.URLScheme("https"))
		all = append(all, a.plain[number], a.secure[number])
	}
	active, err := registry.HTTPServerActiveRequests().Int64ObservableUpDownCounter(meter)
	if err == nil {
		err = instrument.Watch(i, meter, active, all)
	}
	if err != nil {
		return nil, fmt.Errorf("requests in progress: %w", err)
	}
	return a, nil
}
