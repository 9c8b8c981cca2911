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
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/domain/customer"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/domain/menu"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/domain/money"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/domain/order"
)

// till is a payment service in memory.
type till struct {
	mu      sync.Mutex
	charged map[string]bool
	stuck   map[string]bool // the orders that it does not refund
	slow    time.Duration   // how long it takes to charge an order
}

func (s *till) Charge(_ context.Context, orderID string, _ money.Money) error {
	time.Sleep(s.slow)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.charged[orderID] = true
	return nil
}

func (s *till) Refund(_ context.Context, orderID string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stuck[orderID] {
		return errors.New("the till is stuck")
	}
	delete(s.charged, orderID)
	return nil
}

func (s *till) stick(orderID string, stuck bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stuck[orderID] = stuck
}

func (s *till) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.charged)
}

const patience = time.Minute

// shop is what orders are placed in, with a cashier at work.
type shop struct {
	application.Repositories
	till
	mediator *mediator.Mediator
}

// newShop returns a shop whose cashier goes home when the test ends.
func newShop(t *testing.T) *shop {
	t.Helper()
	m := mediator.New()
	s := &shop{mediator: m, till: till{charged: map[string]bool{}, stuck: map[string]bool{}}}
	s.Orders = repository.New(memrepo.New(repository.Schema[order.Order]{
		Name: "orders", Fields: map[string]func(*order.Order) string{
			"status": func(o *order.Order) string { return string(o.Status()) },
		},
	}), m)
	s.Menu = repository.New(memrepo.New(repository.Schema[menu.Pizza]{Name: "pizzas"}), m)
	s.Customers = repository.New(memrepo.New(repository.Schema[customer.Customer]{Name: "customers"}), m)
	ordering.Register(m, ordering.Handlers{Repositories: s.Repositories, Payments: s})
	go ordering.Cashier{Repositories: s.Repositories, Mediator: m, Patience: patience}.Work(t.Context())
	return s
}

// charge charges an order that nobody goes on with.
func (s *shop) charge(t *testing.T) string {
	t.Helper()
	draft, err := order.Draft("ada", []order.Line{{Price: money.Cents(899)}})
	if err := errors.Join(err, s.Orders.Add(t.Context(), draft), s.Charge(t.Context(), draft.ID(), draft.Total())); err != nil {
		t.Fatal(err)
	}
	return draft.ID()
}

// want fails the test unless the order has come to a stage; an empty one is that it is not there.
func (s *shop) want(t *testing.T, id string, status order.Status) {
	t.Helper()
	o, err := s.Orders.Get(t.Context(), id)
	switch {
	case err == nil && o.Status() != status:
		t.Errorf("the order is %s, want %q", o.Status(), status)
	case err != nil && (status != "" || fault.KindOf(err) != fault.NotFound):
		t.Errorf("got %v, want an order that is %q", err, status)
	}
}

func (s *shop) wantCharges(t *testing.T, want int) {
	t.Helper()
	if n := s.count(); n != want {
		t.Errorf("%d orders are charged, want %d", n, want)
	}
}

func TestMoneyIsGivenBackForOrdersWhoseProcessDied(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newShop(t)
		id := s.charge(t)
		s.stick(id, true)
		time.Sleep(patience - time.Second)
		s.want(t, id, order.Unpaid) // it may still be paid
		time.Sleep(2 * patience)
		s.want(t, id, order.Void)
		s.wantCharges(t, 1)
		s.stick(id, false)
		time.Sleep(patience)
		s.want(t, id, "")
		s.wantCharges(t, 0)
	})
}

func TestAnOrderThatCannotBeRefundedIsNotInTheWayOfOthers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newShop(t)
		first, second := s.charge(t), s.charge(t)
		s.stick(first, true)
		s.stick(second, true)
		time.Sleep(2 * patience)
		s.want(t, second, order.Void)
		s.stick(second, false)
		time.Sleep(2 * patience)
		s.want(t, first, order.Void)
		s.want(t, second, "")
		s.wantCharges(t, 1)
	})
}

func TestMoneyIsGivenBackThatWasTakenAfterTheOrderWasRemoved(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newShop(t)
		pizza := menu.First()[0]
		if err := s.Menu.Add(t.Context(), pizza); err != nil {
			t.Fatal(err)
		}
		s.slow = 3 * patience
		_, err := mediator.Send(t.Context(), s.mediator, ordering.PlaceOrder{
			CustomerID: "ada", Items: []ordering.Item{{PizzaID: pizza.ID(), Quantity: 1}},
		})
		if err == nil {
			t.Error("an order was placed that the cashier had removed")
		}
		for range s.Orders.All(t.Context(), nil) {
			t.Error("there still is an order")
		}
		s.wantCharges(t, 0)
	})
}
