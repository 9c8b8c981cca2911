package web

import (
	"bytes"
	"fmt"
	"html/template"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// docs shows the API to people: one page without scripts or anything from elsewhere.
func (a *API) docs(w http.ResponseWriter, _ *http.Request) error {
	data, err := a.docsHTML()
	if err != nil {
		return err
	}
	header := w.Header()
	header.Set("Content-Type", "text/html; charset=utf-8")
	header.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'")
	header.Set("Referrer-Policy", "no-referrer")
	_, _ = w.Write(data) // nothing can be said any more to a client that is gone
	return nil
}

// render returns the page as HTML.
func (a *API) render() ([]byte, error) {
	page, err := template.New("docs").Funcs(template.FuncMap{"type": typeText, "limits": limitsText}).Parse(docsPage)
	if err != nil {
		return nil, fmt.Errorf("parse the page: %w", err)
	}
	var out bytes.Buffer
	if err := page.Execute(&out, a.page()); err != nil {
		return nil, fmt.Errorf("show the API: %w", err)
	}
	return out.Bytes(), nil
}

type page struct {
	Title, Version, Description, OpenAPI string
	Groups                               []pageGroup
	Schemas                              []pageSchema
}

type pageGroup struct {
	Name       string
	Operations []pageOperation
}

type pageOperation struct {
	*huma.Operation
	Body    *huma.Schema
	Answers []pageAnswer
}

type pageAnswer struct {
	Status, Description string
	Schema              *huma.Schema
}

type pageSchema struct {
	Name string
	*huma.Schema
	Fields []pageField
}

type pageField struct {
	Name     string
	Required bool
	Schema   *huma.Schema
}

func (a *API) page() page {
	d := a.document.OpenAPI
	p := page{Title: d.Info.Title, Version: d.Info.Version, Description: d.Info.Description}
	if a.config.OpenAPIPath != off {
		p.OpenAPI = a.config.OpenAPIPath
	}
	groups := map[string]*pageGroup{}
	for _, path := range slices.Sorted(maps.Keys(d.Paths)) {
		for _, op := range operations(d.Paths[path]) {
			tag := strings.Join(op.Tags, ", ")
			if groups[tag] == nil {
				groups[tag] = &pageGroup{Name: tag}
			}
			groups[tag].Operations = append(groups[tag].Operations, newPageOperation(op))
		}
	}
	for _, tag := range slices.Sorted(maps.Keys(groups)) {
		p.Groups = append(p.Groups, *groups[tag])
	}
	schemas := d.Components.Schemas.Map()
	for _, name := range slices.Sorted(maps.Keys(schemas)) {
		s := pageSchema{Name: name, Schema: schemas[name]}
		for _, field := range slices.Sorted(maps.Keys(s.Properties)) {
			s.Fields = append(s.Fields, pageField{field, slices.Contains(s.Required, field), s.Properties[field]})
		}
		p.Schemas = append(p.Schemas, s)
	}
	return p
}

func newPageOperation(op *huma.Operation) pageOperation {
	p := pageOperation{Operation: op}
	if op.RequestBody != nil {
		p.Body = op.RequestBody.Content["application/json"].Schema
	}
	for _, status := range slices.Sorted(maps.Keys(op.Responses)) {
		answer := pageAnswer{Status: status, Description: op.Responses[status].Description}
		for _, media := range op.Responses[status].Content {
			answer.Schema = media.Schema
		}
		p.Answers = append(p.Answers, answer)
	}
	return p
}

// typeText shows a schema as text, with a link to that of a named type.
func typeText(s *huma.Schema) template.HTML {
	switch {
	case s == nil:
		return ""
	case s.Ref != "":
		name := template.HTMLEscapeString(s.Ref[strings.LastIndexByte(s.Ref, '/')+1:])
		return template.HTML(`<a href="#` + name + `">` + name + `</a>`) //nolint:gosec // escaped
	case s.Type == huma.TypeArray:
		return "list of " + typeText(s.Items)
	case s.Type == "":
		return "anything"
	}
	if values, ok := s.AdditionalProperties.(*huma.Schema); ok {
		return "map of " + typeText(values)
	}
	text := s.Type
	if s.Format != "" {
		text += " (" + s.Format + ")"
	}
	return template.HTML(template.HTMLEscapeString(text)) //nolint:gosec // escaped
}

// limitsText shows what a value must keep to.
func limitsText(s *huma.Schema) string {
	var all []string
	limit := func(name string, value any, set bool) {
		if set {
			all = append(all, fmt.Sprintf("%s %v", name, value))
		}
	}
	for _, l := range []struct {
		name  string
		value *int
	}{{"min length", s.MinLength}, {"max length", s.MaxLength}, {"min items", s.MinItems}, {"max items", s.MaxItems}} {
		if l.value != nil {
			limit(l.name, *l.value, true)
		}
	}
	for _, l := range []struct {
		name  string
		value *float64
	}{{"min", s.Minimum}, {"max", s.Maximum}, {"more than", s.ExclusiveMinimum}, {"less than", s.ExclusiveMaximum}} {
		if l.value != nil {
			limit(l.name, *l.value, true)
		}
	}
	limit("pattern", s.Pattern, s.Pattern != "")
	limit("one of", s.Enum, len(s.Enum) > 0)
	limit("default", s.Default, s.Default != nil)
	return strings.Join(all, ", ")
}
