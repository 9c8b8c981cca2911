package linestest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	commonv1 "go.opentelemetry.io/proto/otlp/common/v1"
	tracev1 "go.opentelemetry.io/proto/otlp/trace/v1"
)

// tree returns the spans as text, children under their parents: name, kind, status if it is an error, and the keys of
// the attributes. Those of spans of the server are left out, because what of a client may be recorded is a choice, and so
// is the version of an entity, because the repository written by hand has none.
func (c *collector) tree() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	slices.SortStableFunc(c.spans, func(a, b *tracev1.Span) int {
		return cmp.Compare(a.GetStartTimeUnixNano(), b.GetStartTimeUnixNano())
	})
	var text strings.Builder
	c.children(&text, nil, "")
	return text.String()
}

func (c *collector) children(text *strings.Builder, parent []byte, indent string) {
	for _, s := range c.spans {
		if string(s.GetParentSpanId()) != string(parent) {
			continue
		}
		kind := strings.TrimPrefix(s.GetKind().String(), "SPAN_KIND_")
		fmt.Fprintf(text, "%s%s %s", indent, s.GetName(), kind)
		if s.GetStatus().GetCode() == tracev1.Status_STATUS_CODE_ERROR {
			text.WriteString(" ERROR")
		}
		if s.GetKind() != tracev1.Span_SPAN_KIND_SERVER {
			text.WriteString(" " + strings.Join(keys(s.GetAttributes()), " "))
		}
		if n := len(s.GetLinks()); n > 0 {
			fmt.Fprintf(text, " links=%d", n)
		}
		text.WriteString("\n")
		c.children(text, s.GetSpanId(), indent+"  ")
	}
}

// series returns the metrics with the given names as text: name, unit, kind and the sets of attributes.
func (c *collector) series(names []string) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	var text strings.Builder
	for _, name := range names {
		m := c.metrics[name]
		fmt.Fprintf(&text, "%s %s", name, m.GetUnit())
		var points []string
		for _, p := range m.GetHistogram().GetDataPoints() {
			points = append(points, fmt.Sprintf("  %s buckets=%d count=%d",
				set(p.GetAttributes()), len(p.GetBucketCounts()), p.GetCount()))
		}
		for _, p := range m.GetSum().GetDataPoints() {
			points = append(points, fmt.Sprintf("  %s value=%d", set(p.GetAttributes()), p.GetAsInt()))
		}
		slices.Sort(points)
		text.WriteString("\n" + strings.Join(points, "\n") + "\n")
	}
	return text.String()
}

func keys(attrs []*commonv1.KeyValue) []string {
	found := make([]string, 0, len(attrs))
	for _, a := range attrs {
		if a.GetKey() != "neuroglia.entity.version" {
			found = append(found, a.GetKey())
		}
	}
	slices.Sort(found)
	return found
}

// set returns attributes with their values, but for names of functions and packages, which differ.
func set(attrs []*commonv1.KeyValue) string {
	found := make([]string, 0, len(attrs))
	for _, a := range attrs {
		value := a.GetValue().GetStringValue()
		if a.GetKey() == "neuroglia.event.handler" || a.GetKey() == "neuroglia.repository.type" {
			value = "*"
		}
		found = append(found, a.GetKey()+"="+value)
	}
	slices.Sort(found)
	return "{" + strings.Join(found, " ") + "}"
}
