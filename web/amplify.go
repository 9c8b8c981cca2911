package web

import (
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// amplification is how many times the size of a body the locations of all that could be wrong with it may have. Long
// keys and deep nesting above many wrong values would fill the memory with their locations otherwise.
const amplification = 32

// locationBytes returns how long the locations are together if all of a value is wrong. Its own has at bytes.
func locationBytes(registry huma.Registry, s *huma.Schema, value any, at int64) int64 {
	for s.Ref != "" {
		s = registry.SchemaFromRef(s.Ref)
	}
	total := at * int64(1+len(s.Required))
	switch v := value.(type) {
	case map[string]any:
		values, _ := s.AdditionalProperties.(*huma.Schema)
		for key, item := range v {
			below := at + int64(len(".")+len(key))
			property := propertyNamed(s, key)
			switch {
			case property != nil:
				total += locationBytes(registry, property, item, below)
			case values != nil:
				total += locationBytes(registry, values, item, below)
			default:
				total += below
			}
		}
	case []any:
		for _, item := range v {
			if s.Items != nil {
				total += locationBytes(registry, s.Items, item, at+int64(len("[0000000]")))
			}
		}
	}
	return total
}

// propertyNamed finds a property as encoding/json does: exactly, or else in another case.
func propertyNamed(s *huma.Schema, key string) *huma.Schema {
	if property := s.Properties[key]; property != nil {
		return property
	}
	for name, property := range s.Properties {
		if strings.EqualFold(name, key) {
			return property
		}
	}
	return nil
}
