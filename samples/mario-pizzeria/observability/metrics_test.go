package observability_test

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/neuroglia-go/neuroglia/mediator"
	"github.com/neuroglia-go/neuroglia/observability/observabilitytest"
	"github.com/neuroglia-go/neuroglia/repository"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/application"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/domain/customer"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/domain/money"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/domain/order"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/observability"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/storage"
)

func TestWhatHappensToOrdersIsCounted(t *testing.T) {
	t.Parallel()
	synctest.Test(t, countOrders)
}

func countOrders(t *testing.T) {
	rec := observabilitytest.New(t)
	m := mediator.New(mediator.WithTelemetry(rec.Providers()))
	stores, err := storage.Open(t.Context(), "memory:")
	if err != nil {
		t.Fatal(err)
	}
	r := application.Repositories{
		Orders:    repository.New(stores.Orders, m, repository.WithTelemetry(rec.Providers())),
		Customers: repository.New(stores.Customers, m, repository.WithTelemetry(rec.Providers())),
	}
	_, err = observability.Register(m, r, rec.Providers())
	if err := errors.Join(err, r.Customers.Add(t.Context(), customer.Register("ada"))); err != nil {
		t.Fatal(err)
	}
	delivered, cancelled, cooking := place(t, r), place(t, r), place(t, r)
	time.Sleep(90 * time.Second)
	for _, step := range []error{
		r.Orders.Update(t.Context(), delivered, (*order.Order).StartCooking),
		r.Orders.Update(t.Context(), delivered, (*order.Order).Complete),
		r.Orders.Update(t.Context(), delivered, func(o *order.Order) error { return o.Assign("Luigi") }),
		r.Orders.Update(t.Context(), delivered, (*order.Order).Deliver),
		r.Orders.Update(t.Context(), cancelled, func(o *order.Order) error { return o.Cancel("too slow") }),
		r.Orders.Update(t.Context(), cooking, (*order.Order).StartCooking),
	} {
		if step != nil {
			t.Fatal(step)
		}
	}
	observabilitytest.Diff(t, rec.Metrics("mario."), `
		mario.customers.registered counter {customer}
		  {} value=1
		mario.kitchen.capacity.utilization gauge 1
		  {} value=0.25
		mario.kitchen.cooking.duration histogram s buckets=[0.5 1 2.5 5 15 30 60 120 300 600 1200 1800 3600]
		  {} count=1
		mario.orders.cancelled counter {order}
		  {stage=cooking status=cancelled} value=0
		  {stage=pending status=cancelled} value=1
		  {stage=ready status=cancelled} value=0
		mario.orders.completed counter {order}
		  {status=delivered} value=1
		mario.orders.created counter {order}
		  {status=pending} value=3
		mario.orders.duration histogram s buckets=[0.5 1 2.5 5 15 30 60 120 300 600 1200 1800 3600]
		  {} count=1
		mario.orders.in_progress gauge {order}
		  {stage=cooking} value=1
		  {stage=out_for_delivery} value=0
		  {stage=pending} value=0
		  {stage=ready} value=0
		mario.orders.oldest.age gauge s
		  {stage=cooking} value=*
		  {stage=out_for_delivery} value=*
		  {stage=pending} value=*
		  {stage=ready} value=*
		mario.orders.stage.duration histogram s buckets=[0.5 1 2.5 5 15 30 60 120 300 600 1200 1800 3600]
		  {stage=cooking} count=1
		  {stage=out_for_delivery} count=1
		  {stage=pending} count=3
		  {stage=ready} count=1
		mario.orders.value histogram USD buckets=[5 10 20 30 50 75 100 200 500]
		  {} count=3 sum=53.94
		mario.pizzas.ordered counter {pizza}
		  {pizza=diavola size=large} value=0
		  {pizza=diavola size=medium} value=0
		  {pizza=diavola size=small} value=0
		  {pizza=funghi size=large} value=0
		  {pizza=funghi size=medium} value=0
		  {pizza=funghi size=small} value=0
		  {pizza=margherita size=large} value=0
		  {pizza=margherita size=medium} value=6
		  {pizza=margherita size=small} value=0
		  {pizza=marinara size=large} value=0
		  {pizza=marinara size=medium} value=0
		  {pizza=marinara size=small} value=0
		  {pizza=quattro-formaggi size=large} value=0
		  {pizza=quattro-formaggi size=medium} value=0
		  {pizza=quattro-formaggi size=small} value=0
	`)
	if got, want := rec.Value("mario.orders.oldest.age", observability.Stage.String("cooking")), 90.0; got != want {
		t.Errorf("the oldest order being cooked is %v s old, want %v s", got, want)
	}
}

func place(t *testing.T, r application.Repositories) string {
	t.Helper()
	o, err := order.Place("ada", []order.Line{{PizzaID: "margherita", Size: "medium", Quantity: 2, Price: money.Cents(1798)}})
	if err := errors.Join(err, r.Orders.Add(t.Context(), o)); err != nil {
		t.Fatal(err)
	}
	return o.ID()
}
