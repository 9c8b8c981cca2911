package web_test

import (
	"context"
	"math"
	"net/http"
	"strings"
	"testing"

	"github.com/neuroglia-go/neuroglia/mediator"
	"github.com/neuroglia-go/neuroglia/observability/observabilitytest"
	"github.com/neuroglia-go/neuroglia/web"
)

// Paging is embedded in queries.
type Paging struct {
	Limit  int    `query:"limit" default:"10" maximum:"50"`
	Cursor string `query:"cursor"`
}

type Page struct {
	Limit  int     `json:"limit"`
	Cursor string  `json:"cursor"`
	Score  float64 `json:"score"`
}

type ListPages struct {
	mediator.Query[Page]
	Paging
}

func listPages(_ context.Context, q ListPages) (Page, error) {
	if q.Cursor == "nan" {
		return Page{Score: math.NaN()}, nil
	}
	return Page{Limit: q.Limit, Cursor: q.Cursor}, nil
}

func newPages(t *testing.T) *pizzeria {
	t.Helper()
	rec := observabilitytest.New(t)
	m := mediator.New(mediator.WithTelemetry(rec.Providers()))
	mediator.Handle(m, listPages)
	p := &pizzeria{API: web.New(m, web.Config{Telemetry: rec.Providers()}), recorder: rec}
	web.Get[ListPages](p.API, "/pages", web.Summary("All pages"), web.Tag("library"), web.Status(http.StatusAccepted))
	if err := p.Build(); err != nil {
		t.Fatal(err)
	}
	return p
}

func TestFieldsOfEmbeddedStructsAreBound(t *testing.T) {
	t.Parallel()
	status, _, body := newPages(t).ask(t, "GET", "/pages?cursor=x", "")
	if want := `{"limit":10,"cursor":"x","score":0}` + "\n"; status != http.StatusAccepted || body != want {
		t.Errorf("got %d %s, want %s", status, body, want)
	}
}

func TestAnAnswerThatIsNoJSONIsAFailureLoggedOnce(t *testing.T) {
	t.Parallel()
	p := newPages(t)
	status, header, body := p.ask(t, "GET", "/pages?cursor=nan", "")
	if got := parseProblem(t, status, header, body); got.Kind != "unexpected" || strings.Contains(body, "NaN") {
		t.Errorf("got %s", body)
	}
	observabilitytest.Diff(t, p.recorder.Logs(), `
		DEBUG query handled neuroglia.message.type=ListPages span=Query.ListPages
		ERROR request failed error.type=*json.UnsupportedValueError exception.message="encode the answer: json: unsupported value: NaN" exception.type=*json.UnsupportedValueError http.request.method=GET http.route=/pages span=GET /pages
	`)
}

func TestRoutesSayWhatTheyAreCalled(t *testing.T) {
	t.Parallel()
	p := newPages(t)
	op := p.OpenAPI().Paths["/pages"].Get
	if op.Summary != "All pages" || op.Tags[0] != "library" || len(op.Parameters) != 2 || op.Responses["202"] == nil {
		t.Errorf("got %+v", op)
	}
}

func TestTypesOfOneNameHaveSchemasOfTheirOwn(t *testing.T) {
	t.Parallel()
	type Order struct { // beside the Order of this package
		Number int `json:"number"`
	}
	type FindOrder struct {
		mediator.Query[Order]
	}
	p := newPizzeria(t, nil)
	m := mediator.New()
	mediator.Handle(m, func(context.Context, FindOrder) (Order, error) { return Order{}, nil })
	mediator.Handle(m, p.startCooking)
	api := web.New(m, web.Config{Telemetry: p.recorder.Providers()})
	web.Get[FindOrder](api, "/order")
	web.Put[StartCooking](api, "/orders/{id}/cook")
	if err := api.Build(); err != nil {
		t.Error(err)
	}
	if got := len(api.OpenAPI().Components.Schemas.Map()); got != 4 {
		t.Errorf("got %d schemas, want 4", got)
	}
}

func TestMessagesThatCannotBeBoundAreReported(t *testing.T) {
	t.Parallel()
	type Pointer struct {
		mediator.Query[Page]
		*Paging
	}
	type Odd struct {
		mediator.Query[Page]
		Sizes map[string]int `query:"sizes"`
	}
	type BadTag struct {
		mediator.Command[Page]
		Size string `json:"size" minLength:"many"`
	}
	api := web.New(mediator.New(), web.Config{})
	web.Get[Pointer](api, "/a")
	web.Get[Odd](api, "/b")
	web.Post[BadTag](api, "/c")
	err := api.Build()
	if err == nil {
		t.Fatal("got no error")
	}
	for _, want := range []string{"embeds *web_test.Paging: embed it by value", "a value of type map[string]int cannot come from the query", "route POST /c"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("report lacks %q:\n%v", want, err)
		}
	}
}
