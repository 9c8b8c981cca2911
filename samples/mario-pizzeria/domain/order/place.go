package order

import (
	"time"

	"github.com/neuroglia-go/neuroglia/aggregate"
	"github.com/neuroglia-go/neuroglia/fault"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/domain/money"
)

// OrderCreatedEvent says that an order was placed.
type OrderCreatedEvent struct {
	OrderID    string      `json:"order_id"`
	CustomerID string      `json:"customer_id"`
	Lines      []Line      `json:"lines"`
	Total      money.Money `json:"total"`
	PlacedAt   time.Time   `json:"placed_at"`
}

// EventType is the event's public name.
func (OrderCreatedEvent) EventType() string { return "order.created.v1" }

// Draft returns a new, unpaid order. It refuses an order of nothing.
func Draft(customerID string, lines []Line) (*Order, error) {
	if len(lines) == 0 {
		return nil, fault.New(fault.Invalid, "an order needs at least one item").At("items")
	}
	o := &Order{Root: aggregate.NewRoot("order_" + aggregate.NewID()), state: state{
		CustomerID: customerID, Lines: lines, Status: Unpaid, Entered: map[Status]time.Time{Unpaid: time.Now().UTC()},
	}}
	for _, line := range lines {
		o.state.Total = o.state.Total.Plus(line.Price)
	}
	return o, nil
}

// Place returns a new order that is pending at once. It refuses an order of nothing.
func Place(customerID string, lines []Line) (*Order, error) {
	o, err := Draft(customerID, lines)
	if err != nil {
		return nil, err
	}
	return o, o.Pay()
}

// Pay makes an unpaid order pending.
func (o *Order) Pay() error {
	_, now, err := o.enter(Pending, Unpaid)
	if err != nil {
		return err
	}
	o.Raise(OrderCreatedEvent{
		OrderID: o.ID(), CustomerID: o.CustomerID(), Lines: o.Lines(), Total: o.Total(), PlacedAt: now,
	})
	return nil
}

// GiveUp makes an unpaid order void, so that nobody can pay it any more. Doing it again changes nothing.
func (o *Order) GiveUp() error {
	if o.state.Status == Void {
		return nil
	}
	_, _, err := o.enter(Void, Unpaid)
	return err
}
