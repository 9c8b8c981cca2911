// Package registry declares all telemetry of the framework, as data: each metric, attribute and span once.
//
// Instrumentation, documentation, dashboards and alerts take names, units, buckets and keys of attributes from here. What
// OpenTelemetry's semantic conventions declare is taken from their Go packages.
package registry

import (
	"cmp"
	"slices"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"github.com/neuroglia-go/neuroglia/telemetry"
)

const module = "github.com/neuroglia-go/neuroglia"

// Metrics returns all metrics, by area.
func Metrics() []telemetry.Metric {
	return slices.Concat(
		mediatorMetrics(), repositoryMetrics(), outboxMetrics(), eventbusMetrics(), resilienceMetrics(), httpMetrics(),
		databaseMetrics(), runtimeMetrics(), sdkMetrics())
}

// Spans returns all spans, by area.
func Spans() []telemetry.Span {
	return slices.Concat(mediatorSpans(), repositorySpans(), outboxSpans(), eventbusSpans(), httpSpans(), databaseSpans())
}

// Logs returns the log records of what the spans show.
func Logs() []telemetry.Log {
	return slices.Concat(mediatorLogs(), repositoryLogs(), outboxLogs(), eventbusLogs(), resilienceLogs(), httpLogs())
}

// Attributes returns the attributes of everything declared here, sorted by key.
func Attributes() []telemetry.Attribute {
	found := slices.Concat(commonAttributes(), mediatorAttributes(), repositoryAttributes(), outboxAttributes(),
		eventbusAttributes(), resilienceAttributes(), admissionAttributes())
	add := func(keys []attribute.Key) {
		for _, key := range keys {
			if !slices.ContainsFunc(found, func(a telemetry.Attribute) bool { return a.Key == key }) {
				found = append(found, telemetry.Attribute{Key: key})
			}
		}
	}
	for _, m := range Metrics() {
		add(m.Attributes)
	}
	for _, s := range Spans() {
		add(s.Attributes)
		for _, keys := range s.Events {
			add(keys)
		}
	}
	for _, l := range Logs() {
		add(l.Attributes)
	}
	slices.SortFunc(found, func(a, b telemetry.Attribute) int { return cmp.Compare(a.Key, b.Key) })
	return found
}

// Seconds returns the upper bounds of the buckets of durations: those that the semantic conventions advise for HTTP
// servers.
func Seconds() []float64 {
	return []float64{0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10}
}

// Lags returns the upper bounds of the buckets of times that events wait: what is done at once, and what is done again
// after hours.
func Lags() []float64 {
	return []float64{0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600, 14400}
}

// described is a metric of the semantic conventions.
type described interface {
	Name() string
	Unit() string
	Description() string
}

// convention declares a metric as the semantic conventions do, with the attributes that it really has here. The bounds
// are nil if a library of others chooses them.
func convention(of described, bounds []float64, attributes ...attribute.Key) telemetry.Metric {
	m := telemetry.Metric{
		Name: of.Name(), Unit: of.Unit(), Description: of.Description(), Attributes: attributes, Bounds: bounds,
	}
	switch of.(type) {
	case interface{ Inst() metric.Int64Counter }, interface {
		Inst() metric.Int64ObservableCounter
	}, interface {
		Inst() metric.Float64ObservableCounter
	}:
		m.Kind = telemetry.KindCounter
	case interface {
		Inst() metric.Int64UpDownCounter
	}, interface {
		Inst() metric.Int64ObservableUpDownCounter
	}:
		m.Kind = telemetry.KindUpDownCounter
	case interface {
		Inst() metric.Float64Histogram
	}, interface{ Inst() metric.Int64Histogram }:
		m.Kind = telemetry.KindHistogram
	case interface {
		Inst() metric.Float64ObservableGauge
	}:
		m.Kind = telemetry.KindGauge
	}
	return m
}
