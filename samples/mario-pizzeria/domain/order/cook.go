package order

import "time"

// CookingStartedEvent says that an order is in the oven.
type CookingStartedEvent struct {
	OrderID   string    `json:"order_id"`
	PlacedAt  time.Time `json:"placed_at"`
	StartedAt time.Time `json:"started_at"`
}

// EventType is the event's public name.
func (CookingStartedEvent) EventType() string { return "order.cooking_started.v1" }

// OrderReadyEvent says that an order has been cooked.
type OrderReadyEvent struct {
	OrderID   string    `json:"order_id"`
	StartedAt time.Time `json:"started_at"`
	ReadyAt   time.Time `json:"ready_at"`
}

// EventType is the event's public name.
func (OrderReadyEvent) EventType() string { return "order.ready.v1" }

// StartCooking puts a pending order in the oven.
func (o *Order) StartCooking() error {
	placed, now, err := o.enter(Cooking, Pending)
	if err != nil {
		return err
	}
	o.Raise(CookingStartedEvent{OrderID: o.ID(), PlacedAt: placed, StartedAt: now})
	return nil
}

// Complete takes a cooking order out of the oven.
func (o *Order) Complete() error {
	started, now, err := o.enter(Ready, Cooking)
	if err != nil {
		return err
	}
	o.Raise(OrderReadyEvent{OrderID: o.ID(), StartedAt: started, ReadyAt: now})
	return nil
}
