package web

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"strconv"
	"sync/atomic"
	"time"
)

// entrance is where requests come in, one by one.
type entrance struct {
	admission *admission
	shedding  *shedding
}

// turn is that of a request which is being handled. The zero value is that of one which was not counted.
type turn struct {
	admission  *admission
	generation int
	away, over atomic.Bool
}

// leave ends the turn, once.
func (t *turn) leave() {
	if t.admission != nil && !t.over.Swap(true) {
		t.admission.leave()
	}
}

// goAway and comeBack are around what may wait for the client, inside which nothing of the kind counts again:
//
//	defer t.comeBack(t.goAway())
func (t *turn) goAway() bool {
	if t.admission == nil || t.over.Load() || t.away.Swap(true) {
		return false
	}
	t.admission.goAway(t.generation)
	return true
}

func (t *turn) comeBack(gone bool) {
	if gone {
		t.admission.comeBack(t.generation)
		t.away.Store(false)
	}
}

// newEntrance returns nil if all requests are handled at once.
func newEntrance(c Config) (*entrance, error) {
	if c.MaxInFlight < 0 {
		return nil, nil //nolint:nilnil // there is none
	}
	e := &entrance{admission: newAdmission(c.MaxInFlight, c.MaxWait)}
	var err error
	e.shedding, err = newShedding(c, e.admission)
	return e, err
}

// admitted handles a request that has telemetry, when it is its turn.
func (a *API) admitted(x *exchange, r *http.Request) {
	if a.entrance == nil || exchangeFrom(r.Context()) != nil { // inside another API
		a.tracing.serve(x, r)
		return
	}
	began := time.Now()
	if overloaded := a.config.Overloaded; overloaded != nil && mayChange(r.Method) && overloaded() {
		a.turnAway(x, r, 0)
		return
	}
	generation, ok := a.entrance.admission.enter(r.Context())
	if !ok {
		a.turnAway(x, r, time.Since(began))
		return
	}
	t := &x.out.turn
	t.admission, t.generation = a.entrance.admission, generation
	defer t.leave()
	a.tracing.serve(x, r)
}

// mayChange reports whether requests with a method are for more than looking: those that RFC 9110 does not call safe.
func mayChange(method string) bool {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodTrace, "QUERY":
		return false
	}
	return true
}

// turnAway answers a request that is not handled, before its body is read: it is shed, or its client did not wait.
func (a *API) turnAway(x *exchange, r *http.Request, waited time.Duration) {
	const soonest, latest = 1, 3 // seconds; not all shall come back at once
	if x.outer = instrumented(r.Context()); x.outer {
		x.describe(r.Context())
	}
	err := r.Context().Err()
	r = x.begin(r.Context(), r)
	defer x.context.end()
	a.common(x)
	if errors.Is(err, context.Canceled) {
		a.fail(&x.out, r, err)
		a.entrance.shedding.measure(x, r, waited)
		return
	}
	x.out.Header().Set("Retry-After", strconv.Itoa(soonest+rand.IntN(latest-soonest+1)))
	a.fail(&x.out, r, &refusal{
		status: http.StatusServiceUnavailable, detail: "there is too much to do: send the request again later",
	})
	a.entrance.shedding.record(x, r, waited)
}
