package observability

import (
	"slices"
	"strings"
	"unicode/utf8"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/resource"
)

// OTLP has text in UTF-8 only, and one string that is not costs the whole batch it is in. Such strings come from
// elsewhere: the path of `GET /%ff`, the message of a driver. The functions here return what they were given, and false,
// if there is nothing to replace.

// validText has U+FFFD in place of what is not UTF-8.
func validText(s string) (string, bool) {
	if utf8.ValidString(s) {
		return s, false
	}
	return strings.ToValidUTF8(s, string(utf8.RuneError)), true
}

func validAttribute(a attribute.KeyValue) (attribute.KeyValue, bool) {
	key, badKey := validText(string(a.Key))
	value, badValue := validValue(a.Value)
	return attribute.KeyValue{Key: attribute.Key(key), Value: value}, badKey || badValue
}

func validValue(v attribute.Value) (attribute.Value, bool) {
	switch v.Type() { //nolint:exhaustive // the others hold no text
	case attribute.STRING:
		if s, bad := validText(v.AsString()); bad {
			return attribute.StringValue(s), true
		}
	case attribute.STRINGSLICE:
		if s, bad := validList(v.AsStringSlice(), validText); bad {
			return attribute.StringSliceValue(s), true
		}
	case attribute.SLICE:
		if s, bad := validList(v.AsSlice(), validValue); bad {
			return attribute.SliceValue(s...), true
		}
	case attribute.MAP:
		if m, bad := validList(v.AsMap(), validAttribute); bad {
			return attribute.MapValue(m...), true
		}
	}
	return v, false
}

// validList is a copy with valid elements, if one is not valid.
func validList[E any](list []E, valid func(E) (E, bool)) ([]E, bool) {
	copied := false
	for i, e := range list {
		if e, bad := valid(e); bad {
			if !copied {
				list, copied = slices.Clone(list), true
			}
			list[i] = e
		}
	}
	return list, copied
}

func validSet(set attribute.Set) (attribute.Set, bool) {
	for iter := set.Iter(); iter.Next(); {
		if _, bad := validAttribute(iter.Attribute()); bad {
			attrs, _ := validList(set.ToSlice(), validAttribute)
			return attribute.NewSet(attrs...), true
		}
	}
	return set, false
}

func validResource(res *resource.Resource) *resource.Resource {
	if attrs, bad := validList(res.Attributes(), validAttribute); bad {
		return resource.NewWithAttributes(res.SchemaURL(), attrs...)
	}
	return res
}
