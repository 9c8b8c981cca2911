package web

import (
	"fmt"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// reason is what a log says of a refusal: how many problems there are and with which fields. It has nothing of what
// the client sent, which can be personal data and has no bound.
func (r *refusal) reason(in *input) string {
	if len(r.errors) == 0 {
		return r.detail
	}
	var places []string
	for _, detail := range r.errors {
		if place := in.known(detail.Location); !slices.Contains(places, place) {
			places = append(places, place)
		}
	}
	count := max(r.count, len(r.errors))
	noun := "problems"
	if count == 1 {
		noun = "problem"
	}
	return fmt.Sprintf("%d %s: %s", count, noun, strings.Join(places, ", "))
}

// known returns a location as far as it consists of fields and of indexes of lists. What comes after them is a name
// that the client chose: that of an unknown field or the key of a map.
func (in *input) known(location string) string {
	rest, inBody := strings.CutPrefix(location, "body")
	if in == nil || !inBody {
		return location
	}
	for s := in.body; s != nil && rest != ""; {
		for s.Ref != "" {
			s = in.registry.SchemaFromRef(s.Ref)
		}
		var step int
		if s, step = member(s, rest); step == 0 {
			break
		}
		rest = rest[step:]
	}
	return strings.TrimSuffix(location, rest)
}

// member returns the schema of the field or the item that a location goes on with, and how many bytes name it.
func member(s *huma.Schema, rest string) (found *huma.Schema, step int) {
	if rest[0] == '[' {
		const longest = len("[1234567")
		end := strings.IndexByte(rest, ']')
		if s.Items == nil || end < 0 || end > longest || strings.Trim(rest[1:end], "0123456789") != "" {
			return nil, 0
		}
		return s.Items, end + 1
	}
	for name, property := range s.Properties {
		after, ok := strings.CutPrefix(rest[1:], name)
		ends := after == "" || after[0] == '.' || after[0] == '['
		if rest[0] == '.' && ok && ends && len(name) >= step {
			found, step = property, 1+len(name)
		}
	}
	return found, step
}
