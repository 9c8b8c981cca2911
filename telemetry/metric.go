package telemetry

import (
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
	// Bounds are the upper bounds of a histogram's buckets. Without them it has the SDK's, which are for milliseconds.
	Bounds []float64
}

// Counter declares a count of events, which only grows.
func Counter(name, unit, description string, attributes ...attribute.Key) Metric {
	return Metric{Name: name, Kind: KindCounter, Unit: unit, Description: description, Attributes: attributes}
}

// UpDownCounter declares a count of things that come and go within the process.
func UpDownCounter(name, unit, description string, attributes ...attribute.Key) Metric {
	return Metric{Name: name, Kind: KindUpDownCounter, Unit: unit, Description: description, Attributes: attributes}
}

// Gauge declares a value that is read when it is collected.
func Gauge(name, unit, description string, attributes ...attribute.Key) Metric {
	return Metric{Name: name, Kind: KindGauge, Unit: unit, Description: description, Attributes: attributes}
}

// Histogram declares a distribution with the given upper bounds of its buckets.
func Histogram(name, unit, description string, bounds []float64, attributes ...attribute.Key) Metric {
	return Metric{
		Name: name, Kind: KindHistogram, Unit: unit, Description: description, Bounds: bounds, Attributes: attributes,
	}
}

// Has reports whether a measurement may have the attribute.
func (m Metric) Has(key attribute.Key) bool { return slices.Contains(m.Attributes, key) }

// Int64Counter makes the instrument of a counter.
func (m Metric) Int64Counter(meter metric.Meter) (metric.Int64Counter, error) {
	return meter.Int64Counter(m.Name, metric.WithUnit(m.Unit), metric.WithDescription(m.Description))
}

// Int64UpDownCounter makes the instrument of an up-down counter.
func (m Metric) Int64UpDownCounter(meter metric.Meter) (metric.Int64UpDownCounter, error) {
	return meter.Int64UpDownCounter(m.Name, metric.WithUnit(m.Unit), metric.WithDescription(m.Description))
}

// Float64Histogram makes the instrument of a histogram.
func (m Metric) Float64Histogram(meter metric.Meter) (metric.Float64Histogram, error) {
	opts := []metric.Float64HistogramOption{metric.WithUnit(m.Unit), metric.WithDescription(m.Description)}
	if len(m.Bounds) > 0 {
		opts = append(opts, metric.WithExplicitBucketBoundaries(m.Bounds...))
	}
	return meter.Float64Histogram(m.Name, opts...)
}

// Float64ObservableGauge makes the instrument of a gauge.
func (m Metric) Float64ObservableGauge(meter metric.Meter) (metric.Float64ObservableGauge, error) {
	return meter.Float64ObservableGauge(m.Name, metric.WithUnit(m.Unit), metric.WithDescription(m.Description))
}
