package web

import (
	"errors"
	"fmt"
	"net/url"
	"reflect"
	"regexp"
	"strings"
)

// location is a path with fields of an answer in it.
type location struct {
	texts  []string // around the fields: one more than fields
	fields [][]int
}

func newLocation(template string, answer reflect.Type) (*location, error) {
	for answer.Kind() == reflect.Pointer {
		answer = answer.Elem()
	}
	l := &location{}
	rest := template
	for {
		before, after, found := strings.Cut(rest, "{")
		l.texts = append(l.texts, before)
		if !found {
			return l, nil
		}
		var name string
		if name, rest, found = strings.Cut(after, "}"); !found {
			return nil, fmt.Errorf("location %s: a brace is not closed", template)
		}
		index, err := fieldNamed(answer, name)
		if err != nil {
			return nil, fmt.Errorf("location %s: %w", template, err)
		}
		l.fields = append(l.fields, index)
	}
}

// fieldNamed finds a field by its name in JSON. An answer that is no struct is its own only field.
func fieldNamed(answer reflect.Type, name string) ([]int, error) {
	if answer.Kind() != reflect.Struct {
		return nil, nil
	}
	for _, f := range bindable(answer, nil) {
		if jsonName(f) == name {
			return f.Index, nil
		}
	}
	return nil, fmt.Errorf("%s has no field %q", answer, name)
}

func (l *location) of(answer any) (string, error) {
	v := reflect.ValueOf(answer)
	for v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return "", errors.New("the answer is nil and has no location")
		}
		v = v.Elem()
	}
	var b strings.Builder
	for i, text := range l.texts {
		b.WriteString(text)
		if i < len(l.fields) {
			b.WriteString(url.PathEscape(textOf(v.FieldByIndex(l.fields[i]))))
		}
	}
	return b.String(), nil
}

func textOf(v reflect.Value) string {
	if v.Type() == reflect.TypeFor[string]() {
		return v.String()
	}
	return fmt.Sprint(v.Interface())
}

// checkPath compares the names in a path with those that the message binds from it.
func (in *input) checkPath(path string) error {
	names := map[string]bool{}
	for _, match := range regexp.MustCompile(`\{([^}]*)\}`).FindAllStringSubmatch(path, -1) {
		names[strings.TrimSuffix(match[1], "...")] = false
	}
	for _, p := range in.params {
		if p.in != "path" {
			continue
		}
		if _, ok := names[p.name]; !ok {
			return fmt.Errorf("the field %s comes from {%s}, which is not in the path", p.field, p.name)
		}
		names[p.name] = true
	}
	for name, bound := range names {
		if !bound && name != "$" {
			return fmt.Errorf("no field has the tag path:%q", name)
		}
	}
	return nil
}
