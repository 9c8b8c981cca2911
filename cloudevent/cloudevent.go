// Package cloudevent is the envelope in which events leave a service: CloudEvents 1.0.2, with the distributed tracing
// extension.
//
// See https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md.
package cloudevent

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/neuroglia-go/neuroglia/aggregate"
)

// SpecVersion is the version of the specification that events follow.
const SpecVersion = "1.0"

// Event is one CloudEvent. ID, Source and Type are required, and ID is unique within Source.
type Event struct {
	ID              string
	Source          string // a URI reference, such as "/mario-pizzeria"
	Type            string // such as "order.created.v1"
	Subject         string // what the event is about within its source, such as an order's identity
	Time            time.Time
	DataContentType string // of Data; "application/json" if empty and there is data
	DataSchema      string
	Extensions      map[string]string // names are lower-case letters and digits
	Data            []byte
}

// FromRaised returns the CloudEvent of an event that an aggregate raised, with the event's JSON form as data. Event must
// be an aggregate.Integration, whose EventType it takes.
func FromRaised(r *aggregate.Raised, source string) (Event, error) {
	named, ok := r.Event.(aggregate.Integration)
	if !ok {
		return Event{}, fmt.Errorf("cloudevent: %T has no method EventType", r.Event)
	}
	data, err := json.Marshal(r.Event)
	if err != nil {
		return Event{}, fmt.Errorf("cloudevent: encode %T: %w", r.Event, err)
	}
	e := Event{
		ID: r.ID, Source: source, Type: named.EventType(), Subject: r.AggregateID, Time: r.At.UTC(),
		DataContentType: "application/json", Data: data,
	}
	return e, e.Validate()
}

// Decode puts the data, which must be JSON, into v.
func (e *Event) Decode(v any) error {
	if err := json.Unmarshal(e.Data, v); err != nil {
		return fmt.Errorf("cloudevent: decode data of %s %s: %w", e.Type, e.ID, err)
	}
	return nil
}

// Validate returns one error that lists every rule of the specification that the event breaks, or nil.
func (e *Event) Validate() error {
	var errs []error
	for _, text := range []struct{ name, value string }{
		{"id", e.ID}, {"source", e.Source}, {"type", e.Type},
		{"subject", e.Subject}, {"datacontenttype", e.DataContentType}, {"dataschema", e.DataSchema},
	} {
		if text.value == "" && required(text.name) {
			errs = append(errs, fmt.Errorf("%s is empty", text.name))
		}
		if !validText(text.value) {
			errs = append(errs, fmt.Errorf("%s is not UTF-8 without control characters", text.name))
		}
	}
	if !plainPath(e.Source) {
		if _, err := url.Parse(e.Source); err != nil {
			errs = append(errs, fmt.Errorf("source is no URI reference: %w", err))
		}
	}
	if e.DataSchema != "" {
		if schema, err := url.Parse(e.DataSchema); err != nil || !schema.IsAbs() {
			errs = append(errs, errors.New("dataschema is no absolute URI"))
		}
	}
	if year := e.Time.Year(); year < 0 || year > 9999 {
		errs = append(errs, errors.New("time is not between the years 0 and 9999"))
	}
	if err := errors.Join(append(errs, e.validateExtensions()...)...); err != nil {
		return fmt.Errorf("cloudevent: %w", err)
	}
	return nil
}

func (e *Event) validateExtensions() []error {
	var errs []error
	for name, value := range e.Extensions {
		if !validName(name) || reserved(name) {
			errs = append(errs, fmt.Errorf("extension %q is not a name of lower-case letters and digits", name))
		}
		if !validText(value) {
			errs = append(errs, fmt.Errorf("extension %q is not UTF-8 without control characters", name))
		}
	}
	slices.SortFunc(errs, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return errs
}

// plainPath reports whether s is certainly a URI reference, as most sources are: it has nothing that needs parsing.
func plainPath(s string) bool {
	for i := range len(s) {
		switch c := s[i]; {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '/', c == '-', c == '.', c == '_':
		default:
			return false
		}
	}
	return true
}

func required(name string) bool { return name == "id" || name == "source" || name == "type" }

// validText reports whether s is what the specification calls a String: without control and no-characters.
func validText(s string) bool {
	plain := 0
	for plain < len(s) && s[plain] >= ' ' && s[plain] <= '~' {
		plain++
	}
	s = s[plain:]
	return utf8.ValidString(s) && !strings.ContainsFunc(s, func(c rune) bool {
		return unicode.IsControl(c) || unicode.Is(unicode.Noncharacter_Code_Point, c)
	})
}

func validName(name string) bool {
	for _, c := range name {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') {
			return false
		}
	}
	return name != ""
}

// Carrier gives access to the extensions of an event, as OpenTelemetry's propagators want it. The keys traceparent and
// tracestate are the distributed tracing extension. Keys that cannot be names of extensions, such as "X-B3-TraceId",
// stand for the extension whose name is their letters, in lower case, and digits.
//
// See https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/extensions/distributed-tracing.md.
type Carrier struct{ Event *Event }

// Get returns the extension for key.
func (c Carrier) Get(key string) string { return c.Event.Extensions[extensionName(key)] }

// Set sets the extension for key. It does not touch a map that another event shares.
func (c Carrier) Set(key, value string) {
	extensions := maps.Clone(c.Event.Extensions)
	if extensions == nil {
		extensions = map[string]string{}
	}
	extensions[extensionName(key)] = value
	c.Event.Extensions = extensions
}

// Keys returns the names of all extensions.
func (c Carrier) Keys() []string { return slices.Collect(maps.Keys(c.Event.Extensions)) }

func extensionName(key string) string {
	if validName(key) {
		return key
	}
	return strings.Map(func(c rune) rune {
		switch {
		case c >= 'A' && c <= 'Z':
			return c - 'A' + 'a'
		case validName(string(c)):
			return c
		}
		return -1
	}, key)
}
