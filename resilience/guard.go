package resilience

import (
	"context"
	"errors"
	"time"

	"github.com/failsafe-go/failsafe-go/bulkhead"
	"github.com/failsafe-go/failsafe-go/circuitbreaker"

	"github.com/neuroglia-go/neuroglia/fault"
	"github.com/neuroglia-go/neuroglia/internal/instrument"
	"github.com/neuroglia-go/neuroglia/telemetry/registry"
)

// Guard is a policy with the state that it has for one thing, such as a service that is called. It is safe for concurrent
// use.
type Guard struct {
	*Policy

	telemetry *guardTelemetry
	bulkhead  bulkhead.Bulkhead[any]             // nil for none
	breaker   circuitbreaker.CircuitBreaker[any] // nil for none
}

// Guard returns the policy with a state of its own. The name, such as "payments", is what telemetry shows.
func (p *Policy) Guard(name string) *Guard {
	g := &Guard{Policy: p, telemetry: p.telemetry.forGuard(name, p)}
	if p.concurrency > 0 {
		g.bulkhead = bulkhead.New[any](p.concurrency)
	}
	if p.breaker != nil {
		g.breaker = p.breaker.build(g.telemetry.changed)
	}
	return g
}

// Do does the work, once or several times. Its error is that of the last attempt. A panic of the work is such an error.
func (g *Guard) Do(ctx context.Context, work func(context.Context) error) error {
	return g.do(ctx, func() bool { return true }, work)
}

func (g *Guard) do(ctx context.Context, repeatable func() bool, work func(context.Context) error) error {
	for attempt := 1; ; attempt++ {
		err := g.try(ctx, work)
		if err == nil || g.retry == nil || !repeatable() {
			return err
		}
		wait, worth := g.retry.Next(attempt, err)
		if !worth || instrument.PanicStack(err) != "" {
			return err
		}
		failed := time.Now()
		if !sleep(ctx, wait) {
			return err
		}
		g.telemetry.retried(ctx, attempt, failed, wait, err)
	}
}

// sleep reports whether it could wait for d within ctx, and does not try if it cannot.
func sleep(ctx context.Context, d time.Duration) bool {
	if end, ends := ctx.Deadline(); ends && time.Until(end) <= d {
		return false
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return ctx.Err() == nil
	case <-ctx.Done():
		return false
	}
}

// try makes one attempt.
func (g *Guard) try(ctx context.Context, work func(context.Context) error) (err error) {
	if g.bulkhead != nil {
		if err := g.bulkhead.AcquirePermitWithMaxWait(ctx, g.wait); errors.Is(err, bulkhead.ErrFull) {
			g.telemetry.refused(ctx, registry.BulkheadFull)
			return fault.New(fault.Unavailable, "%s is busy: as many calls as may be are being made", g.telemetry.name)
		} else if err != nil {
			return err //nolint:wrapcheck // of the context
		}
		defer g.bulkhead.ReleasePermit()
	}
	if g.breaker != nil {
		if !g.breaker.TryAcquirePermit() {
			g.telemetry.refused(ctx, registry.BreakerIsOpen)
			return fault.New(fault.Unavailable, "%s has failed too often: the next call is made in %s",
				g.telemetry.name, g.breaker.RemainingDelay().Round(time.Millisecond))
		}
		err = instrument.ErrUnfinished
		defer func() { record(ctx, g.breaker, err) }()
	}
	return g.timed(ctx, work)
}

func (g *Guard) timed(ctx context.Context, work func(context.Context) error) error {
	if g.timeout == 0 {
		return recovered(ctx, work)
	}
	limited, cancel := context.WithTimeout(ctx, g.timeout)
	defer cancel()
	err := recovered(limited, work)
	if err != nil && limited.Err() != nil && ctx.Err() == nil && fault.KindOf(err) != fault.Timeout {
		return fault.New(fault.Timeout, "%s took longer than %s: %w", g.telemetry.name, g.timeout, err)
	}
	return err
}

func recovered(ctx context.Context, work func(context.Context) error) (err error) {
	defer instrument.Recover(&err)
	return work(ctx)
}
