package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"path"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/danielgtaylor/huma/v2"

	"github.com/neuroglia-go/neuroglia/mediator"
)

// document is the description of an API in OpenAPI 3.1.
type document struct {
	*huma.OpenAPI
	problem *huma.Schema
	ids     map[string]bool
}

func newDocument(c Config) document {
	registry := huma.NewMapRegistry("#/components/schemas/", schemaNamer())
	return document{
		ids:     map[string]bool{},
		problem: registry.Schema(reflect.TypeFor[Problem](), true, ""),
		OpenAPI: &huma.OpenAPI{
			OpenAPI:    "3.1.0",
			Info:       &huma.Info{Title: c.Title, Version: c.Version, Description: c.Description},
			Components: &huma.Components{Schemas: registry},
		},
	}
}

// schemaNamer names schemas after types. Of several types with one name, those that come later get their package's
// name in front.
func schemaNamer() func(reflect.Type, string) string {
	owners := map[string]reflect.Type{}
	return func(t reflect.Type, hint string) string {
		for t.Kind() == reflect.Pointer {
			t = t.Elem()
		}
		name := huma.DefaultSchemaNamer(t, hint)
		owner := path.Base(t.PkgPath())
		if t.Name() == "" {
			owner, _, _ = strings.Cut(hint, ".") // a body, which has the name of its message
		}
		for i := 1; ; i++ {
			candidate := name
			if i > 1 {
				candidate = title(owner) + name
			}
			if i > 2 { //nolint:mnd // the package's name did not help
				candidate += strconv.Itoa(i)
			}
			if other, taken := owners[candidate]; !taken || other == t {
				owners[candidate] = t
				return candidate
			}
		}
	}
}

func title(s string) string {
	if s == "" || s == "." {
		return ""
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// add describes a route.
func (d *document) add(method, route string, c routeConfig, in *input, message, answer reflect.Type) {
	op := &huma.Operation{
		OperationID: d.operationID(message.Name()),
		Method:      method, Path: strings.ReplaceAll(strings.TrimSuffix(route, "{$}"), "...}", "}"),
		Summary: c.summary, Tags: []string{c.tag},
		Responses: map[string]*huma.Response{"default": d.problemResponse("Problem")},
	}
	if op.Summary == "" {
		op.Summary = words(message.Name())
	}
	if c.tag == "" {
		op.Tags = []string{path.Base(message.PkgPath())}
	}
	for _, p := range in.params {
		op.Parameters = append(op.Parameters, &huma.Param{
			Name: p.name, In: p.in, Required: p.required, Schema: p.schema, Description: p.schema.Description,
		})
	}
	statuses := []int{http.StatusInternalServerError}
	if in.body != nil {
		op.RequestBody = &huma.RequestBody{
			Required: len(d.Components.Schemas.SchemaFromRef(in.body.Ref).Required) > 0,
			Content:  map[string]*huma.MediaType{"application/json": {Schema: in.body}},
		}
		statuses = append(statuses, http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType)
	}
	if in.body != nil || len(in.params) > 0 {
		statuses = append(statuses, http.StatusUnprocessableEntity)
	}
	for _, status := range statuses {
		op.Responses[strconv.Itoa(status)] = d.problemResponse(http.StatusText(status))
	}
	op.Responses[strconv.Itoa(c.status)] = d.answer(c, message, answer)
	d.AddOperation(op)
}

func (d *document) answer(c routeConfig, message, answer reflect.Type) *huma.Response {
	response := &huma.Response{Description: http.StatusText(c.status)}
	if c.location != "" {
		response.Headers = map[string]*huma.Param{
			"Location": {Schema: &huma.Schema{Type: huma.TypeString}, Description: "Where it is."},
		}
	}
	if answer != reflect.TypeFor[mediator.None]() && c.status != http.StatusNoContent {
		schema := d.Components.Schemas.Schema(answer, true, message.Name()+"Answer")
		response.Content = map[string]*huma.MediaType{"application/json": {Schema: schema}}
	}
	return response
}

func (d *document) problemResponse(description string) *huma.Response {
	return &huma.Response{
		Description: description,
		Content:     map[string]*huma.MediaType{problemType: {Schema: d.problem}},
	}
}

func (d *document) operationID(name string) string {
	id := name
	for i := 2; d.ids[id]; i++ {
		id = name + strconv.Itoa(i)
	}
	d.ids[id] = true
	return id
}

// words turns "PlaceOrder" into "Place order".
func words(name string) string {
	var out []rune
	for i, r := range name {
		if i > 0 && unicode.IsUpper(r) {
			out = append(out, ' ')
			r = unicode.ToLower(r)
		}
		out = append(out, r)
	}
	return string(out)
}

// encode returns the document as JSON.
func (d *document) encode() ([]byte, error) {
	data, err := json.Marshal(d.OpenAPI)
	if err != nil {
		return nil, fmt.Errorf("encode the OpenAPI document: %w", err)
	}
	return data, nil
}

func (a *API) openapi(w http.ResponseWriter, _ *http.Request) error {
	data, err := a.openapiJSON()
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/vnd.oai.openapi+json;version=3.1")
	_, _ = w.Write(data) // nothing can be said any more to a client that is gone
	return nil
}

// operations returns the operations of a path in the order of their methods.
func operations(item *huma.PathItem) []*huma.Operation {
	all := []*huma.Operation{item.Get, item.Post, item.Put, item.Patch, item.Delete}
	return slices.DeleteFunc(all, func(op *huma.Operation) bool { return op == nil })
}
