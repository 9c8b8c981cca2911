package e2e_test

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"go.opentelemetry.io/collector/pdata/ptrace"
)

// tree returns one trace as text, a span a line, children below their parent in the order of their start. A trace that is
// linked to one of the spans is below that span, after a tilde. The service is named where it changes.
func tree(spans []span, trace string) string {
	f := forest{spans: spans}
	f.write(key(trace, ""), "", 0)
	return f.text.String()
}

type forest struct {
	spans []span
	text  strings.Builder
}

// write writes what is below a span, which is named by its trace and itself.
func (f *forest) write(parent, service string, indent int) {
	var children []span
	for _, s := range f.spans {
		if above(s) == parent {
			children = append(children, s)
		}
	}
	slices.SortFunc(children, inOrder)
	for _, s := range children {
		f.text.WriteString(strings.Repeat("  ", indent))
		if linked(s) {
			f.text.WriteString("~ ")
		}
		f.line(s)
		if s.service != service && s.service != "mario-pizzeria" || service != "" && s.service != service {
			fmt.Fprintf(&f.text, "  @%s", s.service)
		}
		f.text.WriteByte('\n')
		f.write(key(s.TraceID().String(), s.SpanID().String()), s.service, indent+1)
	}
}

// line writes what a span is.
func (f *forest) line(s span) {
	f.text.WriteString(s.Name())
	if s.Kind() != ptrace.SpanKindInternal {
		fmt.Fprintf(&f.text, "  %s", strings.ToUpper(s.Kind().String()))
	}
	for _, key := range []string{"neuroglia.entity.type", "neuroglia.event.handler", "messaging.consumer.group.name"} {
		if v, ok := s.Attributes().Get(key); ok {
			fmt.Fprintf(&f.text, "  %s", v.Str())
		}
	}
	if s.Status().Code() == ptrace.StatusCodeError {
		f.text.WriteString("  ERROR")
	}
}

func key(trace, id string) string { return trace + " " + id }

// above names the parent of a span, or what the first span of a trace is linked to.
func above(s span) string {
	if linked(s) {
		link := s.Links().At(0)
		return key(link.TraceID().String(), link.SpanID().String())
	}
	return key(s.TraceID().String(), s.ParentSpanID().String())
}

func linked(s span) bool { return s.ParentSpanID().IsEmpty() && s.Links().Len() > 0 }

// inOrder compares two spans with one parent by their start, and by their group if both process an event, which groups do
// at the same time.
func inOrder(a, b span) int {
	if a.Kind() == ptrace.SpanKindConsumer && b.Kind() == ptrace.SpanKindConsumer {
		return strings.Compare(group(a), group(b))
	}
	return cmp.Compare(a.StartTimestamp(), b.StartTimestamp())
}

func group(s span) string {
	v, _ := s.Attributes().Get("messaging.consumer.group.name")
	return v.AsString()
}
