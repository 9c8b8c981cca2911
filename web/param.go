package web

import (
	"encoding"
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
)

// param is a field of a message that is bound from the path, the query or the header.
type param struct {
	in, name string
	field    string // the Go name
	index    []int
	required bool
	fallback string // the default, as text
	list     bool
	schema   *huma.Schema
	parse    parser
	text     *text // what is demanded of it, if it is text of the path
}

// parser sets v, which is not a pointer, and returns the value to validate.
type parser func(v reflect.Value, text string) (any, error)

func newParam(registry huma.Registry, f reflect.StructField) (param, bool, error) {
	p := param{field: f.Name, index: f.Index, fallback: f.Tag.Get("default")}
	for _, in := range []string{"path", "query", "header"} {
		if tag := f.Tag.Get(in); tag != "" {
			p.in = in
			p.name, _, _ = strings.Cut(tag, ",")
			break
		}
	}
	if p.in == "" {
		return p, false, nil
	}
	p.required = p.in == "path" || f.Tag.Get("required") == "true"
	t := f.Type
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if p.list = isList(t); p.list {
		t = t.Elem()
	}
	if p.parse = parserOf(t); p.parse == nil || p.list && p.in == "path" {
		return p, true, fmt.Errorf("a value of type %s cannot come from the %s", f.Type, p.in)
	}
	p.schema = huma.SchemaFromField(registry, f, f.Name)
	if p.in == "path" && f.Type.Kind() == reflect.String && !readsItself(f.Type) && p.schema.Type == huma.TypeString {
		p.text = newText(p.schema)
	}
	return p, true, nil
}

func isList(t reflect.Type) bool {
	return t.Kind() == reflect.Slice && parserOf(t) == nil
}

func readsItself(t reflect.Type) bool {
	return reflect.PointerTo(t).Implements(reflect.TypeFor[encoding.TextUnmarshaler]())
}

func parserOf(t reflect.Type) parser {
	switch {
	case readsItself(t):
		return parseText
	case t == reflect.TypeFor[time.Duration]():
		return nil // a number of nanoseconds is not what anybody means
	}
	switch t.Kind() { //nolint:exhaustive // the others cannot be text
	case reflect.String:
		return func(v reflect.Value, text string) (any, error) { v.SetString(text); return text, nil }
	case reflect.Bool:
		return parseBool
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return parseInt
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return parseUint
	case reflect.Float32, reflect.Float64:
		return parseFloat
	}
	return nil
}

func parseText(v reflect.Value, text string) (any, error) {
	unmarshaler, _ := reflect.TypeAssert[encoding.TextUnmarshaler](v.Addr())
	if err := unmarshaler.UnmarshalText([]byte(text)); err != nil {
		return nil, fmt.Errorf("invalid value: %w", err)
	}
	return text, nil
}

func parseBool(v reflect.Value, text string) (any, error) {
	b, err := strconv.ParseBool(text)
	if err != nil {
		return nil, errors.New("expected boolean")
	}
	v.SetBool(b)
	return b, nil
}

func parseInt(v reflect.Value, text string) (any, error) {
	n, err := strconv.ParseInt(text, 10, v.Type().Bits())
	if err != nil {
		return nil, numberError(err, "expected integer")
	}
	v.SetInt(n)
	return float64(n), nil // what JSON would give, so that enums compare
}

func parseUint(v reflect.Value, text string) (any, error) {
	n, err := strconv.ParseUint(text, 10, v.Type().Bits())
	if err != nil {
		return nil, numberError(err, "expected integer >= 0")
	}
	v.SetUint(n)
	return float64(n), nil
}

func parseFloat(v reflect.Value, text string) (any, error) {
	n, err := strconv.ParseFloat(text, v.Type().Bits())
	if err != nil || math.IsNaN(n) || math.IsInf(n, 0) {
		return nil, numberError(err, "expected number")
	}
	v.SetFloat(n)
	return n, nil
}

func numberError(err error, otherwise string) error {
	if errors.Is(err, strconv.ErrRange) {
		return errors.New("the number is out of range")
	}
	return errors.New(otherwise)
}

// bindParams sets all parameters of a message. What is wrong with their values goes to found.
func (in *input) bindParams(r *http.Request, message reflect.Value, found *huma.ValidateResult) error {
	if len(in.params) == 0 {
		return nil
	}
	var query url.Values
	if r.URL.RawQuery != "" {
		var err error
		if query, err = url.ParseQuery(r.URL.RawQuery); err != nil {
			return refuse(http.StatusBadRequest, "query", "broken encoding")
		}
	}
	var path *huma.PathBuffer
	for i := range in.params {
		p := &in.params[i]
		if p.text != nil && p.setAtOnce(r, message) {
			continue
		}
		if path == nil {
			path = huma.NewPathBuffer(make([]byte, 0, 32), 0)
		}
		path.Reset()
		path.Push(p.in)
		path.Push(p.name)
		texts := p.texts(r, query)
		switch {
		case len(texts) == 0 && p.required:
			found.Add(path, nil, "expected a value")
		case len(texts) > 1 && !p.list:
			found.Add(path, nil, "expected one value")
		case slices.ContainsFunc(texts, notText):
			found.Add(path, nil, "expected UTF-8 text without null characters")
		case len(texts) > 0:
			p.set(in, message.FieldByIndex(p.index), texts, path, found)
		}
	}
	return nil
}

func notText(s string) bool { return !utf8.ValidString(s) || strings.ContainsRune(s, 0) }

// setAtOnce sets a field to a text of the path that is right beyond doubt.
func (p *param) setAtOnce(r *http.Request, message reflect.Value) bool {
	text := r.PathValue(p.name)
	if text == "" || !plain(text) || !p.text.allows([]byte(text)) {
		return false
	}
	message.FieldByIndex(p.index).SetString(text)
	return true
}

// texts returns the values of the parameter in the request, or its default. An empty value counts as none.
func (p *param) texts(r *http.Request, query url.Values) []string {
	var texts []string
	switch p.in {
	case "path":
		texts = []string{r.PathValue(p.name)}
	case "query":
		texts = query[p.name]
	case "header":
		texts = r.Header.Values(p.name)
	}
	if len(texts) == 1 && texts[0] == "" {
		texts = nil
	}
	if len(texts) == 0 && p.fallback != "" {
		texts = []string{p.fallback}
	}
	if p.list && len(texts) == 1 {
		return strings.Split(texts[0], ",")
	}
	return texts
}

func (p *param) set(in *input, v reflect.Value, texts []string, path *huma.PathBuffer, found *huma.ValidateResult) {
	if v.Kind() == reflect.Pointer {
		v.Set(reflect.New(v.Type().Elem()))
		v = v.Elem()
	}
	if !p.list {
		parsed, err := p.parse(v, texts[0])
		if err != nil {
			found.Add(path, nil, err.Error())
			return
		}
		in.validate(p.schema, path, parsed, found)
		return
	}
	v.Set(reflect.MakeSlice(v.Type(), len(texts), len(texts)))
	all := make([]any, len(texts))
	for i, text := range texts {
		var err error
		if all[i], err = p.parse(v.Index(i), text); err != nil {
			found.Add(path, nil, err.Error())
			return
		}
	}
	in.validate(p.schema, path, all, found)
}
