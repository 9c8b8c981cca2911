package outbox_test

import (
	"context"
	"errors"
	"runtime"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/neuroglia-go/neuroglia/aggregate"
	"github.com/neuroglia-go/neuroglia/mediator"
	"github.com/neuroglia-go/neuroglia/outbox"
	"github.com/neuroglia-go/neuroglia/repository"
	"github.com/neuroglia-go/neuroglia/repository/memrepo"
)

func TestAHandlerMayEndLater(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := newDatabase()
		var calls atomic.Int64
		var attempts [3]func(error)
		later := func(ctx context.Context, _ deposited) error {
			raised, _ := aggregate.FromContext(ctx)
			handling, _ := aggregate.HandlingFrom(ctx)
			if n := calls.Add(1); n <= 3 {
				attempts[n-1] = raised.Delivery.Later(handling.Consumer)
			}
			return nil
		}
		b, other := d.bank(t, later), d.bank(t, later)
		b.start(t)
		other.start(t)
		b.open(t, "a")
		b.deposit(t, "a", 1, 2)
		time.Sleep(3 * outbox.Lease) // it is neither delivered elsewhere nor again
		if calls.Load() != 1 {
			t.Fatalf("%d calls while the first goes on, want 1", calls.Load())
		}
		b.want(t, 2, 0)
		synctest.Wait()
		attempts[0](errors.New("it did not work"))
		time.Sleep(outbox.Lease)
		if calls.Load() != 2 {
			t.Fatalf("%d calls after the first has failed, want 2", calls.Load())
		}
		synctest.Wait()
		attempts[1](nil)
		attempts[1](errors.New("too late to say so"))
		time.Sleep(outbox.Lease)
		if calls.Load() != 3 {
			t.Fatalf("%d calls after the second has succeeded, want one of the next event", calls.Load())
		}
		synctest.Wait()
		attempts[2](nil)
		time.Sleep(time.Second)
		b.want(t, 0, 0)
	})
}

func TestAHandlerThatEndsItsGoroutineKeepsNoEventFromDelivery(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var seen book
		b := alone(t, func(ctx context.Context, e deposited) error {
			if raised, _ := aggregate.FromContext(ctx); e.Amount == 1 && raised.Attempt == 1 {
				runtime.Goexit()
			}
			return seen.note(ctx, e)
		})
		b.start(t)
		b.open(t, "a")
		go func() {
			_ = b.accounts.Update(t.Context(), "a", func(a *account) error {
				return errors.Join(a.deposit(1), a.deposit(2), a.deposit(3))
			})
		}()
		time.Sleep(time.Minute)
		seen.want(t, 1, 2, 3)
		b.want(t, 0, 0)
	})
}

// clerk has a handler, which is a different one for each clerk.
type clerk struct{ book }

func (c *clerk) deposited(ctx context.Context, e deposited) error { return c.note(ctx, e) }

func TestHandlersOfOneNameAreEachCalled(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		log := memrepo.NewOutbox(0)
		store := memrepo.New(repository.Schema[account]{Name: "accounts"}, memrepo.WithOutbox(log))
		var first, second clerk
		m := mediator.New()
		mediator.On(m, first.deposited)
		mediator.On(m, second.deposited)
		b := &bank{relay: outbox.New(log, m), log: log}
		b.accounts = repository.New(store, b.relay)
		b.open(t, "a")
		b.deposit(t, "a", 1)
		first.want(t, 1)
		second.want(t, 1)
	})
}
