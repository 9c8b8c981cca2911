package web

import (
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
	away       atomic.Bool
}

// goAway and comeBack are around what may wait for the client, inside which nothing of the kind counts again:
//
//	defer t.comeBack(t.goAway())
func (t *turn) goAway() bool {
	if t.admission == nil || t.away.Swap(true) {
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
	generation, ok := a.entrance.admission.enter(r.Context())
	if !ok {
		a.shed(x, r, time.Since(began))
		return
	}
	defer a.entrance.admission.leave()
	x.out.turn.admission, x.out.turn.generation = a.entrance.admission, generation
	a.tracing.serve(x, r)
}

// shed answers a request that is not handled, before its body is read.
func (a *API) shed(x *exchange, r *http.Request, waited time.Duration) {
	const soonest, latest = 1, 3 // seconds; not all shall come back at once
	r = x.begin(r.Context(), r)
	defer x.context.end()
	a.common(x)
	x.out.Header().Set("Retry-After", strconv.Itoa(soonest+rand.IntN(latest-soonest+1)))
	a.fail(&x.out, r, &refusal{
		status: http.StatusServiceUnavailable, detail: "there is too much to do: send the request again later",
	})
	a.entrance.shedding.record(x, r, waited)
}
