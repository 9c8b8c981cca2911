package web

import (
	"regexp"
	"slices"
	"strconv"

	"github.com/danielgtaylor/huma/v2"
)

// accept knows JSON that is right beyond doubt: what most clients send. It is made of a schema when a route is registered,
// and takes nothing apart that huma would have to make a map of. It returns what follows the value. Where it is in doubt,
// about null, an escape or a letter in another case, it is for huma to decide, and to say what is wrong.
type accept func(data []byte) (rest []byte, sure bool)

// whole reports whether data is one right value, if it is JSON at all.
func (a accept) whole(data []byte) bool {
	if a == nil {
		return false
	}
	rest, sure := a(data)
	return sure && len(space(rest)) == 0
}

// newAccept returns what is sure about values of a schema, or nil if nothing ever is.
func newAccept(registry huma.Registry, s *huma.Schema, depth int) accept {
	const deepest = 16
	for s != nil && s.Ref != "" {
		s = registry.SchemaFromRef(s.Ref)
	}
	if s == nil || depth > deepest || s.OneOf != nil || s.AnyOf != nil || s.AllOf != nil || s.Not != nil || s.ReadOnly ||
		len(s.Enum) > 0 && s.Type != huma.TypeString {
		return nil
	}
	switch s.Type {
	case huma.TypeString:
		if t := newText(s); t != nil {
			return t.accept
		}
	case huma.TypeInteger, huma.TypeNumber:
		return newNumber(s)
	case huma.TypeBoolean:
		return boolean
	case huma.TypeArray:
		return newArray(registry, s, depth)
	case huma.TypeObject:
		return newObject(registry, s, depth)
	}
	return nil
}

// text is a string with what is demanded of it.
type text struct {
	least, most int
	pattern     *regexp.Regexp
	enum        []string
}

func newText(s *huma.Schema) *text {
	if s.Format != "" || s.ContentEncoding != "" {
		return nil
	}
	t := &text{most: maxInt}
	if s.MinLength != nil {
		t.least = *s.MinLength
	}
	if s.MaxLength != nil {
		t.most = *s.MaxLength
	}
	if s.Pattern != "" {
		t.pattern = regexp.MustCompile(s.Pattern)
	}
	for _, value := range s.Enum {
		known, ok := value.(string)
		if !ok {
			return nil
		}
		t.enum = append(t.enum, known)
	}
	return t
}

const maxInt = int(^uint(0) >> 1)

// allows reports whether a text, of which one byte is one character, is right.
func (t *text) allows(s []byte) bool {
	return len(s) >= t.least && len(s) <= t.most &&
		(t.enum == nil || slices.ContainsFunc(t.enum, func(known string) bool { return known == string(s) })) &&
		(t.pattern == nil || t.pattern.Match(s))
}

func (t *text) accept(data []byte) ([]byte, bool) {
	data = space(data)
	inside, rest, ok := quoted(data)
	return rest, ok && t.allows(inside)
}

// quoted returns what is between the quotes that data begins with, if it means what it says.
func quoted(data []byte) (inside, rest []byte, ok bool) {
	if len(data) == 0 || data[0] != '"' {
		return nil, nil, false
	}
	end := 1
	for end < len(data) && simple(data[end]) {
		end++
	}
	if end == len(data) || data[end] != '"' {
		return nil, nil, false
	}
	return data[1:end], data[end+1:], true
}

// simple reports whether a byte is a character that stands for itself.
func simple(b byte) bool { return b >= ' ' && b < 0x7f && b != '"' && b != '\\' }

// plain reports whether a text consists of such characters.
func plain(s string) bool {
	for i := range len(s) {
		if b := s[i]; b < ' ' || b >= 0x7f {
			return false
		}
	}
	return true
}

func newNumber(s *huma.Schema) accept {
	if s.MultipleOf != nil {
		return nil
	}
	whole := s.Type == huma.TypeInteger
	return func(data []byte) ([]byte, bool) {
		data = space(data)
		end := 0
		for end < len(data) && (data[end] >= '0' && data[end] <= '9' || data[end] == '-' || data[end] == '.' && !whole) {
			end++
		}
		n, err := strconv.ParseFloat(string(data[:end]), 64)
		sure := err == nil && (s.Minimum == nil || n >= *s.Minimum) && (s.Maximum == nil || n <= *s.Maximum) &&
			(s.ExclusiveMinimum == nil || n > *s.ExclusiveMinimum) && (s.ExclusiveMaximum == nil || n < *s.ExclusiveMaximum)
		return data[end:], sure
	}
}

func boolean(data []byte) ([]byte, bool) {
	data = space(data)
	for _, word := range [...]string{"true", "false"} {
		if len(data) >= len(word) && string(data[:len(word)]) == word {
			return data[len(word):], true
		}
	}
	return nil, false
}

// space returns data without the white space at its beginning.
func space(data []byte) []byte {
	for len(data) > 0 && (data[0] == ' ' || data[0] == '\n' || data[0] == '\r' || data[0] == '\t') {
		data = data[1:]
	}
	return data
}

// next returns what follows a byte, with white space before it.
func next(data []byte, wanted byte) ([]byte, bool) {
	if data = space(data); len(data) == 0 || data[0] != wanted {
		return data, false
	}
	return data[1:], true
}
