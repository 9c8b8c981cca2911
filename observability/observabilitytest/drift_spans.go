package observabilitytest

import (
	"regexp"
	"slices"
	"strings"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"

	"github.com/neuroglia-go/neuroglia/telemetry"
)

func (b *drift) spans(r *Recorder, declared []telemetry.Span) {
	for _, s := range r.SpanStubs() {
		at := slices.IndexFunc(declared, func(d telemetry.Span) bool {
			return d.Kind == s.SpanKind && expand(d.Name, s.Attributes) == s.Name
		})
		if at < 0 {
			b.sayf("span %s %s: is not declared", s.SpanKind, s.Name)
			continue
		}
		b.span(s, declared[at])
	}
	for _, d := range declared {
		what := spanName(d)
		b.missing(what, d.Attributes)
		for event, keys := range d.Events {
			if b.seen[what] {
				b.missing(what+" event "+event, keys)
			}
		}
	}
}

func (b *drift) span(s tracetest.SpanStub, d telemetry.Span) {
	what := spanName(d)
	b.differs(what, "scope", s.InstrumentationScope.Name, d.Scope)
	b.recorded(what, keysOf(s.Attributes), append(slices.Clone(d.Attributes), b.tagged...))
	for _, event := range s.Events {
		keys, ok := d.Events[event.Name]
		if !ok {
			b.sayf("%s: event %s is not declared", what, event.Name)
			continue
		}
		b.recorded(what+" event "+event.Name, keysOf(event.Attributes), keys)
	}
}

func spanName(d telemetry.Span) string { return "span " + d.Kind.String() + " " + d.Name }

// expand puts the values of attributes into a pattern such as "{http.request.method} {http.route}". Those that a span
// does not have are left out; a method that is not known is called HTTP, as the conventions say.
func expand(pattern string, attrs []attribute.KeyValue) string {
	name := regexp.MustCompile(`\{[^}]*\}`).ReplaceAllStringFunc(pattern, func(key string) string {
		at := slices.IndexFunc(attrs, func(a attribute.KeyValue) bool { return "{"+string(a.Key)+"}" == key })
		if at < 0 {
			return ""
		}
		if attrs[at].Key == semconv.HTTPRequestMethodKey && attrs[at].Value == semconv.HTTPRequestMethodOther.Value {
			return "HTTP"
		}
		return attrs[at].Value.String()
	})
	return strings.TrimSpace(name)
}
