package ordering_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/neuroglia-go/neuroglia/fault"
	"github.com/neuroglia-go/neuroglia/mediator"
	"github.com/neuroglia-go/neuroglia/repository"
	"github.com/neuroglia-go/neuroglia/repository/memrepo"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/application"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/application/ordering"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/domain/money"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/domain/order"
)

// till is a payment service in memory.
type till struct {
	mu      sync.Mutex
	charged map[string]bool
	broken  bool
}

func (s *till) Charge(_ context.Context, orderID string, _ money.Money) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.charged[orderID] = true
	return nil
}

func (s *till) Refund(_ context.Context, orderID string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.broken {
		return errors.New("the till is stuck")
	}
	delete(s.charged, orderID)
	return nil
}

func (s *till) repair() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.broken = false
}

func (s *till) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.charged)
}

func TestMoneyIsGivenBackForOrdersWhoseProcessDied(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := mediator.New()
		orders := repository.New(memrepo.New(repository.Schema[order.Order]{
			Name: "orders", Fields: map[string]func(*order.Order) string{
				"status": func(o *order.Order) string { return string(o.Status()) },
			},
		}), m)
		r, payments := application.Repositories{Orders: orders}, &till{charged: map[string]bool{}, broken: true}
		ordering.Register(m, ordering.Handlers{Repositories: r, Payments: payments})
		ctx, closing := context.WithCancel(t.Context())
		defer closing()
		go ordering.Cashier{Repositories: r, Mediator: m, Patience: time.Minute}.Work(ctx)

		draft, err := order.Draft("ada", []order.Line{{Price: money.Cents(899)}})
		if err := errors.Join(err, orders.Add(ctx, draft), payments.Charge(ctx, draft.ID(), draft.Total())); err != nil {
			t.Fatal(err)
		}
		time.Sleep(50 * time.Second)
		if o, err := orders.Get(ctx, draft.ID()); err != nil || o.Status() != order.Unpaid {
			t.Errorf("got %v, %v while it may still be paid", o, err)
		}
		time.Sleep(2 * time.Minute)
		if o, err := orders.Get(ctx, draft.ID()); err != nil || o.Status() != order.Void || payments.count() != 1 {
			t.Errorf("got %v, %v while the money cannot be given back, want it void", o, err)
		}
		payments.repair()
		time.Sleep(time.Minute)
		if _, err := orders.Get(ctx, draft.ID()); fault.KindOf(err) != fault.NotFound || payments.count() != 0 {
			t.Errorf("got %v and %d charges, want neither order nor charge", err, payments.count())
		}
	})
}
