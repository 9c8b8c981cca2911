package promql

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"go.opentelemetry.io/otel/attribute"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"

	"github.com/neuroglia-go/neuroglia/telemetry"
)

// The windows of queries in dashboards, which Grafana replaces.
const (
	// Interval is the window of rates: at least four times the interval of collection.
	Interval = "$__rate_interval"
	// Range is the whole of what the dashboard shows.
	Range = "$__range"
)

// Series are the series of a declared metric. Its methods write queries; one that the declaration does not allow, such as
// the rate of a gauge or a sum by an attribute that the metric does not have, panics.
type Series struct {
	metric  telemetry.Metric
	name    string
	matches []Match
	window  string
	offset  string
	watched bool
}

// Of returns the series of a metric that match, with the window [Interval].
func Of(m telemetry.Metric, matches ...Match) Series {
	return Series{metric: m, name: Name(m), window: Interval}.Where(matches...)
}

// Named returns the series of a metric of Prometheus's world that nobody here declares, such as those of the stack's own
// programs. Its labels are not checked.
func Named(name string, k telemetry.Kind, matches ...Match) Series {
	return Series{metric: telemetry.Metric{Kind: k}, name: name, window: Interval}.Where(matches...)
}

// Where narrows the series.
func (s Series) Where(matches ...Match) Series {
	for _, m := range matches {
		s.check(m.key)
	}
	s.matches = append(slices.Clone(s.matches), matches...)
	return s
}

// Over sets the window of rates and increases.
func (s Series) Over(window string) Series {
	s.window = window
	return s
}

// Before moves the query to the past.
func (s Series) Before(offset string) Series {
	s.offset = " offset " + offset
	return s
}

// Rate is how often per second: of a counter, or of a histogram's measurements.
func (s Series) Rate(by ...attribute.Key) Expr { return s.sum("rate", s.ranged(s.counted()), by) }

// Increase is how often in the window.
func (s Series) Increase(by ...attribute.Key) Expr {
	return s.sum("increase", s.ranged(s.counted()), by)
}

// Total is the sum of what a histogram measured in the window.
func (s Series) Total(by ...attribute.Key) Expr { return s.sum("increase", s.part("_sum"), by) }

// Mean is the average of what a histogram measured in the window.
func (s Series) Mean(by ...attribute.Key) Expr {
	return s.sum("rate", s.part("_sum"), by).Per(s.sum("rate", s.part("_count"), by))
}

// Quantile is an estimate from a histogram's buckets: 0.95 for the value that 95 % are below.
func (s Series) Quantile(q float64, by ...attribute.Key) Expr {
	return Expr(fmt.Sprintf("histogram_quantile(%s, %s)", strconv.FormatFloat(q, 'g', -1, 64), s.Buckets(by...)))
}

// Buckets are the rates of a histogram's buckets.
func (s Series) Buckets(by ...attribute.Key) Expr {
	s.check(by...)
	return Expr(fmt.Sprintf("sum by (%s) (rate(%s))", strings.Join(append([]string{"le"}, labels(by)...), ", "),
		s.part("_bucket")))
}

// BucketIncrease is how many measurements fell below each bound in the window.
func (s Series) BucketIncrease() Expr {
	return Expr(fmt.Sprintf("sum by (le) (increase(%s))", s.part("_bucket")))
}

// Share is the part of the measurements in the window, between 0 and 1, for which the further conditions hold, counted as
// Grown does. It is 0, not absent, while none of them was ever met, and absent without traffic.
func (s Series) Share(of []Match, by ...attribute.Key) Expr {
	all := s.Grown(by...)
	return s.Where(of...).Grown(by...).Or("0 * " + all).In().Per(all.Above("0"))
}

// Sum is the sum of present values.
func (s Series) Sum(by ...attribute.Key) Expr { return s.aggregate("sum", by) }

// Max is the greatest of present values.
func (s Series) Max(by ...attribute.Key) Expr { return s.aggregate("max", by) }

// Least is the smallest of the values in the window.
func (s Series) Least(by ...attribute.Key) Expr {
	s.check(by...)
	return Expr(fmt.Sprintf("min%s (min_over_time(%s))", grouping(by), s.ranged(s.single())))
}

