package contract_test

import (
	"context"
	"errors"
	"log/slog"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/neuroglia-go/neuroglia/aggregate"
	"github.com/neuroglia-go/neuroglia/mediator"
	"github.com/neuroglia-go/neuroglia/observability/observabilitytest"
	"github.com/neuroglia-go/neuroglia/outbox"
	"github.com/neuroglia-go/neuroglia/repository"
	"github.com/neuroglia-go/neuroglia/repository/memrepo"
	"github.com/neuroglia-go/neuroglia/retry"
)

// kiosk is a small service whose events are kept in an outbox.
type kiosk struct {
	*mediator.Mediator
	rec    *observabilitytest.Recorder
	log    *memrepo.Outbox
	relay  *outbox.Relay
	orders *repository.Repository[Order]
	handle func(context.Context, OrderCreatedEvent) error
}

// newKiosk has one handler of orders that were created.
func newKiosk(t *testing.T, handle func(context.Context, OrderCreatedEvent) error, opts ...outbox.Option) *kiosk {
	t.Helper()
	log := memrepo.NewOutbox(0)
	rec := observabilitytest.New(t, observabilitytest.Level(slog.LevelInfo), observabilitytest.Mask(
		"neuroglia.event.id", "neuroglia.outbox.waited", "neuroglia.retry.wait"))
	return kioskOver(rec, log, log, handle, opts...)
}

// kioskOver is a kiosk whose relay has the outbox as log.
func kioskOver(rec *observabilitytest.Recorder, stored *memrepo.Outbox, log outbox.Log,
	handle func(context.Context, OrderCreatedEvent) error, opts ...outbox.Option) *kiosk {
	k := &kiosk{Mediator: mediator.New(mediator.WithTelemetry(rec.Providers())), rec: rec, log: stored, handle: handle}
	k.relay = outbox.New(log, k, append([]outbox.Option{outbox.WithTelemetry(rec.Providers())}, opts...)...)
	k.orders = repository.New(memrepo.New(repository.Schema[Order]{Name: "orders"}, memrepo.WithOutbox(stored)), k.relay,
		repository.WithTelemetry(rec.Providers()))
	mediator.Handle(k.Mediator, k.place)
	mediator.On(k.Mediator, k.created)
	return k
}

func (k *kiosk) created(ctx context.Context, e OrderCreatedEvent) error { return k.handle(ctx, e) }

func (k *kiosk) place(ctx context.Context, cmd PlaceOrder) (Receipt, error) {
	o := &Order{Root: aggregate.NewRoot(cmd.ID)}
	o.Raise(OrderCreatedEvent{OrderID: cmd.ID})
	return Receipt{OrderID: cmd.ID}, k.orders.Add(ctx, o)
}

func (k *kiosk) send(t *testing.T, ids ...string) {
	t.Helper()
	for _, id := range ids {
		if _, err := mediator.Send(t.Context(), k.Mediator, PlaceOrder{ID: id}); err != nil {
			t.Fatal(err)
		}
	}
}

// run places an order, and has a relay deliver for a time.
func (k *kiosk) run(ctx context.Context, t *testing.T, d time.Duration) {
	t.Helper()
	if _, err := mediator.Send(ctx, k.Mediator, PlaceOrder{ID: "o1"}); err != nil {
		t.Fatal(err)
	}
	k.deliver(t, d)
}

func (k *kiosk) deliver(t *testing.T, d time.Duration) {
	t.Helper()
	if err := k.relay.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	time.Sleep(d)
	if err := k.relay.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// failing is a handler that fails the first times.
func failing(times int) func(context.Context, OrderCreatedEvent) error {
	return func(context.Context, OrderCreatedEvent) error {
		if times--; times >= 0 {
			return errBoom
		}
		return nil
	}
}

// replay puts all dead letters back.
func (k *kiosk) replay(t *testing.T) {
	t.Helper()
	dead, err := k.log.List(t.Context(), outbox.Filter{Dead: true})
	if err != nil || len(dead) == 0 {
		t.Fatalf("%d dead letters, %v, want some", len(dead), err)
	}
	for _, e := range dead {
		if _, err := k.log.Replay(t.Context(), []string{e.ID}); err != nil {
			t.Fatal(err)
		}
	}
}

// moody is a log whose database does not answer when it is asked something for the first time.
type moody struct {
	*memrepo.Outbox

	asked [5]atomic.Bool
}

func (m *moody) answer(question int) error {
	if m.asked[question].CompareAndSwap(false, true) {
		return errBoom
	}
	return nil
}

func (m *moody) Claim(ctx context.Context, types []string, limit int) ([]outbox.Entry, time.Duration, error) {
	if err := m.answer(0); err != nil {
		return nil, 0, err
	}
	return m.Outbox.Claim(ctx, types, limit)
}

func (m *moody) Renew(ctx context.Context, entries []outbox.Entry) error {
	return errors.Join(m.answer(1), m.Outbox.Renew(ctx, entries))
}

func (m *moody) Settle(ctx context.Context, outcomes []outbox.Outcome) error {
	if err := m.answer(2); err != nil {
		return err
	}
	return m.Outbox.Settle(ctx, outcomes)
}

func (m *moody) Watch(ctx context.Context, wake func()) error {
	if err := m.answer(3); err != nil {
		return err
	}
	return m.Outbox.Watch(ctx, wake)
}

func (m *moody) Forget(ctx context.Context, age time.Duration) (int64, error) {
	if err := m.answer(4); err != nil {
		return 0, err
	}
	return m.Outbox.Forget(ctx, age)
}

// everyPathOfTheOutbox delivers an event at the fifth attempt, after it was given up twice, over a database that does not
// always answer.
func everyPathOfTheOutbox(t *testing.T, rec *observabilitytest.Recorder) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		log := &moody{Outbox: memrepo.NewOutbox(0)}
		var k *kiosk
		var calls atomic.Int64
		k = kioskOver(rec, log.Outbox, log, func(ctx context.Context, e OrderCreatedEvent) error {
			err := k.orders.Once(ctx, e.OrderID, func(o *Order) error { o.Total++; return nil })
			switch n := calls.Add(1); {
			case n <= 2:
				panic("no oven")
			case n <= 4:
				return errors.Join(err, errBoom)
			}
			time.Sleep(outbox.Lease)
			return err
		}, outbox.WithRetry(retry.Policy{Attempts: 2}), outbox.WithInbox(10*time.Minute))
		k.run(t.Context(), t, time.Minute)
		k.replay(t)
		k.deliver(t, time.Minute)
		k.replay(t)
		k.deliver(t, time.Minute)
		if calls.Load() != 5 {
			t.Errorf("%d attempts, want 5", calls.Load())
		}
	})
}
