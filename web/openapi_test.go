package web_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/neuroglia-go/neuroglia/mediator"
	"github.com/neuroglia-go/neuroglia/web"
)

func TestTheOpenAPIDocumentComesFromTheMessages(t *testing.T) {
	t.Parallel()
	status, header, body := newPizzeria(t, nil).ask(t, "GET", "/api/openapi.json", "")
	if status != http.StatusOK || !strings.HasPrefix(header.Get("Content-Type"), "application/vnd.oai.openapi+json") {
		t.Errorf("got %d %v", status, header)
	}
	var d struct {
		OpenAPI string
		Paths   map[string]map[string]struct {
			OperationID string
			Tags        []string
			Summary     string
			Parameters  []struct {
				Name, In string
				Required bool
			}
			RequestBody *struct {
				Content map[string]struct{ Schema map[string]any }
			}
			Responses map[string]struct {
				Headers map[string]any
				Content map[string]struct{ Schema map[string]any }
			}
		}
		Components struct {
			Schemas map[string]struct {
				Properties map[string]any
				Required   []string
			}
		}
	}
	decode(t, body, &d)
	if d.OpenAPI != "3.1.0" {
		t.Errorf("got OpenAPI %s", d.OpenAPI)
	}
	place := d.Paths["/api/orders"]["post"]
	if got := place.OperationID + " " + place.Summary + " " + strings.Join(place.Tags, ","); got != "PlaceOrder Place order web_test" {
		t.Errorf("got operation %s", got)
	}
	if place.RequestBody.Content["application/json"].Schema["$ref"] != "#/components/schemas/PlaceOrder" ||
		place.Responses["201"].Content["application/json"].Schema["$ref"] != "#/components/schemas/Order" ||
		place.Responses["201"].Headers["Location"] == nil ||
		place.Responses["default"].Content["application/problem+json"].Schema["$ref"] != "#/components/schemas/Problem" {
		t.Errorf("got %+v", place)
	}
	if cook := d.Paths["/api/orders/{id}/cook"]["put"]; cook.RequestBody != nil || len(cook.Parameters) != 1 || !cook.Parameters[0].Required {
		t.Errorf("got %+v", cook)
	}
	if remove := d.Paths["/api/orders/{id}"]["delete"]; len(remove.Responses["204"].Content) > 0 {
		t.Errorf("got %+v", remove)
	}
	var names []string
	for name := range d.Components.Schemas {
		names = append(names, name)
	}
	slices.Sort(names)
	if diff := cmp.Diff(names, []string{"AssignDelivery", "Item", "Order", "PlaceOrder", "Problem", "ProblemDetail"}); diff != "" {
		t.Error(diff)
	}
	assign := d.Components.Schemas["AssignDelivery"]
	if len(assign.Properties) != 1 || !slices.Equal(assign.Required, []string{"driver"}) {
		t.Errorf("got %+v", assign)
	}
}

func TestDocumentationIsMadeOnceWhenTheAPIServes(t *testing.T) {
	t.Parallel()
	p := newPizzeria(t, nil)
	for _, path := range []string{"/api/openapi.json", "/api/docs"} {
		p.OpenAPI().Info.Description = "changed before serving " + path
		_, _, first := p.ask(t, "GET", path, "")
		if !strings.Contains(first, "changed before serving "+path) {
			t.Errorf("got %s", first)
		}
		p.OpenAPI().Info.Description = "changed too late"
		if _, _, again := p.ask(t, "GET", path, ""); again != first {
			t.Errorf("got %s", again)
		}
	}
}

func TestThePageOfTheAPINeedsNothingFromElsewhere(t *testing.T) {
	t.Parallel()
	status, header, body := newPizzeria(t, nil).ask(t, "GET", "/api/docs", "")
	if status != http.StatusOK || !strings.Contains(header.Get("Content-Security-Policy"), "default-src 'none'") {
		t.Errorf("got %d %v", status, header)
	}
	for _, want := range []string{"Mario&#39;s Pizzeria", "/api/orders/{id}/cook", "min items 1", `href="#PlaceOrder"`, `id="PlaceOrder"`} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	for _, never := range []string{"<script", "http://", "https://"} {
		if strings.Contains(body, never) {
			t.Errorf("the page has %s", never)
		}
	}
}

// Money has the name and the form of no other type.
type Money struct{ cents int64 }

func (m *Money) UnmarshalText(text []byte) error { return json.Unmarshal(text, &m.cents) }

type Pay struct {
	mediator.Command[mediator.None]
	Amounts map[string][]Money `json:"amounts"`
}

func TestValuesThatTheirOwnTypeRefusesAreNamed(t *testing.T) {
	t.Parallel()
	p := newPizzeria(t, nil)
	m := mediator.New(mediator.WithTelemetry(p.recorder.Providers()))
	p.API = web.New(m, web.Config{Telemetry: p.recorder.Providers(), DocsPath: "-", OpenAPIPath: "-"})
	web.Post[Pay](p.API, "/pay")
	status, header, body := p.ask(t, "POST", "/pay", `{"amounts":{"a":["1","x"]}}`)
	got := parseProblem(t, status, header, body)
	if status != http.StatusUnprocessableEntity || len(got.Errors) != 1 || got.Errors[0].Location != "body.amounts.a[1]" {
		t.Errorf("got %s", body)
	}
	if status, _, _ := p.ask(t, "GET", "/api/docs", ""); status != http.StatusNotFound {
		t.Errorf("got %d for a page that is off", status)
	}
}
