package web

import (
	"slices"

	"github.com/danielgtaylor/huma/v2"
)

// array is a list with what is demanded of it.
type array struct {
	least, most int
	item        accept
}

func newArray(registry huma.Registry, s *huma.Schema, depth int) accept {
	a := array{most: maxInt, item: newAccept(registry, s.Items, depth+1)}
	if s.UniqueItems || a.item == nil {
		return nil
	}
	if s.MinItems != nil {
		a.least = *s.MinItems
	}
	if s.MaxItems != nil {
		a.most = *s.MaxItems
	}
	return a.accept
}

func (a array) accept(data []byte) ([]byte, bool) {
	data, ok := next(data, '[')
	if !ok {
		return nil, false
	}
	if rest, empty := next(data, ']'); empty {
		return rest, a.least == 0
	}
	for count := 1; ; count++ {
		if data, ok = a.item(data); !ok {
			return nil, false
		}
		if rest, ends := next(data, ']'); ends {
			return rest, count >= a.least && count <= a.most
		}
		if data, ok = next(data, ','); !ok {
			return nil, false
		}
	}
}

// object is a struct with what is demanded of its members, of which it knows as many as fit in a set of bits.
type object struct {
	members map[string]expected
	needed  uint64 // those that are required or have a default, which huma has to set
}

type expected struct {
	bit   uint64
	value accept
}

func newObject(registry huma.Registry, s *huma.Schema, depth int) accept {
	if open, ok := s.AdditionalProperties.(bool); !ok || open || s.MinProperties != nil || s.MaxProperties != nil ||
		len(s.DependentRequired) > 0 || len(s.Properties) > 64 {
		return nil
	}
	o := object{members: map[string]expected{}}
	for name, property := range s.Properties {
		m := expected{bit: 1 << len(o.members), value: newAccept(registry, property, depth+1)}
		if m.value == nil || property.ReadOnly || !plain(name) {
			return nil
		}
		o.members[name] = m
		if property.Default != nil || slices.Contains(s.Required, name) {
			o.needed |= m.bit
		}
	}
	return o.accept
}

func (o object) accept(data []byte) ([]byte, bool) {
	data, ok := next(data, '{')
	if !ok {
		return nil, false
	}
	if rest, empty := next(data, '}'); empty {
		return rest, o.needed == 0
	}
	for seen := uint64(0); ; {
		var m expected
		if m, data, ok = o.member(data); !ok || seen&m.bit != 0 {
			return nil, false
		}
		seen |= m.bit
		if data, ok = m.value(data); !ok {
			return nil, false
		}
		if rest, ends := next(data, '}'); ends {
			return rest, seen&o.needed == o.needed
		}
		if data, ok = next(data, ','); !ok {
			return nil, false
		}
	}
}

// member returns the member that data begins with the name of, and what follows the colon.
func (o object) member(data []byte) (m expected, rest []byte, ok bool) {
	name, rest, ok := quoted(space(data))
	if !ok {
		return m, nil, false
	}
	if m, ok = o.members[string(name)]; !ok {
		return m, nil, false
	}
	rest, ok = next(rest, ':')
	return m, rest, ok
}
