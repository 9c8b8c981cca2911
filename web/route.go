package web

import (
	"fmt"
	"net/http"
	"reflect"

	"github.com/neuroglia-go/neuroglia/mediator"
)

// RouteOption changes a route.
type RouteOption func(*routeConfig)

type routeConfig struct {
	status   int
	location string
	summary  string
	tag      string
}

// Created answers with status 201 and says in the Location header where what was created is. Names in braces stand for
// fields of the answer, as JSON names them: "/api/orders/{id}". An empty location sets no header.
func Created(location string) RouteOption {
	return func(c *routeConfig) { c.status, c.location = http.StatusCreated, location }
}

// Status answers with this status. Defaults to 200, or 204 if the message has no answer.
func Status(status int) RouteOption { return func(c *routeConfig) { c.status = status } }

// Summary describes the route in a few words. Defaults to the words of the message's name.
func Summary(text string) RouteOption { return func(c *routeConfig) { c.summary = text } }

// Tag groups the route with others in the documentation. Defaults to the name of the message's package.
func Tag(name string) RouteOption { return func(c *routeConfig) { c.tag = name } }

// Get sends an M for each GET request of the path, which is one of http.ServeMux.
func Get[M mediator.Request[R], R any](a *API, path string, options ...RouteOption) {
	route[M, R](a, http.MethodGet, path, options)
}

// Post sends an M for each POST request of the path.
func Post[M mediator.Request[R], R any](a *API, path string, options ...RouteOption) {
	route[M, R](a, http.MethodPost, path, options)
}

// Put sends an M for each PUT request of the path.
func Put[M mediator.Request[R], R any](a *API, path string, options ...RouteOption) {
	route[M, R](a, http.MethodPut, path, options)
}

// Patch sends an M for each PATCH request of the path.
func Patch[M mediator.Request[R], R any](a *API, path string, options ...RouteOption) {
	route[M, R](a, http.MethodPatch, path, options)
}

// Delete sends an M for each DELETE request of the path.
func Delete[M mediator.Request[R], R any](a *API, path string, options ...RouteOption) {
	route[M, R](a, http.MethodDelete, path, options)
}

// route registers the route of one message. What is wrong with it is a problem for [API.Build] to report.
func route[M mediator.Request[R], R any](a *API, method, path string, options []RouteOption) {
	pattern := method + " " + path
	c := routeConfig{status: http.StatusOK}
	if reflect.TypeFor[R]() == reflect.TypeFor[mediator.None]() {
		c.status = http.StatusNoContent
	}
	for _, option := range options {
		option(&c)
	}
	mediator.Require[M](a.mediator, pattern)
	d, err := a.describe(method, path, c, reflect.TypeFor[M](), reflect.TypeFor[R]())
	if err != nil {
		a.problems = append(a.problems, fmt.Errorf("web: route %s: %w", pattern, err))
		return
	}
	a.handle(pattern, &endpoint{input: d.input, handler: func(w http.ResponseWriter, r *http.Request) error {
		var msg M
		if err := d.input.bind(w, r, &msg); err != nil {
			return err
		}
		answer, err := mediator.Send(r.Context(), a.mediator, msg)
		if err != nil {
			return err
		}
		return d.write(w, r, answer)
	}})
}

// description is what is known of a route at registration.
type description struct {
	input    *input
	status   int
	location *location
}

func (a *API) describe(method, path string, c routeConfig, message, answer reflect.Type) (d *description, err error) {
	defer func() { // huma panics about types and tags that it cannot make a schema of
		if v := recover(); v != nil {
			err = fmt.Errorf("%s: %v", message, v)
		}
	}()
	in, err := newInput(a.document.Components.Schemas, message, a.config.MaxBodyBytes, &a.buffers)
	if err != nil {
		return nil, err
	}
	if err := in.checkPath(path); err != nil {
		return nil, fmt.Errorf("%s: %w", message, err)
	}
	d = &description{input: in, status: c.status}
	if c.location != "" {
		if d.location, err = newLocation(c.location, answer); err != nil {
			return nil, err
		}
	}
	a.document.add(method, path, c, in, message, answer)
	return d, nil
}

// write answers a request. If the answer cannot be JSON nothing has been written yet.
func (d *description) write(w http.ResponseWriter, r *http.Request, answer any) error {
	x := exchangeFrom(r.Context())
	if d.location != nil {
		target, err := d.location.of(answer)
		if err != nil {
			return err
		}
		x.out.set(headerLocation, "Location", target)
	}
	if d.status == http.StatusNoContent {
		w.WriteHeader(d.status)
		return nil
	}
	if v := reflect.ValueOf(answer); v.Kind() == reflect.Slice && v.IsNil() {
		answer = []struct{}{} // an empty list is a list
	}
	data := d.input.buffers.get()
	defer d.input.buffers.put(data)
	if err := data.encode(answer); err != nil {
		return fmt.Errorf("encode the answer: %w", err)
	}
	x.out.set(headerType, "Content-Type", "application/json")
	w.WriteHeader(d.status)
	_, _ = data.WriteTo(w) // nothing can be said any more to a client that is gone
	return nil
}
