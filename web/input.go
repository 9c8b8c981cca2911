package web

import (
	"errors"
	"fmt"
	"net/http"
	"path"
	"reflect"
	"runtime"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// input binds and validates the messages of one type: fields with a tag path, query or header from there, all other
// fields that JSON knows from the body.
type input struct {
	registry huma.Registry
	params   []param
	body     *huma.Schema // nil if the message takes no body
	accept   accept       // of the body
	defaults bool         // of fields of the body
	open     bool         // the body has maps or types inside themselves, so that locations have no bound
	limit    int64        // bytes of the body
	buffers  *buffers
}

func newInput(registry huma.Registry, message reflect.Type, limit int64, b *buffers) (*input, error) {
	if message.Kind() != reflect.Struct {
		return nil, fmt.Errorf("%s is no struct", message)
	}
	in := &input{registry: registry, limit: limit, buffers: b}
	var fields []reflect.StructField
	for _, f := range bindable(message, nil) {
		p, ok, err := newParam(registry, f)
		switch {
		case f.Anonymous && f.Type.Kind() == reflect.Pointer:
			return nil, fmt.Errorf("%s embeds %s: embed it by value", message, f.Type)
		case err != nil:
			return nil, fmt.Errorf("%s.%s: %w", message, f.Name, err)
		case ok:
			in.params = append(in.params, p)
		case jsonName(f) != "":
			fields = append(fields, reflect.StructField{Name: f.Name, Type: f.Type, Tag: f.Tag})
		}
	}
	if len(fields) > 0 {
		in.body = registry.Schema(reflect.StructOf(fields), true, path.Base(message.PkgPath())+"."+message.Name())
		in.examine(in.body, map[string]bool{})
		if !in.open {
			in.accept = newAccept(registry, in.body, 0)
		}
	}
	return in, nil
}

// bindable returns the fields of a struct, with those of embedded structs, as JSON has them.
func bindable(t reflect.Type, index []int) []reflect.StructField {
	var fields []reflect.StructField
	for i := range t.NumField() {
		f := t.Field(i)
		f.Index = append(slices.Clone(index), i)
		embedded := f.Anonymous && f.Type.Kind() == reflect.Struct && f.Tag.Get("json") == ""
		switch {
		case embedded:
			fields = append(fields, bindable(f.Type, f.Index)...)
		case f.IsExported():
			fields = append(fields, f)
		}
	}
	return fields
}

// jsonName returns the name of a field in JSON, or "" if it has none.
func jsonName(f reflect.StructField) string {
	name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	switch name {
	case "-":
		return ""
	case "":
		return f.Name
	}
	return name
}

// bind reads a message, which is a pointer to one, from a request. The error is a *refusal.
func (in *input) bind(w http.ResponseWriter, r *http.Request, message any) error {
	found := &huma.ValidateResult{}
	if err := in.readBody(w, r, message, found); err != nil {
		return err
	}
	if err := in.bindParams(r, reflect.ValueOf(message).Elem(), found); err != nil {
		return err
	}
	if len(found.Errors) == 0 {
		return nil
	}
	return refuseAll(found.Errors)
}

// refuseAll returns the refusal of a request for all that is wrong with it.
func refuseAll(errs []error) *refusal {
	refused := &refusal{status: http.StatusUnprocessableEntity, count: len(errs)}
	for _, err := range errs[:min(len(errs), maxErrors)] {
		if detail, ok := errors.AsType[*huma.ErrorDetail](err); ok {
			refused.errors = append(refused.errors, ProblemDetail{
				Message: cut(detail.Message, maxText), Location: cut(detail.Location, maxText),
			})
		}
	}
	refused.detail = refused.errors[0].Location + ": " + refused.errors[0].Message
	if more := refused.count - 1; more > 0 {
		refused.detail = fmt.Sprintf("%s (and %d more)", refused.detail, more)
	}
	return refused
}

// location returns where the field of a fault is in the request.
func (in *input) location(field string) string {
	if in == nil || field == "" {
		return field
	}
	for _, p := range in.params {
		if field == p.name || field == p.field {
			return p.in + "." + p.name
		}
	}
	if in.body == nil {
		return field
	}
	return "body." + field
}

// examine goes through a schema and all that it leads to. It looks for defaults and for what makes the body open, and
// refuses null for a list that must not be empty: huma takes null for any list.
func (in *input) examine(s *huma.Schema, seen map[string]bool) {
	if s == nil {
		return
	}
	if seen[s.Ref] {
		in.open = true
		return
	}
	if s.Ref != "" {
		seen[s.Ref] = true
		in.examine(in.registry.SchemaFromRef(s.Ref), seen)
		return
	}
	if s.MinItems != nil && *s.MinItems > 0 {
		s.Nullable = false
	}
	for name, p := range s.Properties {
		if p.Default != nil {
			in.defaults = true
			s.Required = slices.DeleteFunc(s.Required, func(n string) bool { return n == name })
		}
		in.examine(p, seen)
	}
	if values, ok := s.AdditionalProperties.(*huma.Schema); ok {
		in.open = true
		in.examine(values, seen)
	}
	in.examine(s.Items, seen)
}

// lookUp finds a key as encoding/json does: exactly, or else in another case.
func lookUp(object map[string]any, name string) (string, bool) {
	if _, ok := object[name]; ok {
		return name, true
	}
	for key := range object {
		if strings.EqualFold(key, name) {
			return key, true
		}
	}
	return "", false
}

// validate is huma.Validate, but for its panic about lists of unique items that are no scalars.
func (in *input) validate(s *huma.Schema, at *huma.PathBuffer, value any, found *huma.ValidateResult) {
	defer func() {
		switch v := recover().(type) {
		case nil:
		case runtime.Error:
			found.Add(at, nil, "expected values that can be compared")
		default:
			panic(v)
		}
	}()
	huma.Validate(in.registry, s, at, huma.ModeWriteToServer, value, found)
}
