// Package web is the HTTP edge of a service: commands and queries as routes, in one line each.
//
//	api := web.New(m, web.Config{Title: "Mario's Pizzeria", Version: "1.0.0", Ready: h.Ready})
//	web.Post[ordering.PlaceOrder](api, "/api/orders", web.Created("/api/orders/{id}"))
//	web.Get[browsing.ListOrders](api, "/api/orders")
//	h.Add(api.Part("127.0.0.1:8080"))
//
// A message is bound from the path, the query, the header and the JSON body, as its struct tags say; validated; sent to
// the mediator; and its answer written as JSON. Whatever fails, anywhere, is answered with a [Problem]. Every request
// has a span and is measured; an OpenAPI document and a page that shows it come from the same types.
package web

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/danielgtaylor/huma/v2"

	"github.com/neuroglia-go/neuroglia/mediator"
)

// API is the routes of one service. It is an http.Handler, and with [API.Part] a part of an app.Host. Register first,
// then serve; serving is safe for concurrent use.
type API struct {
	mediator  *mediator.Mediator
	config    Config
	mux       *http.ServeMux
	tracing   *instrumentation
	endpoints map[string]*endpoint // by pattern
	nowhere   *endpoint            // of requests that match none
	document  document
	problems  []error
	buffers   buffers
	ready     readiness
	entrance  *entrance // nil if all requests are handled at once

	openapiJSON, docsHTML func() ([]byte, error) // made at the first request, when all routes are registered

	stopping atomic.Bool // not ready any more
	closing  atomic.Bool // each answer is the last of its connection
	mu       sync.Mutex  // guards address
	address  net.Addr
}

var _ http.Handler = (*API)(nil)

// New returns an API with no routes but those for health and documentation.
func New(m *mediator.Mediator, config Config) *API {
	a := &API{mediator: m, config: config.withDefaults(), mux: http.NewServeMux()}
	a.endpoints, a.nowhere = map[string]*endpoint{}, &endpoint{}
	a.document = newDocument(a.config)
	a.openapiJSON, a.docsHTML = sync.OnceValues(a.document.encode), sync.OnceValues(a.render)
	a.ready = readiness{check: a.config.Ready, timeout: a.config.ReadyTimeout, logger: a.config.Telemetry.Logger}
	var err error
	if a.tracing, err = newInstrumentation(a.config); err != nil {
		a.problems = append(a.problems, err)
	}
	if a.entrance, err = newEntrance(a.config); err != nil {
		a.problems = append(a.problems, err)
	}
	a.quiet("GET /healthz", a.alive)
	a.quiet("GET /readyz", a.readyz)
	if path := a.config.OpenAPIPath; path != off {
		a.quiet("GET "+path, a.openapi)
	}
	if path := a.config.DocsPath; path != off {
		a.quiet("GET "+path, a.docs)
	}
	return a
}

// Build builds the mediator and returns one error that lists all that is wrong with it and with the routes.
func (a *API) Build() error {
	return errors.Join(errors.Join(a.problems...), a.mediator.Build())
}

// OpenAPI returns the description of the API. It may be changed until the API serves.
func (a *API) OpenAPI() *huma.OpenAPI { return a.document.OpenAPI }

// Handle gives requests that match a pattern of http.ServeMux to a handler of your own. It has the same telemetry,
// limits of time and recovery from panics as the routes of messages; it is not in the OpenAPI document.
func (a *API) Handle(pattern string, h http.Handler) {
	a.handle(pattern, &endpoint{handler: func(w http.ResponseWriter, r *http.Request) error {
		h.ServeHTTP(w, r)
		return nil
	}})
}

// handle registers an endpoint. What ServeMux panics about is a problem for [API.Build] to report.
func (a *API) handle(pattern string, e *endpoint) {
	defer func() {
		if v := recover(); v != nil {
			a.problems = append(a.problems, fmt.Errorf("web: route %s: %v", pattern, v))
		}
	}()
	if a.endpoints[pattern] != nil {
		panic("registered twice")
	}
	a.endpoints[pattern] = e
	if _, path, found := strings.Cut(pattern, "/"); found {
		e.route = "/" + path
	}
	a.mux.Handle(pattern, e)
}

// quiet registers a handler whose requests have no telemetry.
func (a *API) quiet(pattern string, h handler) { a.handle(pattern, &endpoint{handler: h, quiet: true}) }

// ServeHTTP answers a request.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	x := &exchange{api: a, original: r}
	x.out.ResponseWriter = w
	a.mux.ServeHTTP((*matching)(x), r)
	if x.endpoint != nil {
		return
	}
	x.astray, x.endpoint = true, a.nowhere
	if e := a.endpoints[r.Pattern]; e != nil { // of the clean path
		x.endpoint = e
	}
	a.take(x, r)
}

// take answers a request whose endpoint is known.
func (a *API) take(x *exchange, r *http.Request) {
	if x.endpoint.quiet {
		a.serve(r.Context(), x, r)
	} else {
		a.admitted(x, r)
	}
	if x.aborted {
		panic(http.ErrAbortHandler)
	}
}

// serve answers a request, inside the instrumentation.
func (a *API) serve(ctx context.Context, x *exchange, r *http.Request) {
	r = x.begin(ctx, r)
	defer x.context.end()
	defer x.handOver(r)
	defer a.recover(r, x)
	a.common(x)
	answer := x.endpoint.handler
	if x.astray {
		answer = a.astray
	}
	if err := answer(&x.out, r); err != nil {
		a.fail(&x.out, r, err)
	}
	if x.out.status >= http.StatusInternalServerError && x.errorType == "" {
		x.fail(ctx, strconv.Itoa(x.out.status))
	}
}

// common sets what all answers have in their header.
func (a *API) common(x *exchange) {
	x.out.set(headerCache, "Cache-Control", "no-store")
	x.out.set(headerSniffing, "X-Content-Type-Options", "nosniff")
	if a.closing.Load() {
		x.out.Header().Set("Connection", "close")
	}
}

// astray answers a request that ServeMux has no endpoint for.
func (a *API) astray(w http.ResponseWriter, r *http.Request) error {
	header := exchangeFrom(r.Context()).header
	if r.Pattern != "" && header.Get("Location") != "" {
		a.mux.ServeHTTP(w, r) // to the clean path
		return nil
	}
	if allow := header.Get("Allow"); allow != "" {
		return &refusal{
			status: http.StatusMethodNotAllowed, allow: allow,
			detail: fmt.Sprintf("%s is not possible here, but %s is", cut(r.Method, maxText), allow),
		}
	}
	return &refusal{status: http.StatusNotFound, detail: "nothing is found at this path"}
}
