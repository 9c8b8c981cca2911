package observabilitytest

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// Spans returns the recorded spans as trees, one span a line, children indented by two spaces under their parent in
// the order of their start:
//
//	POST /api/orders SERVER http.route=/api/orders
//	  Command.PlaceOrder INTERNAL ERROR(disk full) error.type=*errors.errorString
//	    event retry attempt=2
//	    link -> publish order.created.v1
//
// The status is shown only if it is set. A span whose parent was recorded elsewhere says "(remote parent)" or
// "(parent not recorded)", one that was started and never ended says "(not ended)".
func (r *Recorder) Spans() string {
	started := r.spans.Started()
	f := forest{config: &r.config, names: map[trace.SpanID]string{}, children: map[trace.SpanID][]sdktrace.ReadOnlySpan{}}
	for _, s := range started {
		f.names[s.SpanContext().SpanID()] = s.Name()
	}
	var roots []sdktrace.ReadOnlySpan
	for _, s := range started {
		parent := s.Parent().SpanID()
		if _, recorded := f.names[parent]; recorded {
			f.children[parent] = append(f.children[parent], s)
		} else {
			roots = append(roots, s)
		}
	}
	return strings.Join(f.trees(roots, ""), "")
}

// checkEnded fails a test that has not failed yet if a span has not ended.
func (r *Recorder) checkEnded() {
	if r.config.unended || r.tb.Failed() {
		return
	}
	for _, s := range r.spans.Started() {
		if s.EndTime().IsZero() {
			r.tb.Errorf("span %s %s (not ended)", s.Name(), strings.ToUpper(s.SpanKind().String()))
		}
	}
}

type forest struct {
	config   *config
	names    map[trace.SpanID]string
	children map[trace.SpanID][]sdktrace.ReadOnlySpan
}

// trees returns the text of each span with everything below it.
func (f *forest) trees(spans []sdktrace.ReadOnlySpan, indent string) []string {
	slices.SortStableFunc(spans, func(a, b sdktrace.ReadOnlySpan) int { return a.StartTime().Compare(b.StartTime()) })
	texts := make([]string, 0, len(spans))
	for _, s := range spans {
		var b strings.Builder
		b.WriteString(indent + f.span(s) + "\n")
		for _, e := range s.Events() {
			b.WriteString(indent + "  event " + join(e.Name, f.attributes(e.Attributes)) + "\n")
		}
		for _, l := range s.Links() {
			target := cmp.Or(f.names[l.SpanContext.SpanID()], "(not recorded)")
			b.WriteString(indent + "  link -> " + join(target, f.attributes(l.Attributes)) + "\n")
		}
		b.WriteString(strings.Join(f.trees(f.children[s.SpanContext().SpanID()], indent+"  "), ""))
		texts = append(texts, b.String())
	}
	if f.config.unordered {
		slices.Sort(texts)
	}
	return texts
}

func (f *forest) span(s sdktrace.ReadOnlySpan) string {
	words := []string{s.Name(), strings.ToUpper(s.SpanKind().String())}
	switch status := s.Status(); status.Code {
	case codes.Error:
		words = append(words, "ERROR("+status.Description+")")
	case codes.Ok:
		words = append(words, "OK")
	case codes.Unset:
	}
	words = append(words, f.attributes(s.Attributes()))
	if f.config.scopes {
		words = append(words, "scope="+s.InstrumentationScope().Name)
	}
	if parent := s.Parent(); parent.IsRemote() && f.names[parent.SpanID()] == "" {
		words = append(words, "(remote parent)")
	} else if parent.IsValid() && f.names[parent.SpanID()] == "" {
		words = append(words, "(parent not recorded)")
	}
	if s.EndTime().IsZero() {
		words = append(words, "(not ended)")
	}
	return join(words...)
}

func (f *forest) attributes(attrs []attribute.KeyValue) string {
	return join(f.config.attributes(attrs)...)
}

// attributes returns the text of each attribute, sorted by key.
func (c *config) attributes(attrs []attribute.KeyValue) []string {
	sorted := slices.Clone(attrs)
	slices.SortStableFunc(sorted, func(a, b attribute.KeyValue) int { return cmp.Compare(a.Key, b.Key) })
	words := make([]string, 0, len(sorted))
	for _, a := range sorted {
		if text := c.show(string(a.Key), a.Value.String()); text != "" {
			words = append(words, text)
		}
	}
	return words
}

// join puts one space between the words that are not empty.
func join(words ...string) string {
	return strings.Join(slices.DeleteFunc(words, func(w string) bool { return w == "" }), " ")
}

// quote quotes a value that would not be one word.
func quote(value string) string {
	if value == "" || value[0] == '"' || strings.ContainsFunc(value, func(r rune) bool { return r == ' ' || !unicode.IsPrint(r) }) {
		return strconv.Quote(value)
	}
	return value
}
