package web_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/neuroglia-go/neuroglia/fault"
	"github.com/neuroglia-go/neuroglia/mediator"
	"github.com/neuroglia-go/neuroglia/web"
)

type Pizza struct {
	ID   string `json:"id"`
	Size string `json:"size"`
}

type BakePizza struct {
	mediator.Command[Pizza]
	Oven int    `json:"-" path:"oven" minimum:"1" maximum:"4"`
	Size string `json:"size" enum:"small,large"`
}

func bakePizza(_ context.Context, c BakePizza) (Pizza, error) {
	if c.Oven == 4 {
		return Pizza{}, fault.New(fault.Conflict, "oven %d is cold", c.Oven)
	}
	return Pizza{ID: "p1", Size: c.Size}, nil
}

func Example() {
	m := mediator.New()
	mediator.Handle(m, bakePizza)
	api := web.New(m, web.Config{Title: "Mario's Pizzeria", Version: "1.0.0"})
	web.Post[BakePizza](api, "/ovens/{oven}/pizzas", web.Created("/pizzas/{id}"))

	for _, request := range []struct{ path, body string }{
		{"/ovens/1/pizzas", `{"size":"large"}`},
		{"/ovens/1/pizzas", `{"size":"huge"}`},
		{"/ovens/4/pizzas", `{"size":"small"}`},
	} {
		w := httptest.NewRecorder()
		api.ServeHTTP(w, httptest.NewRequest(http.MethodPost, request.path, strings.NewReader(request.body)))
		fmt.Print(w.Code, " ", w.Body)
	}
	// Output:
	// 201 {"id":"p1","size":"large"}
	// 422 {"type":"about:blank","title":"Unprocessable Entity","status":422,"detail":"body.size: expected value to be one of \"small, large\"","instance":"/ovens/1/pizzas","kind":"invalid","errors":[{"message":"expected value to be one of \"small, large\"","location":"body.size"}]}
	// 409 {"type":"about:blank","title":"Conflict","status":409,"detail":"oven 4 is cold","instance":"/ovens/4/pizzas","kind":"conflict"}
}

func ExampleCreated() {
	m := mediator.New()
	mediator.Handle(m, bakePizza)
	api := web.New(m, web.Config{})
	web.Post[BakePizza](api, "/ovens/{oven}/pizzas", web.Created("/pizzas/{id}"))

	w := httptest.NewRecorder()
	api.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/ovens/2/pizzas", strings.NewReader(`{"size":"small"}`)))
	fmt.Println(w.Code, w.Header().Get("Location"))
	// Output: 201 /pizzas/p1
}

func ExampleAPI_Handle() {
	api := web.New(mediator.New(), web.Config{})
	api.Handle("GET /version", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "1.0.0") }))

	w := httptest.NewRecorder()
	api.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/version", nil))
	fmt.Print(w.Body)
	// Output: 1.0.0
}

func ExampleNewClient() {
	payments := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintln(w, "paid", r.URL.Path)
	}))
	defer payments.Close()

	client := web.NewClient()
	ctx := web.WithURLTemplate(context.Background(), "/payments/{id}") // names the span "GET /payments/{id}"
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, payments.URL+"/payments/7", nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	response, err := client.Do(request)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer response.Body.Close()
	body, _ := io.ReadAll(response.Body)
	fmt.Print(string(body))
	// Output: paid /payments/7
}
