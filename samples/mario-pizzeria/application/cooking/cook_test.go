package cooking_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/neuroglia-go/neuroglia/mediator"
	"github.com/neuroglia-go/neuroglia/repository"
	"github.com/neuroglia-go/neuroglia/repository/memrepo"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/application"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/application/cooking"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/domain/kitchen"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/domain/money"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/domain/order"
)

const takes = 3 * time.Second

// newCook returns a cook in a kitchen in memory.
func newCook(t *testing.T) cooking.Cook {
	t.Helper()
	m := mediator.New()
	orders := repository.Schema[order.Order]{Name: "orders", Fields: map[string]func(*order.Order) string{
		"status": func(o *order.Order) string { return string(o.Status()) },
	}}
	r := application.Repositories{
		Orders:   repository.New(memrepo.New(orders), m),
		Kitchens: repository.New(memrepo.New(repository.Schema[kitchen.Kitchen]{Name: "kitchens"}), m),
	}
	cooking.Register(m, cooking.Handlers{Repositories: r})
	if err := r.Kitchens.Add(t.Context(), kitchen.New()); err != nil {
		t.Fatal(err)
	}
	return cooking.Cook{Repositories: r, Mediator: m, Takes: takes}
}

// placed returns an order that waits to be cooked.
func placed(t *testing.T, c cooking.Cook) string {
	t.Helper()
	o, err := order.Place("ada", []order.Line{{PizzaID: "margherita", Size: "medium", Quantity: 1, Price: money.Cents(899)}})
	if err := errors.Join(err, c.Orders.Add(t.Context(), o)); err != nil {
		t.Fatal(err)
	}
	return o.ID()
}

// want fails the test unless the order has come to a stage and so many ovens are free.
func want(t *testing.T, c cooking.Cook, id string, status order.Status, free int) {
	t.Helper()
	o, err := c.Orders.Get(t.Context(), id)
	k, kitchenErr := c.Kitchens.Get(t.Context(), kitchen.ID)
	if err := errors.Join(err, kitchenErr); err != nil {
		t.Fatal(err)
	}
	if o.Status() != status || k.Free() != free {
		t.Errorf("the order is %s and %d ovens are free, want %s and %d", o.Status(), k.Free(), status, free)
	}
}

func take(t *testing.T, c cooking.Cook, ids ...string) {
	t.Helper()
	for _, id := range ids {
		err := c.Kitchens.Update(t.Context(), kitchen.ID, func(k *kitchen.Kitchen) error { return k.Take(id) })
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestACookGoesOnWhereAnotherDied(t *testing.T) {
	t.Parallel()
	for name, died := range map[string]struct {
		done func(*testing.T, cooking.Cook, string)
		left time.Duration // to cook
	}{
		"before it began":      {nothing, takes},
		"with an oven":         {func(t *testing.T, c cooking.Cook, id string) { t.Helper(); take(t, c, id) }, takes},
		"with the order in it": {start, takes},
		"half way":             {cookFor(takes / 2), takes / 2},
		"long ago":             {cookFor(time.Hour), 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				c := newCook(t)
				id := placed(t, c)
				died.done(t, c, id)
				begin := time.Now()
				for range 2 { // it may be told twice
					if err := c.Cook(t.Context(), id); err != nil {
						t.Fatal(err)
					}
					want(t, c, id, order.Ready, kitchen.Ovens)
				}
				if took := time.Since(begin); took != died.left {
					t.Errorf("it took %s, want %s", took, died.left)
				}
			})
		})
	}
}

func TestACookWaitsForAnOven(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newCook(t)
		for range kitchen.Ovens {
			start(t, c, placed(t, c))
		}
		id := placed(t, c)
		ctx, cancel := context.WithTimeout(t.Context(), takes/2)
		defer cancel()
		if err := c.Cook(ctx, id); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v from a cook who has no oven until he must go, want that", err)
		}
		want(t, c, id, order.Pending, 0)
		go func() {
			time.Sleep(takes / 4)
			page, _ := c.Orders.List(t.Context(), repository.Query{Where: map[string]string{"status": "cooking"}, Limit: 1})
			_, _ = mediator.Send(t.Context(), c.Mediator, cooking.CompleteOrder{OrderID: page.Items[0].ID()})
		}()
		if err := c.Cook(t.Context(), id); err != nil {
			t.Fatal(err)
		}
		want(t, c, id, order.Ready, 1)
	})
}

func TestACookLeavesACancelledOrder(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newCook(t)
		id := placed(t, c)
		go func() {
			time.Sleep(takes / 2)
			_ = c.Orders.Update(t.Context(), id, func(o *order.Order) error { return o.Cancel("late") })
		}()
		if err := c.Cook(t.Context(), id); err != nil {
			t.Fatal(err)
		}
		want(t, c, id, order.Cancelled, kitchen.Ovens)
	})
}

// What a process has left that died is put right when it matters, however it was left.
func TestOvensThatAreTakenForNothingAreFound(t *testing.T) {
	t.Parallel()
	for name, settle := range map[string]func(*testing.T, cooking.Cook, string){
		"when the pizzeria opens": func(t *testing.T, c cooking.Cook, _ string) {
			t.Helper()
			if _, err := mediator.Send(t.Context(), c.Mediator, cooking.TidyOvens{}); err != nil {
				t.Fatal(err)
			}
		},
		"when an oven is needed": start,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) { forgotten(t, settle) })
		})
	}
}

func forgotten(t *testing.T, settle func(*testing.T, cooking.Cook, string)) {
	t.Helper()
	c := newCook(t)
	cancelled, waiting, next := placed(t, c), placed(t, c), placed(t, c)
	err := c.Orders.Update(t.Context(), cancelled, func(o *order.Order) error { return o.Cancel("late") })
	if err != nil {
		t.Fatal(err)
	}
	take(t, c, cancelled, waiting, "never there", "nor that")
	time.Sleep(10 * time.Second) // in which who took an oven would have started its order
	settle(t, c, next)
	start(t, c, placed(t, c))
	o, err := c.Orders.Get(t.Context(), waiting)
	if err != nil || o.Status() != order.Cooking {
		t.Errorf("the order that has an oven is %s, %v, want it to be cooking", o.Status(), err)
	}
	k, err := c.Kitchens.Get(t.Context(), kitchen.ID)
	if err != nil || slices.Contains(k.Cooking(), cancelled) || !slices.Contains(k.Cooking(), waiting) {
		t.Errorf("in the ovens are %q, %v", k.Cooking(), err)
	}
}

func nothing(*testing.T, cooking.Cook, string) {}

func start(t *testing.T, c cooking.Cook, id string) {
	t.Helper()
	if _, err := mediator.Send(t.Context(), c.Mediator, cooking.StartCooking{OrderID: id}); err != nil {
		t.Fatal(err)
	}
}

func cookFor(d time.Duration) func(*testing.T, cooking.Cook, string) {
	return func(t *testing.T, c cooking.Cook, id string) {
		t.Helper()
		start(t, c, id)
		time.Sleep(d)
	}
}

func TestACookWhoWaitsTakesOutWhatOthersHaveLeft(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newCook(t)
		for range kitchen.Ovens {
			start(t, c, placed(t, c))
		}
		id := placed(t, c)
		began := time.Now()
		if err := c.Cook(t.Context(), id); err != nil {
			t.Errorf("Cook: %v", err)
		}
		if took := time.Since(began); took > 4*takes {
			t.Errorf("it took %s, want little more than the time of those before and its own", took)
		}
		want(t, c, id, order.Ready, kitchen.Ovens)
	})
}
