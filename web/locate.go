package web

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"

	"github.com/danielgtaylor/huma/v2"
)

// locate extends path to the innermost part of parsed that does not decode into t: encoding/json does not tell when
// the error comes from a type's own method.
func locate(t reflect.Type, parsed any, path *huma.PathBuffer, depth int) {
	const deepest = 32
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	var bad any
	switch v := parsed.(type) {
	case map[string]any:
		t, bad = badMember(t, v, path)
	case []any:
		t, bad = badItem(t, v, path)
	default:
		return
	}
	if t != nil && depth < deepest {
		locate(t, bad, path, depth+1)
	}
}

// badMember pushes the name of the first member that does not decode, and returns what it should be and is.
func badMember(t reflect.Type, object map[string]any, path *huma.PathBuffer) (reflect.Type, any) {
	switch t.Kind() { //nolint:exhaustive // no other kind has members
	case reflect.Map:
		for _, key := range slices.Sorted(maps.Keys(object)) {
			if !decodes(t.Elem(), object[key]) {
				path.Push(key)
				return t.Elem(), object[key]
			}
		}
	case reflect.Struct:
		for _, f := range bindable(t, nil) {
			if key, found := lookUp(object, jsonName(f)); found && !decodes(f.Type, object[key]) {
				path.Push(jsonName(f))
				return f.Type, object[key]
			}
		}
	}
	return nil, nil
}

// badItem is badMember for the items of a list.
func badItem(t reflect.Type, list []any, path *huma.PathBuffer) (reflect.Type, any) {
	if t.Kind() != reflect.Slice && t.Kind() != reflect.Array {
		return nil, nil
	}
	for i, item := range list {
		if !decodes(t.Elem(), item) {
			path.PushIndex(i)
			return t.Elem(), item
		}
	}
	return nil, nil
}

func decodes(t reflect.Type, parsed any) bool {
	data, err := json.Marshal(parsed)
	return err == nil && json.Unmarshal(data, reflect.New(t).Interface()) == nil
}
