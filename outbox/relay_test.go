package outbox_test

import (
	"context"
	"errors"
	"slices"
	"sync"
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

// account is the aggregate of these tests.
type account struct {
	aggregate.Root
	Balance int
}

type deposited struct{ Amount int }

func (a *account) deposit(amount int) error {
	a.Balance += amount
	a.Raise(deposited{amount})
	return nil
}

// bank is one process of a service with one handler of deposits.
type bank struct {
	accounts *repository.Repository[account]
	relay    *outbox.Relay
	log      *memrepo.Outbox
}

func newBank(t *testing.T, store *memrepo.Store[account], log *memrepo.Outbox, handle func(context.Context, deposited) error,
	opts ...outbox.Option) *bank {
	t.Helper()
	m := mediator.New()
	mediator.On(m, handle)
	relay := outbox.New(log, m, opts...)
	return &bank{accounts: repository.New(store, relay), relay: relay, log: log}
}

// alone is a bank of one process.
func alone(t *testing.T, handle func(context.Context, deposited) error, opts ...outbox.Option) *bank {
	t.Helper()
	log := memrepo.NewOutbox(0)
	return newBank(t, memrepo.New(repository.Schema[account]{Name: "accounts"}, memrepo.WithOutbox(log)), log, handle, opts...)
}

func (b *bank) open(t *testing.T, ids ...string) {
	t.Helper()
	for _, id := range ids {
		if err := b.accounts.Add(t.Context(), &account{Root: aggregate.NewRoot(id)}); err != nil {
			t.Fatalf("Add: %v", err)
		}
	}
}

func (b *bank) deposit(t *testing.T, id string, amounts ...int) {
	t.Helper()
	for _, amount := range amounts {
		if err := b.accounts.Update(t.Context(), id, func(a *account) error { return a.deposit(amount) }); err != nil {
			t.Fatalf("Update: %v", err)
		}
	}
}

// start starts the relay until the test ends.
func (b *bank) start(t *testing.T) {
	t.Helper()
	if err := b.relay.Start(t.Context()); err != nil {
		t.Fatalf("Start: %v", err)
	}
	t.Cleanup(func() {
		if err := b.relay.Stop(context.Background()); err != nil {
			t.Errorf("Stop: %v", err)
		}
	})
}

func (b *bank) want(t *testing.T, pending, dead int64) {
	t.Helper()
	status, err := b.log.Status(t.Context())
	if err != nil || status.Pending != pending || status.Dead != dead {
		t.Errorf("the outbox has %d pending and %d dead (%v), want %d and %d", status.Pending, status.Dead, err, pending, dead)
	}
}

// book notes what handlers saw.
type book struct {
	mu    sync.Mutex
	notes []int
	fails func(amount, attempt int) error
}

func (b *book) note(ctx context.Context, e deposited) error {
	raised, _ := aggregate.FromContext(ctx)
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.fails != nil {
		if err := b.fails(e.Amount, raised.Attempt); err != nil {
			return err
		}
	}
	b.notes = append(b.notes, e.Amount)
	return nil
}

func (b *book) want(t *testing.T, amounts ...int) {
	t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	if !slices.Equal(b.notes, amounts) {
		t.Errorf("handled %v, want %v", b.notes, amounts)
	}
}

func TestEventsAreDeliveredAfterTheCommitWithoutARelay(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var seen book
		b := alone(t, seen.note)
		b.open(t, "a")
		b.deposit(t, "a", 1, 2)
		seen.want(t, 1, 2)
		synctest.Wait()
		b.want(t, 0, 0)
	})
}

func TestAHandlerThatFailsIsCalledAgainAndThoseAfterItWait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		seen := book{fails: func(amount, attempt int) error {
			if amount == 1 && attempt < 4 {
				return errors.New("the disk is full")
			}
			return nil
		}}
		b := alone(t, seen.note)
		b.start(t)
		b.open(t, "a", "b")
		b.deposit(t, "a", 1, 2, 3)
		b.deposit(t, "b", 4)
		seen.want(t, 4)
		synctest.Wait()
		b.want(t, 3, 0)
		time.Sleep(10 * time.Second)
		seen.want(t, 4, 1, 2, 3)
		b.want(t, 0, 0)
	})
}

