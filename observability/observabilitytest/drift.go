package observabilitytest

import (
	"fmt"
	"slices"
	"strings"

	"go.opentelemetry.io/otel/attribute"

	"github.com/neuroglia-go/neuroglia/telemetry"
)

// Declared is what the recorded telemetry is compared with by [Recorder.Drift].
type Declared struct {
	Metrics []telemetry.Metric
	Spans   []telemetry.Span
	Logs    []telemetry.Log
	// Tagged are the keys of tagged fields, which spans and log records have beside those that are declared for them.
	Tagged []attribute.Key
}

// Of returns what is declared of the given scopes.
func (d Declared) Of(scopes ...string) Declared {
	return Declared{
		Metrics: slices.DeleteFunc(slices.Clone(d.Metrics), func(m telemetry.Metric) bool { return !slices.Contains(scopes, m.Scope) }),
		Spans:   slices.DeleteFunc(slices.Clone(d.Spans), func(s telemetry.Span) bool { return !slices.Contains(scopes, s.Scope) }),
		Logs:    slices.DeleteFunc(slices.Clone(d.Logs), func(l telemetry.Log) bool { return !slices.Contains(scopes, l.Scope) }),
		Tagged:  d.Tagged,
	}
}

// Drift compares what was recorded with what is declared, both ways: what is recorded and not declared, what is declared
// and not recorded, and what differs, a line each, sorted. Metrics are compared with name, kind, unit, description, buckets
// and scope, spans with name, kind, scope and events, log records with text and level, and all with the keys of their
// attributes.
func (r *Recorder) Drift(d Declared) string {
	r.tb.Helper()
	b := &drift{tagged: d.Tagged, seen: map[string]bool{}, lines: map[string]bool{}}
	b.metrics(r, d.Metrics)
	b.spans(r, d.Spans)
	b.logs(r, d.Logs)
	lines := make([]string, 0, len(b.lines))
	for line := range b.lines {
		lines = append(lines, line+"\n")
	}
	slices.Sort(lines)
	return strings.Join(lines, "")
}

// drift is a comparison that is going on.
type drift struct {
	tagged []attribute.Key
	seen   map[string]bool // what was recorded: "metric x", "metric x attribute y"
	lines  map[string]bool
}

func (b *drift) sayf(format string, args ...any) { b.lines[fmt.Sprintf(format, args...)] = true }

// differs says that a property of what is a thing of that name is not as declared, unless it is.
func (b *drift) differs(what, property, got, want string) {
	if got != want {
		b.sayf("%s: %s is %q, declared as %q", what, property, got, want)
	}
}

// recorded compares the attributes of something that was recorded with those that are declared.
func (b *drift) recorded(what string, keys, declared []attribute.Key) {
	b.seen[what] = true
	for _, key := range keys {
		b.seen[what+" attribute "+string(key)] = true
		if !slices.Contains(declared, key) {
			b.sayf("%s: attribute %s is not declared", what, key)
		}
	}
}

// missing says what is declared and was never recorded.
func (b *drift) missing(what string, declared []attribute.Key) {
	if !b.seen[what] {
		b.sayf("%s: is not recorded", what)
		return
	}
	for _, key := range declared {
		if !b.seen[what+" attribute "+string(key)] {
			b.sayf("%s: attribute %s is not recorded", what, key)
		}
	}
}

func (b *drift) metrics(r *Recorder, declared []telemetry.Metric) {
	for _, scope := range r.ResourceMetrics().ScopeMetrics {
		for _, m := range scope.Metrics {
			what := "metric " + m.Name
			at := slices.IndexFunc(declared, func(d telemetry.Metric) bool { return d.Name == m.Name })
			if at < 0 {
				b.sayf("%s: is not declared", what)
				continue
			}
			d, s := declared[at], summarize(m)
			b.differs(what, "kind", s.kind, string(d.Kind))
			b.differs(what, "unit", m.Unit, d.Unit)
			b.differs(what, "description", m.Description, d.Description)
			if d.Scope != "" {
				b.differs(what, "scope", scope.Scope.Name, d.Scope)
			}
			if d.Bounds != nil {
				b.differs(what, "buckets", s.buckets, fmt.Sprintf("buckets=%v", d.Bounds))
			}
			for _, p := range s.points {
				b.recorded(what, keysOf(p.attrs.ToSlice()), d.Attributes)
			}
		}
	}
	for _, d := range declared {
		b.missing("metric "+d.Name, d.Attributes)
	}
}

func (b *drift) logs(r *Recorder, declared []telemetry.Log) {
	for _, record := range r.LogRecords() {
		what := "log record " + record.Message
		at := slices.IndexFunc(declared, func(d telemetry.Log) bool { return d.Message == record.Message })
		if at < 0 {
			b.sayf("%s: is not declared", what)
			continue
		}
		d := declared[at]
		b.differs(what, "level", record.Level.String(), d.Level.String())
		var keys []attribute.Key
		for _, a := range record.Attrs {
			keys = append(keys, attribute.Key(a.Key))
		}
		b.recorded(what, keys, append(slices.Clone(d.Attributes), b.tagged...))
	}
	for _, d := range declared {
		b.missing("log record "+d.Message, d.Attributes)
	}
}

func keysOf(attrs []attribute.KeyValue) []attribute.Key {
	keys := make([]attribute.Key, 0, len(attrs))
	for _, a := range attrs {
		keys = append(keys, a.Key)
	}
	return keys
}
