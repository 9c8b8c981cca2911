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
	"sync"
	"sync/atomic"

	"github.com/danielgtaylor/huma/v2"

	"github.com/neuroglia-go/neuroglia/mediator"
)

// API is the routes of one service. It is an http.Handler, and with [API.Part] a part of an app.Host. Register first,
// then serve; serving is safe for concurrent use.
type API struct {
	mediator *mediator.Mediator
	config   Config
	mux      *http.ServeMux
	tracing  *instrumentation
	patterns map[string]bool // all of them; true if without telemetry
	document document
	problems []error
	ready    readiness

	openapiJSON, docsHTML func() ([]byte, error) // made at the first request, when all routes are registered

	stopping atomic.Bool // not ready any more
	closing  atomic.Bool // each answer is the last of its connection
	mu       sync.Mutex  // guards address
	address  net.Addr
}

var _ http.Handler = (*API)(nil)

// New returns an API with no routes but those for health and documentation.
func New(m *mediator.Mediator, config Config) *API {
	a := &API{mediator: m, config: config.withDefaults(), mux: http.NewServeMux(), patterns: map[string]bool{}}
	a.document = newDocument(a.config)
	a.openapiJSON, a.docsHTML = sync.OnceValues(a.document.encode), sync.OnceValues(a.render)
	a.ready = readiness{check: a.config.Ready, timeout: a.config.ReadyTimeout, logger: a.config.Telemetry.Logger}
	var err error
	if a.tracing, err = newInstrumentation(a.config, a.serve); err != nil {
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
	a.handle(pattern, func(w http.ResponseWriter, r *http.Request) error {
		h.ServeHTTP(w, r)
		return nil
	})
}

// handler answers a request or returns an error, never both.
type handler func(http.ResponseWriter, *http.Request) error

// handle registers a handler. What ServeMux panics about is a problem for [API.Build] to report.
func (a *API) handle(pattern string, h handler) {
	defer func() {
		if v := recover(); v != nil {
			a.problems = append(a.problems, fmt.Errorf("web: route %s: %v", pattern, v))
		}
	}()
	if _, twice := a.patterns[pattern]; twice {
		panic("registered twice")
	}
	a.patterns[pattern] = false
	a.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		if err := h(w, r); err != nil {
			a.fail(w, r, err)
		}
	})
}

// quiet registers a handler whose requests have no telemetry.
func (a *API) quiet(pattern string, h handler) {
	a.handle(pattern, h)
	a.patterns[pattern] = true
}

// ServeHTTP answers a request.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_, pattern := a.mux.Handler(r)
	if a.patterns[pattern] {
		a.serve(w, r, &exchange{original: r, pattern: pattern})
		return
	}
	a.tracing.serve(w, r, pattern)
}

// serve is the inside of the instrumentation.
func (a *API) serve(w http.ResponseWriter, r *http.Request, x *exchange) {
	out := &response{ResponseWriter: w}
	ctx, cancel := context.WithTimeout(r.Context(), a.config.RequestTimeout)
	defer cancel()
	r = r.WithContext(context.WithValue(ctx, exchangeKey{}, x))
	defer a.recover(out, r, x)
	header := out.Header()
	header.Set("Cache-Control", "no-store")
	header.Set("X-Content-Type-Options", "nosniff")
	if a.closing.Load() {
		header.Set("Connection", "close")
	}
	if x.pattern == "" {
		a.fail(out, r, a.unmatched(r))
	} else {
		a.mux.ServeHTTP(out, r)
	}
	if out.status >= http.StatusInternalServerError && x.errorType == "" {
		x.setErrorType(r.Context(), strconv.Itoa(out.status))
	}
}

// unmatched tells what ServeMux has against a request.
func (a *API) unmatched(r *http.Request) error {
	h, _ := a.mux.Handler(r)
	probe := &probe{header: http.Header{}}
	h.ServeHTTP(probe, r)
	if allow := probe.header.Get("Allow"); allow != "" {
		return &refusal{
			status: http.StatusMethodNotAllowed, allow: allow,
			detail: fmt.Sprintf("%s is not possible here, but %s is", cut(r.Method, maxText), allow),
		}
	}
	return &refusal{status: http.StatusNotFound, detail: "nothing is found at this path"}
}

// probe takes an answer in order to look at its header.
type probe struct{ header http.Header }

func (p *probe) Header() http.Header            { return p.header }
func (p *probe) Write(data []byte) (int, error) { return len(data), nil }
func (p *probe) WriteHeader(int)                {}

// response remembers what was answered.
type response struct {
	http.ResponseWriter
	status int
}

// WriteHeader remembers the status.
func (w *response) WriteHeader(status int) {
	if w.status == 0 && status >= http.StatusOK {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write writes a part of the body.
func (w *response) Write(data []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	return w.ResponseWriter.Write(data) //nolint:wrapcheck // this is that writer, to its user
}

// Flush sends what has been written.
func (w *response) Flush() {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	_ = http.NewResponseController(w.ResponseWriter).Flush()
}

// Unwrap is for http.ResponseController.
func (w *response) Unwrap() http.ResponseWriter { return w.ResponseWriter }
