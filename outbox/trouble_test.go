package outbox_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
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
	"github.com/neuroglia-go/neuroglia/telemetry"
)

// faulty is a log whose database does not answer for a time, or takes its time.
type faulty struct {
	*memrepo.Outbox

	down, renew atomic.Bool // all that is asked of it fails, or renewals only
	settling    time.Duration
	claims      atomic.Int64
}

var errDown = fault.New(fault.Unavailable, "the database is down")

func (f *faulty) Claim(ctx context.Context, types []string, limit int) ([]outbox.Entry, time.Duration, error) {
	f.claims.Add(1)
	if f.down.Load() {
		return nil, 0, errDown
	}
	return f.Outbox.Claim(ctx, types, limit)
}

func (f *faulty) Renew(ctx context.Context, entries []outbox.Entry) error {
	if f.down.Load() || f.renew.Load() {
		return errDown
	}
	return f.Outbox.Renew(ctx, entries)
}

func (f *faulty) Settle(ctx context.Context, outcomes []outbox.Outcome) error {
	time.Sleep(f.settling)
	if f.down.Load() {
		return errDown
	}
	return f.Outbox.Settle(ctx, outcomes)
}

func (f *faulty) Forget(ctx context.Context, age time.Duration) (int64, error) {
	if f.down.Load() {
		return 0, errDown
	}
	return f.Outbox.Forget(ctx, age)
}

// newBankOver is a bank whose relay works over any log.
func newBankOver(t *testing.T, store *memrepo.Store[account], log *faulty, handle func(context.Context, deposited) error,
	opts ...outbox.Option) *bank {
	t.Helper()
	m := mediator.New()
	mediator.On(m, handle)
	relay := outbox.New(log, m, opts...)
	return &bank{accounts: repository.New(store, relay), relay: relay, log: log.Outbox}
}

// withdrawn is an event that is also a Stringer.
type withdrawn struct{ Amount int }

func (withdrawn) String() string { return "withdrawn" }

func withdrawal(id string) *account {
	a := &account{Root: aggregate.NewRoot(id)}
	a.Raise(withdrawn{Amount: 1})
	return a
}

// aloneOn is a bank with a handler of other events.
func aloneOn[E any](t *testing.T, handle func(context.Context, E) error) *bank {
	t.Helper()
	log := memrepo.NewOutbox(0)
	m := mediator.New()
	mediator.On(m, handle)
	relay := outbox.New(log, m)
	store := memrepo.New(repository.Schema[account]{Name: "accounts"}, memrepo.WithOutbox(log))
	return &bank{accounts: repository.New(store, relay), relay: relay, log: log}
}

// lines is a log that counts its records.
type lines struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lines) all() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Split(strings.TrimSpace(l.text.String()), "\n")
}

func (l *lines) logger() telemetry.Providers {
	return telemetry.Providers{Logger: slog.New(slog.NewTextHandler(l, nil))}
}

func TestNothingIsLostWhileTheDatabaseIsDown(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var seen book
		var records lines
		log := &faulty{Outbox: memrepo.NewOutbox(0)}
		store := memrepo.New(repository.Schema[account]{Name: "accounts"}, memrepo.WithOutbox(log.Outbox))
		b := newBankOver(t, store, log, func(ctx context.Context, e deposited) error {
			if e.Amount == 2 && !log.down.Load() {
				log.down.Store(true) // just when it is handled
			}
			return seen.note(ctx, e)
		}, outbox.WithTelemetry(records.logger()))
		b.start(t)
		b.open(t, "a", "b")
		b.deposit(t, "a", 1, 2)
		b.deposit(t, "a", 3) // behind one of which is not stored yet that it was handled
		log.claims.Store(0)
		time.Sleep(10 * time.Minute)
		seen.want(t, 1, 2)
		b.want(t, 2, 0)
		if got := len(records.all()); got < 3 || got > 2*60*10 {
			t.Errorf("%d records in ten minutes without a database, want some, and two a second at most", got)
		}
		for _, record := range records.all() {
			if !strings.Contains(record, "level=WARN") || !strings.Contains(record, "the database is down") {
				t.Errorf("logged %s, want a warning that says why", record)
			}
		}
		if got := log.claims.Load(); got > 60*10 {
			t.Errorf("looked %d times in ten minutes, want once a second at most", got)
		}
		log.down.Store(false)
		time.Sleep(10 * time.Second)
		seen.want(t, 1, 2, 3)
		b.want(t, 0, 0)
	})
}

