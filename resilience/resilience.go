// Package resilience keeps calls within the process from failing for reasons that pass, and from harming what already
// suffers: retries, timeouts, bulkheads and circuit breakers.
//
// A [Policy] says what is done. Each type of message and each handler that it is given to has a state of its own, so that
// one that fails does not shut off another:
//
//	pay := resilience.New(
//		resilience.Retry(retry.Policy{Attempts: 3, First: 100 * time.Millisecond}),
//		resilience.Timeout(2*time.Second),
//		resilience.Concurrency(8, time.Second),
//		resilience.Breaker(resilience.Break{}),
//	)
//	m.Use(mediator.Commands, resilience.Behavior(pay))
//	mediator.Around(m, resilience.Command[PlaceOrder](pay))
//	mediator.On(m, h.charge, resilience.Event(pay))
//
// Whatever the order of the options, an attempt has to get a place in the bulkhead first, then past the breaker, and then
// its time runs; retries are around that. What has to survive the process is retried by an outbox or a bus, not here.
package resilience

import (
	"fmt"
	"time"

	"github.com/neuroglia-go/neuroglia/retry"
	"github.com/neuroglia-go/neuroglia/telemetry"
)

// Policy says what is done about failures. It has no state. Make one with [New].
type Policy struct {
	retry       *retry.Policy
	timeout     time.Duration
	concurrency uint
	wait        time.Duration
	breaker     *Break
	providers   telemetry.Providers
	telemetry   *instruments
}

// Option is a part of a [Policy].
type Option func(*Policy)

// Retry tries again what failed, as p says, unless it panicked or its context would end before the next attempt. The
// defaults of retry.Policy are made for work that waits; here, few attempts and short waits are right.
func Retry(p retry.Policy) Option { return func(to *Policy) { to.retry = &p } }

// Timeout ends the context of an attempt after d. If the attempt then fails, the error is of kind fault.Timeout; if it
// succeeds all the same, it has succeeded.
func Timeout(d time.Duration) Option { return func(to *Policy) { to.timeout = d } }

// Concurrency lets n attempts run at once. Others wait for up to the given time and then fail, of kind fault.Unavailable.
func Concurrency(n int, wait time.Duration) Option {
	return func(to *Policy) {
		if n < 1 || wait < 0 {
			panic(fmt.Sprintf("resilience: %d attempts at once and a wait of %s: want at least 1 and 0", n, wait))
		}
		to.concurrency, to.wait = uint(n), wait
	}
}

// Breaker stops attempts for a while when many fail: they fail at once, of kind fault.Unavailable. Refusals and calls that
// the caller gave up are no failures.
func Breaker(b Break) Option {
	return func(to *Policy) {
		b = b.withDefaults()
		to.breaker = &b
	}
}

// WithTelemetry sends metrics and logs to p. Defaults to OpenTelemetry's globals and slog's default logger.
func WithTelemetry(p telemetry.Providers) Option { return func(to *Policy) { to.providers = p } }

// New returns a policy of the given parts. It panics if one of them makes no sense.
func New(parts ...Option) *Policy {
	p := &Policy{}
	for _, part := range parts {
		part(p)
	}
	if p.timeout < 0 {
		panic(fmt.Sprintf("resilience: a timeout of %s: want more than 0", p.timeout))
	}
	p.telemetry = newInstruments(p.providers.OrGlobal())
	return p
}
