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

// Place returns a new, pending order. It refuses an order of nothing.
func Place(customerID string, lines []Line) (*Order, error) {
	if len(lines) == 0 {
		return nil, fault.New(fault.Invalid, "an order needs at least one item").At("items")
	}
	now := time.Now().UTC()
	o := &Order{Root: aggregate.NewRoot("order_" + aggregate.NewID()), state: state{
		CustomerID: customerID, Lines: lines, Status: Pending, Entered: map[Status]time.Time{Pending: now},
	}}
	for _, line := range lines {
		o.state.Total = o.state.Total.Plus(line.Price)
	}
	o.Raise(OrderCreatedEvent{
		OrderID: o.ID(), CustomerID: customerID, Lines: lines, Total: o.state.Total, PlacedAt: now,
	})
	return o, nil
}
