package web_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"go.opentelemetry.io/otel/baggage"

	"github.com/neuroglia-go/neuroglia/mediator"
	"github.com/neuroglia-go/neuroglia/observability/observabilitytest"
	"github.com/neuroglia-go/neuroglia/web"
)

func TestRequestsHaveSpansNamedAfterTheirRoute(t *testing.T) {
	t.Parallel()
	p := newPizzeria(t, nil)
	p.ask(t, "PUT", "/api/orders/7/assign?x=1", `{"driver":"Ada"}`, "User-Agent", "curl", "X-Forwarded-For", "1.2.3.4")
	p.ask(t, "PUT", "/api/orders/7/assign", `{}`)
	p.ask(t, "PUT", "/api/orders/unexpected/cook", "")
	p.ask(t, "GET", "/wp-login.php", "")
	p.ask(t, "BREW", "/api/orders", "")
	p.ask(t, "GET", "/healthz", "")
	p.ask(t, "GET", "/readyz", "")
	p.ask(t, "GET", "/api/docs", "")
	p.ask(t, "GET", "/api/openapi.json", "")
	observabilitytest.Diff(t, p.recorder.Spans(), `
		PUT /api/orders/{id}/assign SERVER http.request.method=PUT http.response.status_code=200 http.route=/api/orders/{id}/assign url.path=/api/orders/7/assign
		  Command.AssignDelivery INTERNAL neuroglia.message.kind=command neuroglia.message.type=AssignDelivery neuroglia.outcome=success
		PUT /api/orders/{id}/assign SERVER http.request.method=PUT http.response.status_code=422 http.route=/api/orders/{id}/assign url.path=/api/orders/7/assign
		PUT /api/orders/{id}/cook SERVER ERROR() error.type=*errors.errorString http.request.method=PUT http.response.status_code=500 http.route=/api/orders/{id}/cook url.path=/api/orders/unexpected/cook
		  Command.StartCooking INTERNAL ERROR(secret detail) error.type=*errors.errorString neuroglia.message.kind=command neuroglia.message.type=StartCooking neuroglia.outcome=failure
		GET SERVER http.request.method=GET http.response.status_code=404 url.path=/wp-login.php
		HTTP SERVER http.request.method=_OTHER http.request.method_original=BREW http.response.status_code=405 url.path=/api/orders
	`)
	observabilitytest.Diff(t, p.recorder.Metrics("http.server.request.duration", "http.server.active_requests"), `
		http.server.active_requests updowncounter {request}
		  {http.request.method=GET} value=0
		  {http.request.method=PUT} value=0
		  {http.request.method=_OTHER} value=0
		http.server.request.duration histogram s buckets=[0.005 0.01 0.025 0.05 0.075 0.1 0.25 0.5 0.75 1 2.5 5 7.5 10]
		  {error.type=*errors.errorString http.request.method=PUT http.response.status_code=500 http.route=/api/orders/{id}/cook} count=1
		  {http.request.method=GET http.response.status_code=404} count=1
		  {http.request.method=PUT http.response.status_code=200 http.route=/api/orders/{id}/assign} count=1
		  {http.request.method=PUT http.response.status_code=422 http.route=/api/orders/{id}/assign} count=1
		  {http.request.method=_OTHER http.response.status_code=405} count=1
	`)
	observabilitytest.Diff(t, p.recorder.Logs(), `
		INFO command handled neuroglia.message.type=AssignDelivery span=Command.AssignDelivery
		INFO request refused http.request.method=PUT http.response.status_code=422 http.route=/api/orders/{id}/assign neuroglia.reason="1 problem: body" span=PUT /api/orders/{id}/assign
		ERROR command failed error.type=*errors.errorString exception.message="secret detail" exception.type=*errors.errorString neuroglia.message.type=StartCooking span=Command.StartCooking
		INFO request refused http.request.method=GET http.response.status_code=404 neuroglia.reason="nothing is found at this path" span=GET
		INFO request refused http.request.method=BREW http.response.status_code=405 neuroglia.reason="BREW is not possible here, but GET, HEAD, POST is" span=HTTP
	`)
}

