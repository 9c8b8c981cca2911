package promql

import (
	"fmt"
	"time"

	"go.opentelemetry.io/otel/attribute"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"

	"github.com/neuroglia-go/neuroglia/telemetry/registry"
)

// Grown is how often in the window, exactly: what a series has now, less what it had before. One that began in the window
// counts whole, where Increase does not know that it was zero before: the first failure of a kind, the first order of a
// process. It relies on series that never fall, as those of a process with an identity of its own.
func (s Series) Grown(by ...attribute.Key) Expr {
	s.check(by...)
	return s.grown(s.counted(), grouping(by))
}

// GrownTotal is the sum of what a histogram measured in the window, counted as Grown does.
func (s Series) GrownTotal(by ...attribute.Key) Expr {
	s.check(by...)
	return s.grown(s.histogram("_sum"), grouping(by))
}

// GrownBuckets is how many measurements fell below each bound in the window, counted as Grown does.
func (s Series) GrownBuckets() Expr { return s.grown(s.histogram("_bucket"), " by (le)") }

// Watched counts a series that began in the window only if it can have begun there: its process was seen before, or is young.
// What Prometheus sees for the first time, after a gap or without its data, may be old. It is for alerts, whose window is
// fixed.
func (s Series) Watched() Series {
	s.watched = true
	return s
}

func (s Series) grown(suffix, by string) Expr {
	if s.offset != "" {
		panic(fmt.Sprintf("promql: what %s has grown is known of the present only", s.name))
	}
	series := s.name + suffix + braces(s.matches)
	now := fmt.Sprintf("last_over_time(%s[%s])", series, s.window)
	before := fmt.Sprintf("last_over_time(%s[1h] offset %s)", series, s.window)
	if !s.watched {
		return Expr(fmt.Sprintf("sum%s (%s - (%s or 0 * %s))", by, now, before, now))
	}
	return Expr(fmt.Sprintf("sum%s (%s - %s or %s unless %s and on (%s) (%s))",
		by, now, before, now, before, Label(semconv.ServiceInstanceIDKey), s.processes()))
}

// processes are those that were there before the window, or began in it.
func (s Series) processes() string {
	window, err := time.ParseDuration(s.window)
	if err != nil {
		panic(fmt.Sprintf("promql: the window %s of %s is not fixed", s.window, s.name))
	}
	young := fmt.Sprintf("< %.0f", window.Seconds())
	return fmt.Sprintf("last_over_time(target_info[1h] offset %s) or %s %s or %s %s",
		s.window, Name(registry.Uptime()), young, CollectorUptime, young)
}

// CollectorUptime is how long the collector runs, in seconds. It says so of itself under its own name.
const CollectorUptime = "otelcol_process_uptime_seconds_total"