func TestOnlyHandlersThatHaveNotHandledAnEventAreCalledAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		log := memrepo.NewOutbox(0)
		store := memrepo.New(repository.Schema[account]{Name: "accounts"}, memrepo.WithOutbox(log))
		good, bad := &book{}, &book{fails: func(_, attempt int) error {
			if attempt < 3 {
				return errors.New("not yet")
			}
			return nil
		}}
		m := mediator.New()
		mediator.On(m, func(ctx context.Context, e deposited) error { return bad.note(ctx, e) })
		mediator.On(m, func(ctx context.Context, e deposited) error { return good.note(ctx, e) })
		b := &bank{relay: outbox.New(log, m), log: log}
		b.accounts = repository.New(store, b.relay)
		b.start(t)
		b.open(t, "a")
		b.deposit(t, "a", 1)
		good.want(t, 1)
		time.Sleep(time.Minute)
		good.want(t, 1)
		bad.want(t, 1)
	})
}

func TestPoisonIsDeadLetteredAndOthersFlow(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		healed := false
		seen := book{fails: func(amount, _ int) error {
			if amount == 1 && !healed {
				return errors.New("poison")
			}
			return nil
		}}
		b := alone(t, seen.note, outbox.WithRetry(retry.Policy{Attempts: 3, Max: time.Second}))
		b.start(t)
		b.open(t, "a")
		b.deposit(t, "a", 1, 2)
		time.Sleep(time.Minute)
		seen.want(t, 2)
		b.want(t, 0, 1)

		letters, err := b.log.List(t.Context(), outbox.Filter{Dead: true})
		if err != nil || len(letters) != 1 || letters[0].Attempts != 3 || letters[0].Error != "poison" || letters[0].Type != "deposited" {
			t.Fatalf("dead letters: %+v, %v, want one with 3 attempts and its error", letters, err)
		}
		healed = true
		if n, err := b.log.Replay(t.Context(), []string{letters[0].ID, "none"}); n != 1 || err != nil {
			t.Fatalf("Replay = %d, %v, want 1", n, err)
		}
		synctest.Wait()
		seen.want(t, 2, 1)
		b.want(t, 0, 0)
	})
}

func TestARefusalIsFinal(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		seen := book{fails: func(int, int) error { return fault.New(fault.Rejected, "no") }}
		b := alone(t, seen.note)
		b.open(t, "a")
		b.deposit(t, "a", 1)
		synctest.Wait()
		b.want(t, 0, 1)
	})
}

func TestWhatAProcessThatDiedHeldIsDeliveredByAnother(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		log := memrepo.NewOutbox(0)
		store := memrepo.New(repository.Schema[account]{Name: "accounts"}, memrepo.WithOutbox(log))
		end := make(chan struct{})
		defer close(end)
		died := newBank(t, store, log, func(context.Context, deposited) error {
			<-end // its lease is renewed by nobody, since its relay was not started
			return nil
		})
		died.open(t, "a")
		go func() { died.deposit(t, "a", 1) }()
		synctest.Wait()

		var seen book
		other := newBank(t, store, log.Process(), seen.note)
		other.start(t)
		time.Sleep(outbox.Lease - time.Second)
		seen.want(t)
		time.Sleep(2 * time.Second)
		seen.want(t, 1)
		other.want(t, 0, 0)
	})
}

func TestAnEventWaitsForWhatIsUnavailableHoweverLong(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		attempts := 0
		seen := book{fails: func(int, int) error {
			if attempts++; attempts < 50 {
				return fault.New(fault.Unavailable, "the broker is down")
			}
			return nil
		}}
		b := alone(t, seen.note, outbox.WithRetry(retry.Policy{Attempts: 3}))
		b.start(t)
		b.open(t, "a")
		b.deposit(t, "a", 1)
		time.Sleep(time.Hour)
		seen.want(t, 1)
		b.want(t, 0, 0)
	})
}
