package web

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/danielgtaylor/huma/v2"
)

// withDefaults sets the properties of parsed JSON that are missing and have a default, and reports whether there are any.
func withDefaults(registry huma.Registry, s *huma.Schema, parsed any) bool {
	for s.Ref != "" {
		s = registry.SchemaFromRef(s.Ref)
	}
	changed := false
	switch v := parsed.(type) {
	case map[string]any:
		changed = propertyDefaults(registry, s, v)
		if values, ok := s.AdditionalProperties.(*huma.Schema); ok {
			for _, item := range v {
				changed = withDefaults(registry, values, item) || changed
			}
		}
	case []any:
		for _, item := range v {
			if s.Items != nil {
				changed = withDefaults(registry, s.Items, item) || changed
			}
		}
	}
	return changed
}

func propertyDefaults(registry huma.Registry, s *huma.Schema, object map[string]any) bool {
	changed := false
	for name, property := range s.Properties {
		if actual, found := lookUp(object, name); found {
			changed = withDefaults(registry, property, object[actual]) || changed
		} else if property.Default != nil {
			object[name] = property.Default
			changed = true
		}
	}
	return changed
}

// remarshal returns data with the defaults of its schema.
func (in *input) remarshal(data []byte) ([]byte, error) {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber() // large numbers stay what they are
	var parsed any
	if err := decoder.Decode(&parsed); err != nil {
		return nil, fmt.Errorf("decode the body: %w", err)
	}
	withDefaults(in.registry, in.body, parsed)
	data, err := json.Marshal(parsed)
	if err != nil {
		return nil, fmt.Errorf("encode the body with defaults: %w", err)
	}
	return data, nil
}