// Count is how many series there are.
func (s Series) Count(by ...attribute.Key) Expr { return s.aggregate("count", by) }

// Select is the plain selector.
func (s Series) Select() Expr { return Expr(s.name + braces(s.matches) + s.offset) }

// Age is how many seconds ago the newest value was written. It is known for an hour: a plain selector finds nothing that is
// older than five minutes.
func (s Series) Age(by ...attribute.Key) Expr {
	s.check(by...)
	newest := fmt.Sprintf("max%s (timestamp(%s))", grouping(by), s.Select())
	ended := fmt.Sprintf("max%s (max_over_time(timestamp(%s)[1h:1m]))", grouping(by), s.Select())
	return "time() - " + Expr(newest).Or(Expr(ended)).In()
}

// Seen has the value 1 for all that had a value in the window.
func (s Series) Seen(by ...attribute.Key) Expr {
	s.check(by...)
	return Expr(fmt.Sprintf("group%s (max_over_time(%s))", grouping(by), s.ranged(s.single())))
}

// Absent has the value 1 if there was no value in the window.
func (s Series) Absent() Expr { return Expr("absent_over_time(" + s.ranged(s.single()) + ")") }

func (s Series) aggregate(function string, by []attribute.Key) Expr {
	s.check(by...)
	return Expr(fmt.Sprintf("%s%s (%s)", function, grouping(by), s.Select()))
}

func (s Series) sum(function, selector string, by []attribute.Key) Expr {
	s.check(by...)
	return Expr(fmt.Sprintf("sum%s (%s(%s))", grouping(by), function, selector))
}

// counted is the suffix of the series that have one count for each measurement.
func (s Series) counted() string {
	switch s.metric.Kind {
	case telemetry.KindHistogram:
		return "_count"
	case telemetry.KindCounter:
		return ""
	case telemetry.KindUpDownCounter, telemetry.KindGauge:
	}
	panic(fmt.Sprintf("promql: %s is a %s, which has no rate", s.name, s.metric.Kind))
}

func (s Series) part(suffix string) string { return s.ranged(s.histogram(suffix)) }

// histogram is the suffix, which only the series of histograms have.
func (s Series) histogram(suffix string) string {
	if s.metric.Kind != telemetry.KindHistogram {
		panic(fmt.Sprintf("promql: %s is a %s, and has no %s", s.name, s.metric.Kind, suffix))
	}
	return suffix
}

// single is the suffix of the one series of what is no histogram.
func (s Series) single() string {
	if s.metric.Kind == telemetry.KindHistogram {
		panic(fmt.Sprintf("promql: %s is a histogram, which has no series of its name", s.name))
	}
	return ""
}

func (s Series) ranged(suffix string) string {
	return s.name + suffix + braces(s.matches) + "[" + s.window + "]" + s.offset
}

// check panics if the metric cannot have one of the attributes.
func (s Series) check(keys ...attribute.Key) {
	for _, key := range keys {
		if s.metric.Name != "" && !s.metric.Has(key) && !slices.Contains(Promoted(), key) {
			panic(fmt.Sprintf("promql: metric %s has no attribute %s", s.metric.Name, key))
		}
	}
}

// Overflow is on the one series that the SDK counts all in that are too many.
const Overflow = attribute.Key("otel.metric.overflow")

// Promoted are the attributes of the resource that each series has as labels, since prometheus.yml promotes them.
func Promoted() []attribute.Key {
	return []attribute.Key{
		semconv.ServiceNameKey, semconv.ServiceNamespaceKey, semconv.ServiceInstanceIDKey, semconv.ServiceVersionKey,
		semconv.DeploymentEnvironmentNameKey, semconv.HostNameKey, Overflow, "job", "instance",
	}
}

func grouping(by []attribute.Key) string {
	if len(by) == 0 {
		return ""
	}
	return " by (" + strings.Join(labels(by), ", ") + ")"
}

func labels(keys []attribute.Key) []string {
	names := make([]string, len(keys))
	for i, key := range keys {
		names[i] = Label(key)
	}
	return names
}