func TestStopWaitsForWhatIsBeingDelivered(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var calls, done atomic.Int64
		b := alone(t, func(context.Context, deposited) error {
			if calls.Add(1) == 1 {
				return errors.New("the first")
			}
			time.Sleep(20 * time.Second)
			done.Add(1)
			return nil
		})
		if err := b.relay.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		b.open(t, "a")
		b.deposit(t, "a", 1, 2)
		time.Sleep(5 * time.Second)
		began := time.Now()
		if err := b.relay.Stop(t.Context()); err != nil {
			t.Errorf("Stop: %v", err)
		}
		if took := time.Since(began); done.Load() != 1 || took > 20*time.Second {
			t.Errorf("%d deliveries ended in %v of stopping, want one in less than 20 s", done.Load(), took)
		}
		b.want(t, 1, 0)
		time.Sleep(time.Minute)
		if calls.Load() != 2 {
			t.Errorf("%d calls, want none after Stop", calls.Load())
		}
		other := b.log.Process()
		if claimed, _, err := other.Claim(t.Context(), []string{"deposited"}, 9); err != nil || len(claimed) != 1 || claimed[0].Attempts != 1 {
			t.Errorf("another process gets %+v, %v, want the second event at its first attempt", claimed, err)
		}
	})
}

func TestStopDoesNotWaitLongerThanItMay(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		log := &faulty{Outbox: memrepo.NewOutbox(0)}
		store := memrepo.New(repository.Schema[account]{Name: "accounts"}, memrepo.WithOutbox(log.Outbox))
		b := newBankOver(t, store, log, func(context.Context, deposited) error { return nil },
			outbox.WithTelemetry(telemetry.Providers{Logger: slog.New(slog.DiscardHandler)}))
		if err := b.relay.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		b.open(t, "a")
		log.down.Store(true)
		b.deposit(t, "a", 1)
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		if err := b.relay.Stop(ctx); !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "not stored yet") {
			t.Errorf("Stop = %v, want that what came of deliveries is not stored", err)
		}
		log.down.Store(false)
		time.Sleep(10 * time.Second)
		b.want(t, 0, 0)
	})
}

func TestAnEventThatCannotBeDecodedIsGivenUpWhenNobodyElseCould(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var seen book
		d := newDatabase()
		b := d.bank(t, seen.note, outbox.WithRetry(retry.Policy{Attempts: 3, Max: time.Second}))
		b.start(t)
		b.open(t, "a")
		odd := outbox.Entry{
			ID: "odd", Type: "deposited", AggregateType: "account", AggregateID: "a", Data: []byte(`{"Amount":"much"}`), RaisedAt: time.Now(),
		}
		if err := d.store.Process(d.log.Process()).Save(t.Context(), repository.Change[account]{
			Op: repository.Update, ID: "a", State: &account{}, Expected: 1, Events: []outbox.Entry{odd},
		}); err != nil {
			t.Fatal(err)
		}
		b.deposit(t, "a", 5)
		seen.want(t)
		time.Sleep(time.Minute)
		seen.want(t, 5)
		dead, err := b.log.List(t.Context(), outbox.Filter{Dead: true})
		if err != nil || len(dead) != 1 || !strings.Contains(dead[0].Error, "decode event deposited odd") {
			t.Errorf("dead letters: %+v, %v, want the one that cannot be decoded", dead, err)
		}
	})
}

func TestWhatIsInFlightIsKnown(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := alone(t, func(context.Context, deposited) error {
			time.Sleep(time.Minute)
			return nil
		})
		b.open(t, "a", "b")
		for _, id := range []string{"a", "b"} {
			go func() {
				if err := b.accounts.Update(t.Context(), id, func(a *account) error { return a.deposit(1) }); err != nil {
					t.Errorf("Update: %v", err)
				}
			}()
		}
		synctest.Wait()
		if got := b.relay.InFlight(); got != 2 {
			t.Errorf("%d events are in flight, want 2", got)
		}
		time.Sleep(2 * time.Minute)
		if got := b.relay.InFlight(); got != 0 {
			t.Errorf("%d events are in flight after they were handled, want 0", got)
		}
	})
}
