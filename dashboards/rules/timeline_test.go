package rules_test

import (
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"go.opentelemetry.io/otel/attribute"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"

	"github.com/neuroglia-go/neuroglia/dashboards/promql"
	"github.com/neuroglia-go/neuroglia/telemetry"
	"github.com/neuroglia-go/neuroglia/telemetry/registry"
)

// timeline is the value of a series in each minute; NaN where it has none.
type timeline []float64

// begin is a timeline with the value in its first minute.
func begin(value float64) timeline { return timeline{value} }

// missing is a timeline whose first minutes have no value.
func missing(minutes int) timeline { return timeline{}.missing(minutes) }

func (l timeline) grow(minutes int, each float64) timeline {
	for range minutes {
		l = append(l, l.last()+each)
	}
	return l
}

func (l timeline) stay(minutes int) timeline { return l.grow(minutes, 0) }

// every grows by one at the beginning of each stretch of minutes.
func (l timeline) every(minutes, times int) timeline {
	for range times {
		l = l.grow(1, 1).stay(minutes - 1)
	}
	return l
}

func (l timeline) level(minutes int, value float64) timeline {
	for range minutes {
		l = append(l, value)
	}
	return l
}

func (l timeline) missing(minutes int) timeline { return l.level(minutes, math.NaN()) }

// last is the newest value, or 0 without one: counters begin there.
func (l timeline) last() float64 {
	for _, value := range slices.Backward(l) {
		if !math.IsNaN(value) {
			return value
		}
	}
	return 0
}

func (l timeline) plus(other timeline) timeline {
	if l == nil {
		return slices.Clone(other)
	}
	sum := slices.Clone(l)
	for i := range sum {
		sum[i] += other[i]
	}
	return sum
}

// series is a series as promtool reads it.
type series struct {
	Series string `yaml:"series"`
	Values string `yaml:"values"`
}

func line(selector promql.Expr, values timeline) series {
	texts := make([]string, len(values))
	for i, value := range values {
		texts[i] = strconv.FormatFloat(value, 'g', -1, 64)
		if math.IsNaN(value) {
			texts[i] = "_"
		}
	}
	return series{Series: string(selector), Values: strings.Join(texts, " ")}
}

// resource is the process that the series of stories come from.
func resource() []attribute.KeyValue {
	return []attribute.KeyValue{
		semconv.ServiceName("mario-pizzeria"), semconv.DeploymentEnvironmentNameProduction, semconv.ServiceInstanceID("a1"),
	}
}

// with are conditions that only one series meets: its labels.
func with(attributes ...attribute.KeyValue) []promql.Match {
	matches := make([]promql.Match, len(attributes))
	for i, a := range attributes {
		matches[i] = promql.Is(a.Key, a.Value.String())
	}
	return matches
}

// counted is a counter, or the count of a histogram.
func counted(m telemetry.Metric, values timeline, attributes ...attribute.KeyValue) series {
	suffix := ""
	if m.Kind == telemetry.KindHistogram {
		suffix = "_count"
	}
	return part(m, suffix, values, attributes...)
}

// part is one of the series of a metric, which must have the attributes.
func part(m telemetry.Metric, suffix string, values timeline, attributes ...attribute.KeyValue) series {
	name := promql.Name(m)
	selector := string(promql.Of(m, with(append(resource(), attributes...)...)...).Select())
	return line(promql.Expr(name+suffix+strings.TrimPrefix(selector, name)), values)
}

// measured are the buckets and the count of a histogram, of measurements that fell into the buckets up to the bounds.
func measured(m telemetry.Metric, fell map[float64]timeline, attributes ...attribute.KeyValue) []series {
	var all []series
	var sum timeline
	bounds := slices.Sorted(maps.Keys(fell))
	for _, le := range append(slices.Clone(m.Bounds), math.Inf(1)) {
		var below timeline
		for _, bound := range bounds {
			if bound <= le {
				below = below.plus(fell[bound])
			}
		}
		if below == nil {
			below = make(timeline, len(fell[bounds[0]]))
		}
		bucket := part(m, "_bucket", below, attributes...)
		bucket.Series = strings.TrimSuffix(bucket.Series, "}") + `, le="` + strconv.FormatFloat(le, 'g', -1, 64) + `"}`
		all, sum = append(all, bucket), below
	}
	return append(all, counted(m, sum, attributes...))
}

// foreign is a series of the stack's own programs, or one that Prometheus makes.
func foreign(name string, values timeline, attributes ...attribute.KeyValue) series {
	identified := slices.ContainsFunc(attributes, func(a attribute.KeyValue) bool { return a.Key == semconv.ServiceInstanceIDKey })
	if strings.HasPrefix(name, "otelcol_") && !identified {
		attributes = append(attributes, semconv.ServiceInstanceID("c1"))
	}
	return line(promql.Named(name, telemetry.KindGauge, with(attributes...)...).Select(), values)
}

// running are the series of the processes that the stories are about, which run from the first minute on. Stories that are
// about processes themselves have their own.
func running(given []series) []series {
	for _, s := range given {
		if strings.HasPrefix(s.Series, "target_info") || strings.HasPrefix(s.Series, promql.CollectorUptime) {
			return nil
		}
	}
	minutes := length(given)
	up, uptime := begin(1).stay(minutes), begin(0).grow(minutes, 60)
	return []series{
		info("mario-pizzeria", "a1", up), info("otel-collector", "c1", up),
		part(registry.Uptime(), "", uptime), foreign(promql.CollectorUptime, uptime),
	}
}
