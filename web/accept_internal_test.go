package web

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"
)

// menu has all that is demanded of values, and a member that nothing is sure about.
type menu struct {
	Name    string   `json:"name" minLength:"2" maxLength:"8" pattern:"^[a-z]+$"`
	Size    string   `json:"size,omitempty" enum:"small,large"`
	Pizzas  int      `json:"pizzas" minimum:"1" exclusiveMaximum:"100"`
	Price   float64  `json:"price,omitempty" exclusiveMinimum:"0" maximum:"99.5"`
	Vegan   bool     `json:"vegan,omitempty"`
	Note    *string  `json:"note,omitempty"`
	Small   int8     `json:"small,omitempty"`
	Tags    []string `json:"tags,omitempty" minItems:"1" maxItems:"2"`
	Portion int      `json:"portion,omitempty" default:"1"`
	Drinks  []struct {
		Name string `json:"name"`
	} `json:"drinks,omitempty"`
}

func newMenu(tb testing.TB) *input {
	tb.Helper()
	registry := huma.NewMapRegistry("#/components/schemas/", huma.DefaultSchemaNamer)
	in, err := newInput(registry, reflect.TypeFor[menu](), 1<<20, &buffers{})
	if err != nil {
		tb.Fatal(err)
	}
	return in
}

func TestWhatClientsSendIsRightBeyondDoubt(t *testing.T) {
	t.Parallel()
	in := newMenu(t)
	for _, body := range []string{
		`{"name":"ada","pizzas":1,"portion":2}`,
		" {\n\t\"portion\" : 1 , \"pizzas\":99, \"name\" :\"adaadaad\"}\r\n",
		`{"name":"ada","pizzas":7,"portion":1,"size":"large","price":9.5,"vegan":true,"note":"soon!","small":-128,"tags":["a","b"],` +
			`"drinks":[{"name":""},{"name":"cola"}]}`,
		`{"name":"ada","pizzas":1,"portion":2,"drinks":[]}`,
	} {
		if !in.accept.whole([]byte(body)) {
			t.Errorf("there is doubt about %s", body)
		}
	}
}

func TestWhatIsWrongOrUnusualIsInDoubt(t *testing.T) {
	t.Parallel()
	in := newMenu(t)
	const right = `{"name":"ada","pizzas":1,"portion":2}`
	for _, change := range []string{
		`"ada"|"a"`, `"ada"|"adaadaada"`, `"ada"|"Ada"`, `"ada"|"\u0061da"`, `"ada"|"añb"`, `"ada"|null`, `"ada"|7`, `"ada"|"ada`,
		`"name"|"Name"`, `"name"|"nam\u0065"`, `"name"|"other"`, `"name"|"pizzas"`, `"name":"ada",|`, `"pizzas":1|"pizzas":0`,
		`"pizzas":1|"pizzas":100`, `"pizzas":1|"pizzas":1.0`, `"pizzas":1|"pizzas":1e1`, `"pizzas":1|"pizzas":"1"`,
		`"pizzas":1|"pizzas":-`, `"pizzas":1|"pizzas":1 2`, `,"portion":2|`, `2}|2}}`, `2}|2`, `2}|2,}`, `2}|2,"vegan":null}`,
		`2}|2,"size":"medium"}`, `2}|2,"price":0}`, `2}|2,"price":99.6}`, `2}|2,"tags":[]}`, `2}|2,"tags":["a","b","c"]}`,
		`2}|2,"tags":["a",]}`, `2}|2,"tags":["a"`, `2}|2,"drinks":[{}]}`, `2}|2,"drinks":{}}`, `{|[`, `{|{}{`, right + `|`,
	} {
		before, after, _ := strings.Cut(change, "|")
		body := strings.Replace(right, before, after, 1)
		if body == right || in.accept.whole([]byte(body)) {
			t.Errorf("there is no doubt about %s", body)
		}
	}
}

func TestNothingIsSureAboutSchemasThatAreNotUnderstood(t *testing.T) {
	t.Parallel()
	for _, message := range []reflect.Type{
		reflect.TypeFor[struct {
			At string `json:"at" format:"date-time"`
		}](),
		reflect.TypeFor[struct {
			Any any `json:"any"`
		}](),
		reflect.TypeFor[struct {
			Tags []string `json:"tags" uniqueItems:"true"`
		}](),
		reflect.TypeFor[struct {
			Even int `json:"even" multipleOf:"2"`
		}](),
		reflect.TypeFor[struct {
			Data []byte `json:"data"`
		}](),
		reflect.TypeFor[struct {
			Map map[string]int `json:"map"`
		}](),
		reflect.TypeFor[struct {
			One int `json:"one" enum:"1,2"`
		}](),
	} {
		registry := huma.NewMapRegistry("#/components/schemas/", huma.DefaultSchemaNamer)
		in, err := newInput(registry, message, 1<<20, &buffers{})
		if err != nil || in.accept != nil {
			t.Errorf("%s: %v, or something is sure about it", message, err)
		}
	}
}

// FuzzWhatIsAcceptedIsValid proves the claim of accept: what it is sure of, and JSON can be decoded from, huma finds nothing in.
func FuzzWhatIsAcceptedIsValid(f *testing.F) {
	for _, body := range []string{
		`{"name":"ada","pizzas":1,"portion":2}`, `{"name":"ada","pizzas":01,"portion":2,"tags":["a"],"price":1.}`,
		`{"name":"ada","pizzas":1,"portion":2,"drinks":[{"name":"x"}],"size":"small","small":300,"note":"n"}`,
	} {
		f.Add([]byte(body))
	}
	in := newMenu(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		var got, want menu
		if !in.accept.whole(data) || json.Unmarshal(data, &got) != nil {
			return
		}
		found := &huma.ValidateResult{}
		if err := in.bindBody(data, reflect.ValueOf(&want).Elem(), found); err != nil || len(found.Errors) > 0 {
			t.Fatalf("accepted, but %v %v: %s", err, found.Errors, data)
		}
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("got %+v, want %+v", got, want)
		}
	})
}
