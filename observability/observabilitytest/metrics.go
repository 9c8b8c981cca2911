package observabilitytest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
)

// Metrics returns the recorded metrics whose names begin with one of the prefixes, or all of them: a line for each
// instrument with its type and unit, and under it a line for each set of attributes, everything sorted:
//
//	neuroglia.command.duration histogram s buckets=[0.005 0.01 0.025]
//	  {neuroglia.message.type=PlaceOrder neuroglia.outcome=success} count=1
//	neuroglia.message.active updowncounter {message}
//	  {neuroglia.message.kind=command} value=0
//
// Of what is measured in seconds or milliseconds only the count is shown.
func (r *Recorder) Metrics(prefixes ...string) string {
	r.tb.Helper()
	var texts []string
	for _, scope := range r.ResourceMetrics().ScopeMetrics {
		for _, m := range scope.Metrics {
			if len(prefixes) > 0 && !slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(m.Name, p) }) {
				continue
			}
			s := summarize(m)
			head := []string{m.Name, s.kind, m.Unit, s.buckets}
			if r.config.scopes {
				head = append(head, "scope="+scope.Scope.Name)
			}
			texts = append(texts, join(head...)+"\n"+r.points(s.points, isTime(m.Unit)))
		}
	}
	slices.Sort(texts)
	return strings.Join(texts, "")
}

// Value returns the value of a counter or gauge, or the count of a histogram, summed over the series that have all of
// the given attributes. It is 0 for what was never measured.
func (r *Recorder) Value(name string, attrs ...attribute.KeyValue) float64 {
	r.tb.Helper()
	var sum float64
	for _, scope := range r.ResourceMetrics().ScopeMetrics {
		for _, m := range scope.Metrics {
			if m.Name != name {
				continue
			}
			for _, p := range summarize(m).points {
				if hasAll(p.attrs, attrs) {
					sum += p.value
				}
			}
		}
	}
	return sum
}

func hasAll(set attribute.Set, attrs []attribute.KeyValue) bool {
	return !slices.ContainsFunc(attrs, func(a attribute.KeyValue) bool {
		v, ok := set.Value(a.Key)
		return !ok || v != a.Value
	})
}

func (r *Recorder) points(points []point, timing bool) string {
	lines := make([]string, 0, len(points))
	for _, p := range points {
		what := "value=" + fmt.Sprint(p.value)
		switch {
		case p.distribution && timing:
			what = fmt.Sprintf("count=%v", p.value)
		case p.distribution:
			what = fmt.Sprintf("count=%v sum=%v", p.value, p.sum)
		case timing:
			what = "value=*"
		}
		lines = append(lines, "  {"+join(r.config.attributes(p.attrs.ToSlice())...)+"} "+what+"\n")
	}
	slices.Sort(lines)
	return strings.Join(lines, "")
}

func isTime(unit string) bool { return unit == "s" || unit == "ms" || unit == "us" || unit == "ns" }

type summary struct {
	kind    string
	buckets string
	points  []point
}

// point is one series. The value of a distribution is its count.
type point struct {
	attrs        attribute.Set
	value, sum   float64
	distribution bool
}

func summarize(m metricdata.Metrics) summary {
	switch data := m.Data.(type) {
	case metricdata.Sum[int64]:
		return numbers(sumKind(data.IsMonotonic), data.DataPoints)
	case metricdata.Sum[float64]:
		return numbers(sumKind(data.IsMonotonic), data.DataPoints)
	case metricdata.Gauge[int64]:
		return numbers("gauge", data.DataPoints)
	case metricdata.Gauge[float64]:
		return numbers("gauge", data.DataPoints)
	case metricdata.Histogram[int64]:
		return histogram(data.DataPoints)
	case metricdata.Histogram[float64]:
		return histogram(data.DataPoints)
	case metricdata.ExponentialHistogram[int64]:
		return exponential(data.DataPoints)
	case metricdata.ExponentialHistogram[float64]:
		return exponential(data.DataPoints)
	}
	return summary{kind: fmt.Sprintf("%T", m.Data)}
}

func sumKind(monotonic bool) string {
	if monotonic {
		return "counter"
	}
	return "updowncounter"
}

func numbers[N int64 | float64](kind string, points []metricdata.DataPoint[N]) summary {
	s := summary{kind: kind}
	for _, p := range points {
		s.points = append(s.points, point{attrs: p.Attributes, value: float64(p.Value)})
	}
	return s
}

func histogram[N int64 | float64](points []metricdata.HistogramDataPoint[N]) summary {
	s := summary{kind: "histogram"}
	for _, p := range points {
		s.buckets = cmp.Or(s.buckets, fmt.Sprintf("buckets=%v", p.Bounds))
		s.points = append(s.points, point{attrs: p.Attributes, value: float64(p.Count), sum: float64(p.Sum), distribution: true})
	}
	return s
}

func exponential[N int64 | float64](points []metricdata.ExponentialHistogramDataPoint[N]) summary {
	s := summary{kind: "exponential_histogram"}
	for _, p := range points {
		s.points = append(s.points, point{attrs: p.Attributes, value: float64(p.Count), sum: float64(p.Sum), distribution: true})
	}
	return s
}
