package observability

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.opentelemetry.io/otel/attribute"
	sdklog "go.opentelemetry.io/otel/sdk/log"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
)

// edit replaces texts. What it is made of returns what it was given, and false, if there is nothing to replace, and so do its
// methods: then nothing is copied.
type edit struct {
	name func(string) (string, bool) // names and keys
	text func(string) (string, bool) // all other text
}

func (e edit) attribute(a attribute.KeyValue) (attribute.KeyValue, bool) {
	key, otherKey := e.name(string(a.Key))
	value, otherValue := e.value(a.Value)
	return attribute.KeyValue{Key: attribute.Key(key), Value: value}, otherKey || otherValue
}

func (e edit) value(v attribute.Value) (attribute.Value, bool) {
	switch v.Type() { //nolint:exhaustive // the others hold no text
	case attribute.STRING:
		if s, other := e.text(v.AsString()); other {
			return attribute.StringValue(s), true
		}
	case attribute.STRINGSLICE:
		if s, other := edited(v.AsStringSlice(), e.text); other {
			return attribute.StringSliceValue(s), true
		}
	case attribute.SLICE:
		if s, other := edited(v.AsSlice(), e.value); other {
			return attribute.SliceValue(s...), true
		}
	case attribute.MAP:
		if m, other := e.attributes(v.AsMap()); other {
			return attribute.MapValue(m...), true
		}
	}
	return v, false
}

// span holds on to nothing of a span in which it replaces text.
func (e edit) span(s sdktrace.ReadOnlySpan) (sdktrace.ReadOnlySpan, bool) {
	var other [5]bool
	name, status := s.Name(), s.Status()
	name, other[0] = e.name(name)
	status.Description, other[1] = e.text(status.Description)
	attrs, otherAttrs := e.attributes(s.Attributes())
	events, otherEvents := edited(s.Events(), e.event)
	links, otherLinks := edited(s.Links(), e.link)
	other[2], other[3], other[4] = otherAttrs, otherEvents, otherLinks
	if other == [5]bool{} {
		return s, false
	}
	copied := tracetest.SpanStubFromReadOnlySpan(s)
	copied.Name, copied.Status, copied.Attributes, copied.Events, copied.Links = name, status, attrs, events, links
	return copied.Snapshot(), true
}

func (e edit) event(v sdktrace.Event) (sdktrace.Event, bool) {
	var otherName, otherAttrs bool
	v.Name, otherName = e.name(v.Name)
	v.Attributes, otherAttrs = e.attributes(v.Attributes)
	return v, otherName || otherAttrs
}

func (e edit) link(l sdktrace.Link) (sdktrace.Link, bool) {
	var other bool
	l.Attributes, other = e.attributes(l.Attributes)
	return l, other
}

func (e edit) record(r sdklog.Record) (sdklog.Record, bool) {
	body, otherBody := e.value(r.Body())
	severity, otherSeverity := e.name(r.SeverityText())
	event, otherEvent := e.name(r.EventName())
	otherAttrs := false
	for a := range r.WalkAttributes {
		if _, otherAttrs = e.attribute(a); otherAttrs {
			break
		}
	}
	if !otherBody && !otherSeverity && !otherEvent && !otherAttrs {
		return r, false
	}
	r = r.Clone()
	r.SetBody(body)
	r.SetSeverityText(severity)
	r.SetEventName(event)
	if otherAttrs {
		attrs := make([]attribute.KeyValue, 0, r.AttributesLen())
		for a := range r.WalkAttributes {
			a, _ = e.attribute(a)
			attrs = append(attrs, a)
		}
		replaceAttributes(&r, attrs)
	}
	return r, true
}

// replaceAttributes keeps how many attributes were dropped, which SetAttributes counts anew. They were dropped because there
// is a most of them, so as many that are too many are dropped again.
func replaceAttributes(r *sdklog.Record, attrs []attribute.KeyValue) {
	for i := range r.DroppedAttributes() {
		attrs = append(attrs, attribute.Bool("dropped "+strconv.Itoa(i), true))
	}
	r.SetAttributes(attrs...)
}

// attributes is edited for attributes, of which spans have many: it hands on none by value.
func (e edit) attributes(list []attribute.KeyValue) ([]attribute.KeyValue, bool) {
	copied := false
	for i := range list {
		key, otherKey := e.name(string(list[i].Key))
		value, otherValue := e.value(list[i].Value)
		if !otherKey && !otherValue {
			continue
		}
		if !copied {
			list, copied = slices.Clone(list), true
		}
		list[i] = attribute.KeyValue{Key: attribute.Key(key), Value: value}
	}
	return list, copied
}

// edited is a copy with the edited elements, if one is to be replaced.
func edited[E any](list []E, edit func(E) (E, bool)) ([]E, bool) {
	copied := false
	for i, e := range list {
		if e, other := edit(e); other {
			if !copied {
				list, copied = slices.Clone(list), true
			}
			list[i] = e
		}
	}
	return list, copied
}

// inUTF8 makes text valid. OTLP has text in UTF-8 only, and one string that is not costs the whole batch it is in. Such
// strings come from elsewhere: the path of `GET /%ff`, the message of a driver.
func inUTF8() edit { return edit{name: validText, text: validText} }

// validText has U+FFFD in place of what is not UTF-8.
func validText(s string) (string, bool) {
	if utf8.ValidString(s) {
		return s, false
	}
	return strings.ToValidUTF8(s, string(utf8.RuneError)), true
}

func validSet(set attribute.Set) (attribute.Set, bool) {
	for iter := set.Iter(); iter.Next(); {
		if _, bad := inUTF8().attribute(iter.Attribute()); bad {
			attrs, _ := inUTF8().attributes(set.ToSlice())
			return attribute.NewSet(attrs...), true
		}
	}
	return set, false
}

func validResource(res *resource.Resource) *resource.Resource {
	if attrs, bad := inUTF8().attributes(res.Attributes()); bad {
		return resource.NewWithAttributes(res.SchemaURL(), attrs...)
	}
	return res
}