func TestPanicsAreAnsweredMeasuredAndLoggedOnce(t *testing.T) {
	t.Parallel()
	p := newPizzeria(t, nil)
	p.Handle("GET /early", http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("early") }))
	p.Handle("GET /late", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, "half of it")
		panic("late")
	}))
	p.Handle("GET /abort", http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }))
	p.ask(t, "PUT", "/api/orders/panic/cook", "")
	if status, header, body := p.ask(t, "GET", "/early", ""); status != http.StatusInternalServerError {
		t.Error(parseProblem(t, status, header, body))
	}
	for _, path := range []string{"/late", "/abort"} {
		func() {
			defer func() {
				if v := recover(); v != any(http.ErrAbortHandler) {
					t.Errorf("%s: got panic %v, want the connection closed", path, v)
				}
			}()
			p.ask(t, "GET", path, "")
		}()
	}
	observabilitytest.Diff(t, p.recorder.Spans(), `
		PUT /api/orders/{id}/cook SERVER ERROR() error.type=panic http.request.method=PUT http.response.status_code=500 http.route=/api/orders/{id}/cook url.path=/api/orders/panic/cook
		  Command.StartCooking INTERNAL ERROR(panic: secret panic) error.type=panic neuroglia.message.kind=command neuroglia.message.type=StartCooking neuroglia.outcome=failure
		GET /early SERVER ERROR() error.type=panic http.request.method=GET http.response.status_code=500 http.route=/early url.path=/early
		GET /late SERVER ERROR() error.type=panic http.request.method=GET http.response.status_code=200 http.route=/late url.path=/late
		GET /abort SERVER ERROR() error.type=aborted http.request.method=GET http.response.status_code=500 http.route=/abort url.path=/abort
	`)
	observabilitytest.Diff(t, p.recorder.Metrics("http.server.request.duration", "http.server.active_requests"), `
		http.server.active_requests updowncounter {request}
		  {http.request.method=GET} value=0
		  {http.request.method=PUT} value=0
		http.server.request.duration histogram s buckets=[0.005 0.01 0.025 0.05 0.075 0.1 0.25 0.5 0.75 1 2.5 5 7.5 10]
		  {error.type=aborted http.request.method=GET http.response.status_code=500 http.route=/abort} count=1
		  {error.type=panic http.request.method=GET http.response.status_code=200 http.route=/late} count=1
		  {error.type=panic http.request.method=GET http.response.status_code=500 http.route=/early} count=1
		  {error.type=panic http.request.method=PUT http.response.status_code=500 http.route=/api/orders/{id}/cook} count=1
	`)
	observabilitytest.Diff(t, p.recorder.Logs(), `
		ERROR command failed error.type=panic exception.message="panic: secret panic" exception.stacktrace=* exception.type=*instrument.PanicError neuroglia.message.type=StartCooking span=Command.StartCooking
		ERROR request failed error.type=panic exception.message="panic: early" exception.stacktrace=* exception.type=*instrument.PanicError http.request.method=GET http.route=/early span=GET /early
		ERROR request failed error.type=panic exception.message="panic: late" exception.stacktrace=* exception.type=*instrument.PanicError http.request.method=GET http.route=/late span=GET /late
	`)
}

