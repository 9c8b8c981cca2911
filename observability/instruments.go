package observability

import (
	"context"
	"errors"
	"fmt"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/metric/embedded"

	"github.com/neuroglia-go/neuroglia/telemetry"
)

// Instruments makes the declared metrics of one package. It is for a constructor, which keeps what it returns in a struct:
//
//	in := observability.NewInstruments(p)
//	m := &Metrics{
//		created: in.Counter(OrdersCreated(), observability.Each(Size, "s", "l")...),
//		value:   in.Histogram(OrdersValue()),
//	}
//	return m, in.Err()
//
// What it returns is OpenTelemetry's own and can always be used, also after an error.
type Instruments struct {
	meter    metric.Meter
	errs     []error
	readings []metric.Registration
}

// NewInstruments uses the meter of the package that calls it, from the given providers; zero means the global ones. The
// telemetry must have been started, or the zeros of counters are lost.
func NewInstruments(p telemetry.Providers) *Instruments {
	return &Instruments{meter: p.OrGlobal().Meter.Meter(callingPackage())}
}

// Err returns what went wrong with any of the instruments, joined.
func (in *Instruments) Err() error { return errors.Join(in.errs...) }

// Counter returns a counter of events. For each of the known sets of attributes it is there from the start with the
// value 0, so that the first event is an increase that a query can see; without known sets, that goes for the counter
// without attributes.
func (in *Instruments) Counter(declared telemetry.Metric, known ...attribute.Set) metric.Int64Counter {
	c, err := declared.Int64Counter(in.meter)
	in.check(declared, err, known)
	for _, set := range orEmpty(known) {
		c.Add(context.Background(), 0, metric.WithAttributeSet(set))
	}
	return c
}

// UpDownCounter returns a counter of things that come and go within this process. What outlives the process is a
// [Instruments.Gauge]. It starts at 0 as [Instruments.Counter] does.
func (in *Instruments) UpDownCounter(declared telemetry.Metric, known ...attribute.Set) metric.Int64UpDownCounter {
	c, err := declared.Int64UpDownCounter(in.meter)
	in.check(declared, err, known)
	for _, set := range orEmpty(known) {
		c.Add(context.Background(), 0, metric.WithAttributeSet(set))
	}
	return c
}

// Histogram returns a histogram with the declared buckets, which a view may replace. Record with the context of the work,
// so that samples lead to its trace.
func (in *Instruments) Histogram(declared telemetry.Metric) metric.Float64Histogram {
	h, err := declared.Float64Histogram(in.meter)
	in.check(declared, err, nil)
	return h
}

// Gauge makes a gauge that reads the present state, such as the number of open orders in the store, at each collection.
// Known sets of attributes that read does not observe have the value 0. Read is called concurrently with everything and
// must heed its context. If it fails, its error goes to OpenTelemetry's error handler and the gauge is left out, since
// the SDK would leave out every metric of this collection. [Instruments.Close] ends the reading.
func (in *Instruments) Gauge(declared telemetry.Metric, read func(ctx context.Context, o metric.Float64Observer) error,
	known ...attribute.Set,
) {
	gauge, err := declared.Float64ObservableGauge(in.meter)
	in.check(declared, err, known)
	registration, err := in.meter.RegisterCallback(func(ctx context.Context, o metric.Observer) error {
		seen := &seenObserver{to: o, gauge: gauge, sets: map[attribute.Distinct]bool{}}
		if err := read(ctx, seen); err != nil {
			otel.Handle(fmt.Errorf("read metric %s: %w", declared.Name, err))
			return nil
		}
		for _, set := range known {
			if !seen.sets[set.Equivalent()] {
				o.ObserveFloat64(gauge, 0, metric.WithAttributeSet(set))
			}
		}
		return nil
	}, gauge)
	in.check(declared, err, nil)
	if err == nil {
		in.readings = append(in.readings, registration)
	}
}

// Close ends the reading of all gauges. It must come before the end of what they read, as the stop of an app.Part that
// was added after it; the telemetry itself ends later. The other instruments are not touched.
func (in *Instruments) Close() error {
	var errs []error
	for _, reading := range in.readings {
		errs = append(errs, reading.Unregister())
	}
	return errors.Join(errs...)
}

// Each returns a set of attributes for each value of one key.
func Each(key attribute.Key, values ...string) []attribute.Set {
	sets := make([]attribute.Set, 0, len(values))
	for _, value := range values {
		sets = append(sets, attribute.NewSet(key.String(value)))
	}
	return sets
}

// check keeps what is wrong with an instrument and with the attributes it is said to have.
func (in *Instruments) check(declared telemetry.Metric, err error, known []attribute.Set) {
	if err != nil {
		in.errs = append(in.errs, err)
	}
	for _, set := range known {
		for _, a := range set.ToSlice() {
			if !declared.Has(a.Key) {
				in.errs = append(in.errs, fmt.Errorf("metric %s: is not declared with the attribute %s: add it", declared.Name, a.Key))
			}
		}
	}
}

func orEmpty(known []attribute.Set) []attribute.Set {
	if len(known) == 0 {
		return []attribute.Set{*attribute.EmptySet()}
	}
	return known
}

// seenObserver remembers what was observed.
type seenObserver struct {
	embedded.Float64Observer
	to    metric.Observer
	gauge metric.Float64Observable
	sets  map[attribute.Distinct]bool
}

var _ metric.Float64Observer = (*seenObserver)(nil)

// Observe implements [metric.Float64Observer].
func (s *seenObserver) Observe(value float64, opts ...metric.ObserveOption) {
	set := metric.NewObserveConfig(opts).Attributes()
	s.sets[set.Equivalent()] = true
	s.to.ObserveFloat64(s.gauge, value, opts...)
}
