package outbox_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/neuroglia-go/neuroglia/aggregate"
	"github.com/neuroglia-go/neuroglia/fault"
	"github.com/neuroglia-go/neuroglia/mediator"
	"github.com/neuroglia-go/neuroglia/outbox"
	"github.com/neuroglia-go/neuroglia/repository"
	"github.com/neuroglia-go/neuroglia/repository/memrepo"
	"github.com/neuroglia-go/neuroglia/retry"
)

// database is what the banks of several processes share.
type database struct {
	store *memrepo.Store[account]
	log   *memrepo.Outbox
}

func newDatabase() database {
	log := memrepo.NewOutbox(0)
	return database{memrepo.New(repository.Schema[account]{Name: "accounts"}, memrepo.WithOutbox(log)), log}
}

// bank connects another process.
func (d database) bank(t *testing.T, handle func(context.Context, deposited) error, opts ...outbox.Option) *bank {
	t.Helper()
	log := d.log.Process()
	return newBank(t, d.store.Process(log), log, handle, opts...)
}

func TestTwoProcessesWithTwoRelaysHandleEachEventOnceInEffect(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := newDatabase()
		var calls atomic.Int64
		banks := make([]*bank, 2)
		for i := range banks {
			banks[i] = d.bank(t, func(ctx context.Context, e deposited) error {
				raised, _ := aggregate.FromContext(ctx)
				if calls.Add(1)%3 == 0 {
					return errors.New("now and then")
				}
				err := banks[i].accounts.Once(ctx, "mirror of "+raised.AggregateID, func(a *account) error {
					a.Balance += e.Amount
					return nil
				})
				if calls.Add(1)%5 == 0 {
					return errors.Join(err, errors.New("after the effect"))
				}
				return err
			}, outbox.WithRetry(retry.Policy{Attempts: -1, Max: time.Second}))
			banks[i].start(t)
		}
		banks[0].open(t, "a", "b", "mirror of a", "mirror of b")
		var work sync.WaitGroup
		for _, b := range banks {
			for _, id := range []string{"a", "b"} {
				work.Go(func() { b.deposit(t, id, 1, 10, 100) })
			}
		}
		work.Wait()
		time.Sleep(5 * time.Minute)
		banks[0].want(t, 0, 0)
		for _, id := range []string{"a", "b"} {
			for _, of := range []string{id, "mirror of " + id} {
				if a, err := banks[1].accounts.Get(t.Context(), of); err != nil || a.Balance != 222 {
					t.Errorf("account %q: %+v, %v, want a balance of 222", of, a, err)
				}
			}
		}
	})
}

func TestAHandlerSlowerThanTheLeaseIsNotCalledElsewhere(t *testing.T) {
	t.Parallel()
	for path, fails := range map[string]int64{"direct": 0, "relay": 1} {
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var calls atomic.Int64
				slow := func(context.Context, deposited) error {
					if calls.Add(1) <= fails {
						return errors.New("the first")
					}
					time.Sleep(4 * outbox.Lease)
					return nil
				}
				d := newDatabase()
				working, idle := d.bank(t, slow), d.bank(t, slow)
				working.open(t, "a")
				working.start(t)
				err := working.accounts.Update(t.Context(), "a", func(a *account) error {
					return errors.Join(a.deposit(1), a.deposit(2)) // the second waits as long as the first is handled
				})
				if err != nil {
					t.Fatalf("Update: %v", err)
				}
				if path == "relay" {
					time.Sleep(time.Second) // before the other process looks for work
				}
				idle.start(t)
				time.Sleep(10 * outbox.Lease)
				if got := calls.Load(); got != 2+fails {
					t.Errorf("%d calls, want %d", got, 2+fails)
				}
				idle.want(t, 0, 0)
			})
		})
	}
}

func TestTheSecondEventOfAChangeIsHeldWhileTheFirstIsHandled(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var seen book
		slow := func(ctx context.Context, e deposited) error {
			if e.Amount == 1 {
				time.Sleep(4 * outbox.Lease)
			}
			return seen.note(ctx, e)
		}
		d := newDatabase()
		working, idle := d.bank(t, slow), d.bank(t, slow)
		working.start(t)
		idle.start(t)
		working.open(t, "a")
		go func() {
			_ = working.accounts.Update(t.Context(), "a", func(a *account) error { return errors.Join(a.deposit(1), a.deposit(2)) })
		}()
		time.Sleep(3 * outbox.Lease)
		pending, err := idle.log.List(t.Context(), outbox.Filter{})
		if err != nil || len(pending) != 2 || pending[0].Attempts != 1 || pending[1].Attempts != 1 {
			t.Errorf("pending are %+v, %v, want two with one attempt each", pending, err)
		}
		time.Sleep(2 * outbox.Lease)
		seen.want(t, 1, 2)
		idle.want(t, 0, 0)
	})
}

func TestAProcessThatGoesOnDoesNotHandleTwiceWhatItTookBack(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var calls atomic.Int64
		log := &faulty{Outbox: memrepo.NewOutbox(0)}
		store := memrepo.New(repository.Schema[account]{Name: "accounts"}, memrepo.WithOutbox(log.Outbox))
		b := newBankOver(t, store, log, func(context.Context, deposited) error {
			calls.Add(1)
			time.Sleep(4 * outbox.Lease)
			return nil
		})
		b.start(t)
		b.open(t, "a")
		log.renew.Store(true) // so that the lease ends, and its own relay takes the entry again
		b.deposit(t, "a", 1)
		time.Sleep(outbox.Lease)
		if got := calls.Load(); got != 1 {
			t.Errorf("%d calls, want 1", got)
		}
		b.want(t, 0, 0)
	})
}

