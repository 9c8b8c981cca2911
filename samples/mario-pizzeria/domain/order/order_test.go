package order_test

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/neuroglia-go/neuroglia/aggregate"
	"github.com/neuroglia-go/neuroglia/fault"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/domain/money"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/domain/order"
)

// verb is something that is done to an order.
type verb struct {
	name  string
	do    func(*order.Order) error
	event any // what it raises
}

func verbs() []verb {
	return []verb{
		{"pay", (*order.Order).Pay, order.OrderCreatedEvent{}},
		{"start cooking", (*order.Order).StartCooking, order.CookingStartedEvent{}},
		{"complete", (*order.Order).Complete, order.OrderReadyEvent{}},
		{"assign", func(o *order.Order) error { return o.Assign("Luigi") }, order.DeliveryAssignedEvent{}},
		{"deliver", (*order.Order).Deliver, order.OrderDeliveredEvent{}},
		{"cancel", func(o *order.Order) error { return o.Cancel("changed my mind") }, order.OrderCancelledEvent{}},
	}
}

// in returns an order that has come to a stage, with nothing pending.
func in(t *testing.T, status order.Status) *order.Order {
	t.Helper()
	o, err := order.Draft("ada", []order.Line{{PizzaID: "margherita", Size: "medium", Quantity: 2, Price: money.Cents(1798)}})
	if err != nil {
		t.Fatal(err)
	}
	steps := map[order.Status]int{
		order.Pending: 1, order.Cooking: 2, order.Ready: 3, order.OutForDelivery: 4, order.Delivered: 5, order.Cancelled: 1,
	}
	for _, v := range verbs()[:steps[status]] {
		if err := v.do(o); err != nil {
			t.Fatal(err)
		}
	}
	if status == order.Cancelled {
		if err := o.Cancel("test"); err != nil {
			t.Fatal(err)
		}
	}
	aggregate.Stored(o)
	return o
}

func TestVerbsAreAllowedInTheirStagesOnly(t *testing.T) {
	t.Parallel()
	allowed := map[order.Status]map[string]order.Status{
		order.Unpaid:         {"pay": order.Pending},
		order.Pending:        {"start cooking": order.Cooking, "cancel": order.Cancelled},
		order.Cooking:        {"complete": order.Ready, "cancel": order.Cancelled},
		order.Ready:          {"assign": order.OutForDelivery, "cancel": order.Cancelled},
		order.OutForDelivery: {"deliver": order.Delivered},
		order.Delivered:      {},
		order.Cancelled:      {},
	}
	for from, verbsAllowed := range allowed {
		for _, v := range verbs() {
			t.Run(string(from)+" "+v.name, func(t *testing.T) {
				t.Parallel()
				o := in(t, from)
				err := v.do(o)
				raised := aggregate.Pending(o, "Order")
				next, ok := verbsAllowed[v.name]
				if !ok {
					if fault.KindOf(err) != fault.Conflict || o.Status() != from || len(raised) != 0 {
						t.Errorf("got %v, status %s, %d events; want a conflict and nothing else", err, o.Status(), len(raised))
					}
					return
				}
				if err != nil || o.Status() != next {
					t.Errorf("got %v, status %s; want %s", err, o.Status(), next)
				}
				if len(raised) != 1 || reflect.TypeOf(raised[0].Event) != reflect.TypeOf(v.event) {
					t.Errorf("raised %+v, want one %T", raised, v.event)
				}
			})
		}
	}
}

func TestOnlyAnUnpaidOrderCanBeGivenUp(t *testing.T) {
	t.Parallel()
	o := in(t, order.Unpaid)
	for range 2 {
		if err := o.GiveUp(); err != nil || o.Status() != order.Void {
			t.Errorf("got %v, status %s for an unpaid order, want void", err, o.Status())
		}
	}
	if err := o.Pay(); fault.KindOf(err) != fault.Conflict {
		t.Errorf("got %v for paying a void order, want a conflict", err)
	}
	if err := in(t, order.Pending).GiveUp(); fault.KindOf(err) != fault.Conflict {
		t.Errorf("got %v for a pending order, want a conflict", err)
	}
}

func TestAnOrderCostsWhatItsLinesCost(t *testing.T) {
	t.Parallel()
	o, err := order.Place("ada", []order.Line{{Price: money.Cents(1798)}, {Price: money.Cents(899)}})
	if err != nil || o.Total().String() != "26.97" {
		t.Errorf("got %s, %v, want 26.97", o.Total(), err)
	}
	if _, err := order.Place("ada", nil); fault.KindOf(err) != fault.Invalid {
		t.Errorf("got %v for an order of nothing, want invalid", err)
	}
}

func TestAnOrderIsTheSameAfterBeingStored(t *testing.T) {
	t.Parallel()
	o := in(t, order.OutForDelivery)
	raw, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	read := new(order.Order)
	if err := json.Unmarshal(raw, read); err != nil {
		t.Fatal(err)
	}
	aggregate.Restore(read, o.ID(), o.Version())
	if !reflect.DeepEqual(read, o) {
		t.Errorf("got %+v, want %+v", read, o)
	}
}
