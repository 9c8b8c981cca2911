package mediator

import (
	"errors"
	"fmt"
	"reflect"
	"strings"

	"go.opentelemetry.io/otel/attribute"

	"github.com/neuroglia-go/neuroglia/telemetry/registry"
)

// tags are the fields of one type that its author wants to see on spans:
//
//	OrderID string      `otel:"order.id,aggregate"` // order.id, and neuroglia.aggregate.id
//	Items   []Item      `otel:"order.items,len"`    // the number of items
//	Total   money.Money `otel:"order.total"`        // a number if it has a method Float64, else text
//
// Nothing of a message becomes an attribute without such a tag. Strings, booleans, numbers, and types with a method
// Float64() float64 or String() string can be tagged; an empty string or nil pointer gives no attribute.
type tags struct{ fields []taggedField }

type taggedField struct {
	index     []int
	key       attribute.Key
	length    bool
	aggregate bool
}

// compileTags returns the tags of t, or nil if it has none.
func compileTags(t reflect.Type) (*tags, error) {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct {
		return nil, nil //nolint:nilnil // nil tags are a valid value: no attributes
	}
	var found tags
	for _, field := range reflect.VisibleFields(t) {
		tag, ok := field.Tag.Lookup("otel")
		if !ok || tag == "-" {
			continue
		}
		tagged, err := compileTag(field, tag)
		if err != nil {
			return nil, fmt.Errorf("%s.%s: tag otel:%q: %w", t, field.Name, tag, err)
		}
		found.fields = append(found.fields, tagged)
	}
	if found.fields == nil {
		return nil, nil //nolint:nilnil // nil tags are a valid value: no attributes
	}
	return &found, nil
}

func compileTag(field reflect.StructField, tag string) (taggedField, error) {
	key, rest, _ := strings.Cut(tag, ",")
	tagged := taggedField{index: field.Index, key: attribute.Key(key)}
	switch rest {
	case "":
	case "len":
		tagged.length = true
	case "aggregate":
		tagged.aggregate = true
	default:
		return tagged, fmt.Errorf("unknown option %q: use len or aggregate", rest)
	}
	switch {
	case key == "":
		return tagged, errors.New("the attribute has no name")
	case !field.IsExported():
		return tagged, errors.New("the field is not exported")
	case tagged.length && !hasLength(field.Type), !tagged.length && !isScalar(field.Type):
		return tagged, fmt.Errorf("%s cannot be an attribute", field.Type)
	}
	return tagged, nil
}

type (
	floater  interface{ Float64() float64 }
	stringer interface{ String() string }
)

func hasLength(t reflect.Type) bool {
	k := t.Kind()
	return k == reflect.Slice || k == reflect.Map || k == reflect.Array || k == reflect.String
}

func isScalar(t reflect.Type) bool {
	if t.Implements(reflect.TypeFor[floater]()) || t.Implements(reflect.TypeFor[stringer]()) {
		return true
	}
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t.Kind() == reflect.String || t.Kind() == reflect.Bool || t.Kind() >= reflect.Int && t.Kind() <= reflect.Uint64 ||
		t.Kind() == reflect.Float32 || t.Kind() == reflect.Float64
}

// of returns the attributes of v, which has the type that the tags were compiled for.
func (t *tags) of(v any) []attribute.KeyValue {
	value := reflect.Indirect(reflect.ValueOf(v))
	if !value.IsValid() {
		return nil
	}
	attrs := make([]attribute.KeyValue, 0, len(t.fields)+1)
	for _, f := range t.fields {
		field, err := value.FieldByIndexErr(f.index)
		if err != nil {
			continue // inside an embedded nil pointer
		}
		attr := attribute.KeyValue{Key: f.key, Value: f.safeValue(field)}
		if attr.Value.Type() == attribute.EMPTY {
			continue
		}
		attrs = append(attrs, attr)
		if f.aggregate {
			attrs = append(attrs, attribute.KeyValue{Key: registry.AggregateID, Value: attr.Value})
		}
	}
	return attrs
}

// safeValue is value, and nothing if a method of the field's type panics: an attribute is not worth a message.
func (f taggedField) safeValue(v reflect.Value) (value attribute.Value) {
	defer func() {
		if recover() != nil {
			value = attribute.Value{}
		}
	}()
	return f.value(v)
}

func (f taggedField) value(v reflect.Value) attribute.Value {
	if f.length {
		return attribute.IntValue(v.Len())
	}
	if (v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface) && v.IsNil() {
		return attribute.Value{}
	}
	switch special := v.Interface().(type) {
	case floater:
		return attribute.Float64Value(special.Float64())
	case stringer:
		return attribute.StringValue(special.String())
	}
	v = reflect.Indirect(v)
	switch {
	case v.Kind() == reflect.String && v.Len() == 0:
		return attribute.Value{}
	case v.Kind() == reflect.String:
		return attribute.StringValue(v.String())
	case v.Kind() == reflect.Bool:
		return attribute.BoolValue(v.Bool())
	case v.CanInt():
		return attribute.Int64Value(v.Int())
	case v.CanUint():
		return attribute.Int64Value(int64(v.Uint())) //nolint:gosec // attributes have no unsigned type
	default:
		return attribute.Float64Value(v.Float())
	}
}