func TestAnEventThatEndsProcessesIsGivenUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		end := make(chan struct{})
		defer close(end)
		var calls atomic.Int64
		d := newDatabase()
		deadly := func(_ context.Context, e deposited) error {
			if e.Amount == 1 {
				calls.Add(1)
				<-end // as a process that is gone
			}
			return nil
		}
		policy := outbox.WithRetry(retry.Policy{Attempts: 3})
		first := d.bank(t, deadly, policy)
		first.open(t, "a")
		go func() { _ = first.accounts.Update(t.Context(), "a", func(a *account) error { return a.deposit(1) }) }()
		synctest.Wait()
		for range 3 {
			next := d.bank(t, deadly, policy)
			ctx, kill := context.WithCancel(t.Context())
			go mortal(ctx, next)
			time.Sleep(outbox.Lease + 6*time.Second)
			kill()
		}
		synctest.Wait()
		if got := calls.Load(); got != 3 {
			t.Errorf("handled %d times, want 3", got)
		}
		first.want(t, 0, 1)
		dead, err := first.log.List(t.Context(), outbox.Filter{Dead: true})
		if err != nil || len(dead) != 1 || !strings.Contains(dead[0].Error, "none of 3 attempts came to an end") {
			t.Errorf("dead letters: %+v, %v, want one that says that no attempt came to an end", dead, err)
		}
	})
}

// mortal runs a relay that is never stopped, and whose leases nobody renews when ctx has ended.
func mortal(ctx context.Context, b *bank) {
	_ = b.relay.Start(ctx)
	<-ctx.Done()
	gone, cancel := context.WithCancel(context.Background())
	cancel()
	_ = b.relay.Stop(gone)
}

func TestTypesHaveTheirOwnPolicies(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var calls atomic.Int64
		b := alone(t, func(context.Context, deposited) error { calls.Add(1); return errors.New("poison") },
			outbox.WithRetry(retry.Policy{Attempts: 7}),
			outbox.WithRetryOf[deposited](retry.Policy{Attempts: 2, Max: time.Second}))
		b.start(t)
		b.open(t, "a")
		b.deposit(t, "a", 1)
		time.Sleep(time.Hour)
		if got := calls.Load(); got != 2 {
			t.Errorf("%d attempts, want the 2 of the type", got)
		}
		b.want(t, 0, 1)
	})
}

func TestManyChangesOfOneAggregateStayWithWhoMakesThem(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var seen book
		log := &faulty{Outbox: memrepo.NewOutbox(0), settling: 20 * time.Millisecond}
		store := memrepo.New(repository.Schema[account]{Name: "accounts"}, memrepo.WithOutbox(log.Outbox))
		b := newBankOver(t, store, log, seen.note)
		b.open(t, "a")
		var want []int
		for i := range 50 {
			b.deposit(t, "a", i)
			want = append(want, i)
		}
		seen.want(t, want...) // though no relay was started
		time.Sleep(time.Second)
		b.want(t, 0, 0)
	})
}

func TestAnEventThatOnlyInterfacesTakeMustBeDeclared(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		handled := 0
		b := aloneOn(t, func(context.Context, fmt.Stringer) error { handled++; return nil })
		err := b.accounts.Add(t.Context(), withdrawal("a"))
		if err == nil || !strings.Contains(err.Error(), "mediator.Declare[outbox_test.withdrawn]") || fault.KindOf(err) == fault.Unavailable {
			t.Errorf("Add = %v, want that the event is to be declared", err)
		}
		if found, _ := b.accounts.Contains(t.Context(), "a"); found || handled > 0 {
			t.Errorf("stored: %t, handled %d times, want neither", found, handled)
		}
	})
}

func TestLeasesAreRenewedUntilStopReturns(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var calls atomic.Int64
		slow := func(context.Context, deposited) error {
			if calls.Add(1) == 1 {
				return errors.New("the first, which leaves it to the relay")
			}
			time.Sleep(3 * outbox.Lease)
			return nil
		}
		d := newDatabase()
		stopping, other := d.bank(t, slow), d.bank(t, slow)
		stopping.open(t, "a")
		stopping.start(t)
		stopping.deposit(t, "a", 1)
		time.Sleep(3 * time.Second)
		other.start(t)
		if err := stopping.relay.Stop(t.Context()); err != nil {
			t.Errorf("Stop: %v", err)
		}
		if n := calls.Load(); n != 2 {
			t.Errorf("the handler was called %d times, want twice", n)
		}
		other.want(t, 0, 0)
	})
}

func TestTimesThatCannotBeAreRefused(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"WithPoll", "WithTimeout", "WithInbox"} {
		func() {
			defer func() {
				if v := recover(); v == nil || !strings.Contains(fmt.Sprint(v), name) {
					t.Errorf("%s(0): got %v, want a panic that says so", name, v)
				}
			}()
			option := map[string]func(time.Duration) outbox.Option{
				"WithPoll": outbox.WithPoll, "WithTimeout": outbox.WithTimeout, "WithInbox": outbox.WithInbox,
			}[name]
			outbox.New(memrepo.NewOutbox(0), nil, option(0))
		}()
	}
}

type secretive struct{ hidden int }

func TestEventsThatWouldNotBeWhatTheyWereStopTheStart(t *testing.T) {
	t.Parallel()
	m := mediator.New()
	mediator.On(m, func(_ context.Context, e secretive) error { return fmt.Errorf("%d", e.hidden) })
	err := outbox.New(memrepo.NewOutbox(0), m).Start(t.Context())
	if err == nil || !strings.Contains(err.Error(), "outbox_test.secretive is stored as JSON, without its field hidden") {
		t.Errorf("Start = %v, want that a field would be lost", err)
	}
}
