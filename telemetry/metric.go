package telemetry

import (
	"errors"
	"fmt"
	"slices"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
)

// Kind is what a metric's values mean. The words are those of OpenTelemetry's registries.
type Kind string

// The kinds of metrics.
const (
	KindCounter       Kind = "counter"
	KindUpDownCounter Kind = "updowncounter"
	KindHistogram     Kind = "histogram"
	KindGauge         Kind = "gauge"
)

// Metric declares a metric. It is the one place that instrumentation, documentation, dashboards and alerts have its name,
// unit and attributes from. Make one with [Counter], [UpDownCounter], [Histogram] or [Gauge].
type Metric struct {
	Name        string
	Kind        Kind
	Unit        string // in UCUM, such as "s" or "{order}"
	Description string
	// Attributes are all that a measurement may have.
	Attributes []attribute.Key
	// Bounds are the upper bounds of a histogram's buckets. Without them it has those of the library that makes it or the
	// SDK's, which are for milliseconds.
	Bounds []float64
	// Stability is empty for a metric of the semantic conventions, which say it, and Stable otherwise.
	Stability Stability
	// Scope is the instrumentation scope that makes the metric, if it is known when the metric is declared.
	Scope string
}

// Counter declares a count of events, which only grows.
func Counter(name, unit, description string, attributes ...attribute.Key) Metric {
	return declare(KindCounter, name, unit, description, attributes)
}

// UpDownCounter declares a count of things that come and go within the process.
func UpDownCounter(name, unit, description string, attributes ...attribute.Key) Metric {
	return declare(KindUpDownCounter, name, unit, description, attributes)
}

// Gauge declares a value that is read when it is collected.
func Gauge(name, unit, description string, attributes ...attribute.Key) Metric {
	return declare(KindGauge, name, unit, description, attributes)
}

// Histogram declares a distribution with the given upper bounds of its buckets.
func Histogram(name, unit, description string, bounds []float64, attributes ...attribute.Key) Metric {
	m := declare(KindHistogram, name, unit, description, attributes)
	m.Bounds = bounds
	return m
}

func declare(kind Kind, name, unit, description string, attributes []attribute.Key) Metric {
	return Metric{
		Name: name, Kind: kind, Unit: unit, Description: description, Attributes: attributes, Stability: Stable,
	}
}

// By returns the metric as one that a scope makes, the import path of a package.
func (m Metric) By(scope string) Metric {
	m.Scope = scope
	return m
}

// Convention reports whether the metric is one of OpenTelemetry's semantic conventions.
func (m Metric) Convention() bool { return m.Stability == "" }

// Has reports whether a measurement may have the attribute.
func (m Metric) Has(key attribute.Key) bool { return slices.Contains(m.Attributes, key) }

// Int64Counter makes the instrument of a counter.
func (m Metric) Int64Counter(meter metric.Meter) (metric.Int64Counter, error) {
	i, err := meter.Int64Counter(m.Name, metric.WithUnit(m.Unit), metric.WithDescription(m.Description))
	return i, m.check(KindCounter, err)
}

// Int64UpDownCounter makes the instrument of an up-down counter.
func (m Metric) Int64UpDownCounter(meter metric.Meter) (metric.Int64UpDownCounter, error) {
	i, err := meter.Int64UpDownCounter(m.Name, metric.WithUnit(m.Unit), metric.WithDescription(m.Description))
	return i, m.check(KindUpDownCounter, err)
}

// Float64Histogram makes the instrument of a histogram.
func (m Metric) Float64Histogram(meter metric.Meter) (metric.Float64Histogram, error) {
	opts := []metric.Float64HistogramOption{metric.WithUnit(m.Unit), metric.WithDescription(m.Description)}
	if len(m.Bounds) > 0 {
		opts = append(opts, metric.WithExplicitBucketBoundaries(m.Bounds...))
	}
	i, err := meter.Float64Histogram(m.Name, opts...)
	return i, m.check(KindHistogram, err)
}

// Int64Histogram makes the instrument of a histogram of whole numbers.
func (m Metric) Int64Histogram(meter metric.Meter) (metric.Int64Histogram, error) {
	opts := []metric.Int64HistogramOption{metric.WithUnit(m.Unit), metric.WithDescription(m.Description)}
	if len(m.Bounds) > 0 {
		opts = append(opts, metric.WithExplicitBucketBoundaries(m.Bounds...))
	}
	i, err := meter.Int64Histogram(m.Name, opts...)
	return i, m.check(KindHistogram, err)
}

// Float64ObservableGauge makes the instrument of a gauge.
func (m Metric) Float64ObservableGauge(meter metric.Meter) (metric.Float64ObservableGauge, error) {
	i, err := meter.Float64ObservableGauge(m.Name, metric.WithUnit(m.Unit), metric.WithDescription(m.Description))
	return i, m.check(KindGauge, err)
}

// Int64ObservableUpDownCounter makes the instrument of an up-down counter that is read when it is collected.
func (m Metric) Int64ObservableUpDownCounter(meter metric.Meter) (metric.Int64ObservableUpDownCounter, error) {
	i, err := meter.Int64ObservableUpDownCounter(m.Name, metric.WithUnit(m.Unit), metric.WithDescription(m.Description))
	return i, m.check(KindUpDownCounter, err)
}

// Float64ObservableCounter makes the instrument of a counter that is read when it is collected.
func (m Metric) Float64ObservableCounter(meter metric.Meter) (metric.Float64ObservableCounter, error) {
	i, err := meter.Float64ObservableCounter(m.Name, metric.WithUnit(m.Unit), metric.WithDescription(m.Description))
	return i, m.check(KindCounter, err)
}

// check says what is wrong with an instrument of some kind that was made for the metric. It can be used all the same.
func (m Metric) check(kind Kind, err error) error {
	if m.Kind != kind {
		err = errors.Join(fmt.Errorf("is used as a %s and declared as a %s: use the method of its kind", kind, m.Kind), err)
	}
	if err != nil {
		return fmt.Errorf("metric %s: %w", m.Name, err)
	}
	return nil
}
