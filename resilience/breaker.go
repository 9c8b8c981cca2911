package resilience

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/failsafe-go/failsafe-go/circuitbreaker"

	"github.com/neuroglia-go/neuroglia/fault"
)

// Break says when a circuit breaker opens, and for how long. The zero value has the defaults.
type Break struct {
	Rate   float64       // of failures that opens it, from 0 to 1; defaults to 0.5
	Calls  int           // how many there must have been; defaults to 10
	Within time.Duration // in which calls are counted; defaults to 10 seconds
	Open   time.Duration // how long until a call is let through, to see; defaults to 10 seconds
}

func (b Break) withDefaults() Break {
	b.Rate, b.Calls = cmp.Or(b.Rate, 0.5), cmp.Or(b.Calls, 10)
	b.Within, b.Open = cmp.Or(b.Within, 10*time.Second), cmp.Or(b.Open, 10*time.Second)
	if b.Rate < 0 || b.Rate > 1 || b.Calls < 1 || b.Within < 0 || b.Open < 0 {
		panic(fmt.Sprintf("resilience: a breaker of %+v: want a rate from 0 to 1 and no negative values", b))
	}
	return b
}

func (b Break) build(changed func(circuitbreaker.State)) circuitbreaker.CircuitBreaker[any] {
	return circuitbreaker.NewBuilder[any]().
		WithFailureRateThreshold(b.Rate, uint(b.Calls), b.Within).
		WithSuccessThreshold(1).
		WithDelay(b.Open).
		OnStateChanged(func(e circuitbreaker.StateChangedEvent) { changed(e.NewState) }).
		Build()
}

// record tells a breaker what came of an attempt that it let through.
func record(ctx context.Context, breaker circuitbreaker.CircuitBreaker[any], err error) {
	switch kind := fault.KindOf(err); {
	case err == nil, kind.Refusal():
		breaker.RecordSuccess()
	case kind != fault.Canceled || ctx.Err() == nil:
		breaker.RecordFailure()
	case !breaker.IsClosed():
		breaker.RecordFailure() // it gave the only permit there was, and knows no more than before
	}
}
