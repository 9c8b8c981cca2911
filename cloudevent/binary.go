package cloudevent

import (
	"errors"
	"fmt"
	"iter"
	"strings"
	"time"
)

// The names that an event has in headers, in binary mode: of an extension or attribute "ce-" and its name, except that
// datacontenttype is "content-type". In lists of names, case does not matter.
const (
	prefix      = "ce-"
	contentType = "content-type"
)

// EncodeBinary gives set the attributes of an event as headers, as the bindings to HTTP and NATS have it: names in lower
// case, such as "ce-id", values percent-encoded. What it returns is the event's data. An event that breaks a rule of
// [Event.Validate] is refused, and so is one whose content type says that its data is an event in structured mode.
//
// See https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md.
func EncodeBinary(e Event, set func(name, value string)) (data []byte, err error) {
	if err := e.Validate(); err != nil {
		return nil, err
	}
	if err := checkBinary(e.DataContentType); err != nil {
		return nil, fmt.Errorf("cloudevent: datacontenttype: %w", err)
	}
	headers := [][2]string{
		{"specversion", SpecVersion}, {"id", e.ID}, {"source", e.Source}, {"type", e.Type},
		{"subject", e.Subject}, {"dataschema", e.DataSchema},
	}
	if !e.Time.IsZero() {
		headers = append(headers, [2]string{"time", e.Time.Format(time.RFC3339Nano)})
	}
	for _, header := range headers {
		if header[1] != "" {
			set(prefix+header[0], escape(header[1]))
		}
	}
	for name, value := range e.Extensions {
		set(prefix+name, escape(value))
	}
	if e.DataContentType != "" {
		set(contentType, e.DataContentType)
	}
	return e.Data, nil
}

// DecodeBinary reads an event in binary mode: names are those of all headers, in any case, and get returns the value of
// one of them. Headers that are not of the event are ignored. Data is kept, not copied; no data and empty data are the
// same. It refuses what [Event.UnmarshalJSON] refuses.
func DecodeBinary(get func(name string) string, names iter.Seq[string], data []byte) (Event, error) {
	texts, extensions := map[string]string{}, map[string]string{}
	for header := range names {
		name, ours := strings.CutPrefix(strings.ToLower(header), prefix)
		to := texts
		switch {
		case name == contentType:
			ours, name = true, "datacontenttype"
		case ours && !reserved(name):
			to = extensions
		case ours && (strings.HasPrefix(name, "data") && name != "dataschema"):
			return Event{}, fmt.Errorf("cloudevent: there is no header %s in binary mode", strings.ToLower(header))
		}
		if !ours {
			continue
		}
		if _, twice := to[name]; twice {
			return Event{}, fmt.Errorf("cloudevent: %s is there twice", name)
		}
		value, err := get(header), error(nil)
		if name != "datacontenttype" {
			value, err = unescape(value)
		}
		if err != nil {
			return Event{}, fmt.Errorf("cloudevent: %s: %w", name, err)
		}
		to[name] = value
	}
	return fromHeaders(texts, extensions, data)
}

func fromHeaders(texts, extensions map[string]string, data []byte) (Event, error) {
	var e Event
	if err := checkBinary(texts["datacontenttype"]); err != nil {
		return e, fmt.Errorf("cloudevent: datacontenttype: %w", err)
	}
	if err := e.fillAttributes(texts, extensions); err != nil {
		return e, fmt.Errorf("cloudevent: %w", err)
	}
	if len(data) > 0 {
		e.Data = data
	}
	if err := e.Validate(); err != nil {
		return Event{}, err
	}
	return e, nil
}

// checkBinary returns an error if the content type cannot be a header, or means another mode than binary.
func checkBinary(contentType string) error {
	if strings.HasPrefix(strings.ToLower(contentType), "application/cloudevents") {
		return fmt.Errorf("%s is the content type of an event in structured mode or of a batch", contentType)
	}
	for i := range len(contentType) {
		if c := contentType[i]; c < ' ' || c > '~' || c == ' ' && (i == 0 || i == len(contentType)-1) {
			return fmt.Errorf("%q is no content type", contentType)
		}
	}
	return nil
}

// escape percent-encodes what the binding to HTTP says: all bytes but those of printable ASCII, and " and %.
func escape(s string) string {
	const digits = "0123456789ABCDEF"
	var to strings.Builder
	for i := range len(s) {
		if c := s[i]; c > ' ' && c <= '~' && c != '"' && c != '%' {
			to.WriteByte(c)
		} else {
			to.Write([]byte{'%', digits[c>>4], digits[c&15]})
		}
	}
	return to.String()
}

// unescape undoes escape, and the quotes that other writers may put around a value.
func unescape(s string) (string, error) {
	quoted := len(s) >= 2 && s[0] == '"' && s[len(s)-1] == '"'
	if quoted {
		s = s[1 : len(s)-1]
	}
	var to strings.Builder
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\' && quoted && i+1 < len(s):
			i++
			to.WriteByte(s[i])
		case c == '%':
			if i+2 >= len(s) || hex(s[i+1]) < 0 || hex(s[i+2]) < 0 {
				return "", errors.New("a % is not followed by two hexadecimal digits: write it as %25")
			}
			to.WriteByte(byte(hex(s[i+1])<<4 | hex(s[i+2]))) //nolint:gosec // both have four bits
			i += 2
		default:
			to.WriteByte(c)
		}
	}
	return to.String(), nil
}

func hex(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c|0x20 >= 'a' && c|0x20 <= 'f':
		return int(c|0x20-'a') + 10
	}
	return -1
}