func TestTracesOfCallersGoOnOrAreLinked(t *testing.T) {
	t.Parallel()
	const span = "DELETE /api/orders/{id} SERVER client.address=192.0.2.9 http.request.method=DELETE http.response.status_code=204 " +
		"http.route=/api/orders/{id} network.peer.address=192.0.2.1 network.peer.port=1234 url.path=/api/orders/7 user_agent.original=curl"
	const inner = "\n  Command.RemoveOrder INTERNAL neuroglia.message.kind=command neuroglia.message.type=RemoveOrder neuroglia.outcome=success"
	for name, c := range map[string]struct {
		public bool
		want   string
	}{
		"private": {false, span + " (remote parent)" + inner},
		"public":  {true, span + "\n  link -> (not recorded)" + inner},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPizzeria(t, func(config *web.Config) { config.PublicEndpoint, config.RecordClient = c.public, true })
			p.ask(t, "DELETE", "/api/orders/7", "", "traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
				"User-Agent", "curl", "X-Forwarded-For", "192.0.2.9")
			observabilitytest.Diff(t, p.recorder.Spans(), c.want)
		})
	}
}

func TestRequestsInstrumentedFurtherOutHaveOneSpan(t *testing.T) {
	t.Parallel()
	p := newPizzeria(t, nil)
	providers := p.recorder.Providers()
	outer := otelhttp.NewHandler(p, "server", otelhttp.WithTracerProvider(providers.Tracer),
		otelhttp.WithMeterProvider(providers.Meter), otelhttp.WithPropagators(providers.Propagator))
	r := httptest.NewRequestWithContext(t.Context(), "DELETE", "/api/orders/7", nil)
	r.RemoteAddr = ""
	w := httptest.NewRecorder()
	outer.ServeHTTP(w, r)
	if w.Code != http.StatusNoContent {
		t.Error(w.Body)
	}
	observabilitytest.Diff(t, p.recorder.Spans(), `
		DELETE /api/orders/{id} SERVER http.request.method=DELETE http.response.status_code=204 http.route=/api/orders/{id} url.path=/api/orders/7
		  Command.RemoveOrder INTERNAL neuroglia.message.kind=command neuroglia.message.type=RemoveOrder neuroglia.outcome=success
	`)
	observabilitytest.Diff(t, p.recorder.Metrics("http.server.request.duration", "http.server.active_requests"), `
		http.server.active_requests updowncounter {request}
		  {http.request.method=DELETE} value=0
		http.server.request.duration histogram s buckets=[0.005 0.01 0.025 0.05 0.075 0.1 0.25 0.5 0.75 1 2.5 5 7.5 10]
		  {http.request.method=DELETE http.response.status_code=204 http.route=/api/orders/{id}} count=1
	`)
}

func TestBuildReportsRoutesThatAreWrong(t *testing.T) {
	t.Parallel()
	m := mediator.New()
	api := web.New(m, web.Config{})
	web.Put[StartCooking](api, "/api/orders/{order}/cook")
	web.Get[ListOrders](api, "/api/orders/{id}")
	web.Get[ListOrders](api, "/api/orders")
	web.Get[ListOrders](api, "/api/orders")
	web.Post[PlaceOrder](api, "/api/orders", web.Created("/api/orders/{number}"))
	err := api.Build()
	if err == nil {
		t.Fatal("got no error")
	}
	for _, want := range []string{
		"PUT /api/orders/{order}/cook: web_test.StartCooking: the field OrderID comes from {id}, which is not in the path",
		`GET /api/orders/{id}: web_test.ListOrders: no field has the tag path:"id"`,
		"GET /api/orders: registered twice",
		`POST /api/orders: location /api/orders/{number}: web_test.Order has no field "number"`,
		"web_test.PlaceOrder has no handler, but POST /api/orders sends it",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("report lacks %q:\n%v", want, err)
		}
	}
}

func TestServerAddressesNeverComeFromTheHostHeader(t *testing.T) {
	t.Parallel()
	rec := observabilitytest.New(t)
	providers := rec.Providers()
	api := web.New(mediator.New(), web.Config{Telemetry: providers, ServerName: "pizza.example:443"})
	api.Handle("GET /{$}", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, r.Host, r.UserAgent()) }))
	r := httptest.NewRequestWithContext(t.Context(), "GET", "/", nil)
	r.Host = "evil.example"
	r.Header.Set("User-Agent", "curl")
	w := httptest.NewRecorder()
	api.ServeHTTP(w, r)
	if got, want := w.Body.String(), "evil.examplecurl"; got != want {
		t.Errorf("the handler got %s, want %s", got, want)
	}
	observabilitytest.Diff(t, rec.Metrics("http.server.request.duration"), `
		http.server.request.duration histogram s buckets=[0.005 0.01 0.025 0.05 0.075 0.1 0.25 0.5 0.75 1 2.5 5 7.5 10]
		  {http.request.method=GET http.response.status_code=200 http.route=/{$} network.protocol.name=http network.protocol.version=1.1 server.address=pizza.example server.port=443 url.scheme=http} count=1
	`)
}

