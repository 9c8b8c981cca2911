package web

import (
	"context"
	"net/http"
	"time"
)

// exchange is one request with its answer, from the outermost handler to the innermost. All that every request needs is in
// this one piece of memory.
type exchange struct {
	api       *API
	endpoint  *endpoint     // what the request has come to
	original  *http.Request // as the server gave it
	context   limited
	out       response
	body      body        // if the size of what is read is of interest
	header    http.Header // of what ServeMux answers by itself
	errorType string
	outer     bool // an instrumentation further out has made the span
	astray    bool // ServeMux has no endpoint for the request itself
	aborted   bool // the answer cannot be finished: the connection must be closed
}

type exchangeKey struct{}

func exchangeFrom(ctx context.Context) *exchange {
	x, _ := ctx.Value(exchangeKey{}).(*exchange)
	return x
}

// endpoint is what a pattern of ServeMux leads to.
type endpoint struct {
	route   string // its path, with wildcards; empty if it is that of requests that match none
	handler handler
	kinds   kinds
	quiet   bool   // without telemetry
	input   *input // of the route's message, when the route has one
}

// handler answers a request or returns an error, never both.
type handler func(http.ResponseWriter, *http.Request) error

// ServeHTTP is called by the mux of the API that the endpoint is one of.
func (e *endpoint) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if m, ok := w.(*matching); ok {
		m.endpoint = e
		m.api.take((*exchange)(m), r)
	}
}

// matching is an exchange for which ServeMux looks for an endpoint. What ServeMux answers if there is none is only looked
// at: its answers have no telemetry, and are no problems.
type matching exchange

// Header is the header of the answer.
func (m *matching) Header() http.Header {
	if m.header == nil {
		m.header = http.Header{}
	}
	return m.header
}

// Write forgets the answer.
func (m *matching) Write(data []byte) (int, error) { return len(data), nil }

// WriteHeader forgets its status.
func (m *matching) WriteHeader(int) {}

// begin returns the request as its handler gets it.
func (x *exchange) begin(ctx context.Context, r *http.Request) *http.Request {
	x.context = limited{Context: ctx, exchange: x, deadline: time.Now().Add(x.api.config.RequestTimeout)}
	r = r.WithContext(&x.context)
	if x.body.ReadCloser != nil {
		r.Body = &x.body
	}
	return r
}

// handOver gives the form of the request that a handler got to the server, which removes its files. After a request that is
// aborted it does not.
func (x *exchange) handOver(r *http.Request) {
	if r.MultipartForm == nil {
		return
	}
	x.original.MultipartForm = r.MultipartForm
	if x.aborted {
		_ = r.MultipartForm.RemoveAll() // there is nobody left to tell
	}
}
