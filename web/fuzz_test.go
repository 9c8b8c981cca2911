package web_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/neuroglia-go/neuroglia/mediator"
	"github.com/neuroglia-go/neuroglia/telemetry"
	"github.com/neuroglia-go/neuroglia/web"
)

type Leaf struct {
	Name  string             `json:"name" minLength:"1" default:"oak"`
	Sizes []int8             `json:"sizes,omitempty" uniqueItems:"true"`
	Rate  float32            `json:"rate,omitempty" multipleOf:"0.5"`
	When  time.Time          `json:"when,omitzero"`
	More  map[string]*Leaf   `json:"more,omitempty"`
	Any   any                `json:"any,omitempty"`
	Grid  [2]uint16          `json:"grid,omitzero"`
	Data  []byte             `json:"data,omitempty"`
	Price map[string]float64 `json:"price,omitempty" maxProperties:"2"`
}

// Echo is answered with itself.
type Echo struct {
	mediator.Command[Echo]
	ID     string    `json:"-" path:"id" pattern:"^[^!]*$"`
	Limit  uint8     `json:"-" query:"limit" enum:"1,2,3"`
	Since  time.Time `json:"-" query:"since"`
	Flags  []bool    `json:"-" query:"flag"`
	Weight *float64  `json:"-" query:"weight"`
	Tag    string    `json:"-" header:"X-Tag"`
	Leaf   Leaf      `json:"leaf"`
	Leaves []Leaf    `json:"leaves,omitempty" maxItems:"3"`
	Opt    *Leaf     `json:"opt,omitempty"`
	Kind   string    `json:"kind,omitempty" enum:"a,b"`
}

func FuzzNoRequestMakesTheServerFail(f *testing.F) {
	for _, body := range []string{
		`{}`, `null`, `[]`, `"x"`, `{"leaf":{"name":"a"}}`, `{"leaf":{"name":null}}`, `{"leaf":null}`, `{"leaf":{"sizes":[1,1,300]}}`,
		`{"leaf":{"more":{"x":{"name":"y","any":{"a":[1]}}}},"kind":"a"}`, `{"leaf":{"name":"a","when":"2026-01-01T00:00:00Z"}}`,
		`{"leaf":{"name":"a","when":"9999-13-01T00:00:00Z"}}`, `{"leaf":{"name":"a","grid":[1,2],"data":"AA==","rate":1e39}}`,
		`{"LEAF":{"NAME":"a"}}`, `{"leaf":{"name":"a"},"leaf":{"name":"b"}}`, `{"kind":{},"leaf":{"sizes":[{},{}]}}`, "{\"leaf\":\"\xff\"}",
		`{"leaf":{"name":"a","any":1e999}}`, `{"opt":{"opt":{}}}`, `{"leaves":[{},{}]}`, strings.Repeat("[", 20000),
		`{"leaf":{"price":{"a":1,"b":2,"c":3}}}`,
	} {
		f.Add("7", "limit=1&since=2026-01-01T00:00:00Z&flag=true,false&weight=1.5", "tag", body)
		f.Add("a%2Fb", "limit=x&weight=NaN&flag=", "", body)
	}
	m := mediator.New()
	mediator.Handle(m, func(_ context.Context, e Echo) (Echo, error) { return e, nil })
	api := web.New(m, web.Config{Telemetry: telemetry.Providers{Logger: slog.New(slog.DiscardHandler)}})
	web.Post[Echo](api, "/echo/{id}")
	if err := api.Build(); err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, id, query, tag, body string) {
		target, err := url.ParseRequestURI("/echo/" + id + "?" + query)
		if err != nil {
			t.Skip("no server would get this from net/http")
		}
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", strings.NewReader(body))
		r.URL, r.RequestURI = target, target.RequestURI()
		r.Header["X-Tag"] = []string{tag}
		w := httptest.NewRecorder()
		api.ServeHTTP(w, r)
		if w.Code >= http.StatusInternalServerError {
			t.Errorf("got %d %s", w.Code, w.Body)
		}
	})
}
