// Package promql writes PromQL queries of declared metrics. Names and labels come from the declarations through
// Prometheus's own translation library, the one that its OTLP receiver uses, so that no query can name what is not there.
package promql

import (
	"fmt"

	"github.com/prometheus/otlptranslator"
	"go.opentelemetry.io/otel/attribute"

	"github.com/neuroglia-go/neuroglia/telemetry"
)

// Name returns the metric's name in Prometheus, as its OTLP receiver makes it with the strategy
// UnderscoreEscapingWithSuffixes: "neuroglia_command_duration_seconds". A histogram's series have it with _bucket, _sum
// and _count added.
func Name(m telemetry.Metric) string {
	namer := otlptranslator.NewMetricNamer("", otlptranslator.UnderscoreEscapingWithSuffixes)
	name, err := namer.Build(otlptranslator.Metric{Name: m.Name, Unit: m.Unit, Type: kind(m.Kind)})
	if err != nil || m.Name == "" {
		panic(fmt.Sprintf("promql: metric %q has no name in Prometheus: %v", m.Name, err))
	}
	return name
}

// Label returns the label that an attribute becomes in Prometheus: "http_route".
func Label(key attribute.Key) string {
	namer := otlptranslator.LabelNamer{}
	label, err := namer.Build(string(key))
	if err != nil {
		panic(fmt.Sprintf("promql: label of attribute %s: %v", key, err))
	}
	return label
}

func kind(k telemetry.Kind) otlptranslator.MetricType {
	switch k {
	case telemetry.KindCounter:
		return otlptranslator.MetricTypeMonotonicCounter
	case telemetry.KindUpDownCounter:
		return otlptranslator.MetricTypeNonMonotonicCounter
	case telemetry.KindHistogram:
		return otlptranslator.MetricTypeHistogram
	case telemetry.KindGauge:
		return otlptranslator.MetricTypeGauge
	default:
		panic(fmt.Sprintf("promql: metric of unknown kind %q", k))
	}
}