func TestPublicEndpointsIgnoreBaggage(t *testing.T) {
	t.Parallel()
	for _, public := range []bool{true, false} {
		rec := observabilitytest.New(t)
		api := web.New(mediator.New(), web.Config{Telemetry: rec.Providers(), PublicEndpoint: public})
		api.Handle("GET /baggage", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			fmt.Fprint(w, baggage.FromContext(r.Context()).Len())
		}))
		r := httptest.NewRequestWithContext(t.Context(), "GET", "/baggage", nil)
		r.Header.Set("Baggage", "tenant=t1")
		w := httptest.NewRecorder()
		api.ServeHTTP(w, r)
		if want := map[bool]string{true: "0", false: "1"}[public]; w.Body.String() != want {
			t.Errorf("public %v: got %s members, want %s", public, w.Body, want)
		}
	}
}

func TestPathsThatAreNotCleanAreRedirected(t *testing.T) {
	t.Parallel()
	p := newPizzeria(t, nil)
	status, header, _ := p.ask(t, "PUT", "/api//orders/../orders/7/cook", "")
	if status != http.StatusTemporaryRedirect || header.Get("Location") != "/api/orders/7/cook" {
		t.Errorf("got %d %v", status, header)
	}
	observabilitytest.Diff(t, p.recorder.Spans(), `
		PUT /api/orders/{id}/cook SERVER http.request.method=PUT http.response.status_code=307 http.route=/api/orders/{id}/cook url.path=/api//orders/../orders/7/cook
	`)
}

func TestTheRouteOfARedirectionIsNoPathThatAClientChose(t *testing.T) {
	t.Parallel()
	p := newPizzeria(t, nil)
	p.Handle("GET /files/{name}/", http.NotFoundHandler())
	if status, header, _ := p.ask(t, "GET", "/files/anything", ""); status != http.StatusTemporaryRedirect ||
		header.Get("Location") != "/files/anything/" {
		t.Errorf("got %d %v", status, header)
	}
	observabilitytest.Diff(t, p.recorder.Spans(), `
		GET /files/{name}/ SERVER http.request.method=GET http.response.status_code=307 http.route=/files/{name}/ url.path=/files/anything
	`)
}

func TestAttributesAreUTF8WhateverTheClientSends(t *testing.T) {
	t.Parallel()
	p := newPizzeria(t, func(c *web.Config) { c.RecordClient = true })
	p.Handle("GET /files/{name}", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, r.PathValue("name"), r.UserAgent())
	}))
	_, _, body := p.ask(t, "GET", "/files/a%ff", "", "User-Agent", "curl\xfe", "X-Forwarded-For", "\xfd")
	if want := "a\xffcurl\xfe"; body != want {
		t.Errorf("the handler got %q, want %q", body, want)
	}
	p.ask(t, "GET", "/%ff", "")
	var paths []string
	for _, span := range p.recorder.SpanStubs() {
		for _, attr := range span.Attributes {
			if !utf8.ValidString(attr.Value.String()) {
				t.Errorf("%s is %q", attr.Key, attr.Value.String())
			}
			if attr.Key == "url.path" {
				paths = append(paths, attr.Value.String())
			}
		}
	}
	if diff := cmp.Diff(paths, []string{"/files/a\uFFFD", "/\uFFFD"}); diff != "" {
		t.Error(diff)
	}
}
