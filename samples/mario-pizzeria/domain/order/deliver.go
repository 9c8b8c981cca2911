package order

import "time"

// DeliveryAssignedEvent says that a driver has left with an order.
type DeliveryAssignedEvent struct {
	OrderID string    `json:"order_id"`
	ReadyAt time.Time `json:"ready_at"`
	LeftAt  time.Time `json:"left_at"`
}

// EventType is the event's public name.
func (DeliveryAssignedEvent) EventType() string { return "order.delivery_assigned.v1" }

// OrderDeliveredEvent says that an order has reached the customer.
type OrderDeliveredEvent struct {
	OrderID     string    `json:"order_id"`
	PlacedAt    time.Time `json:"placed_at"`
	LeftAt      time.Time `json:"left_at"`
	DeliveredAt time.Time `json:"delivered_at"`
}

// EventType is the event's public name.
func (OrderDeliveredEvent) EventType() string { return "order.delivered.v1" }

// Assign sends a ready order out with a driver.
func (o *Order) Assign(driver string) error {
	ready, now, err := o.enter(OutForDelivery, Ready)
	if err != nil {
		return err
	}
	o.state.Driver = driver
	o.Raise(DeliveryAssignedEvent{OrderID: o.ID(), ReadyAt: ready, LeftAt: now})
	return nil
}

// Deliver ends the delivery.
func (o *Order) Deliver() error {
	left, now, err := o.enter(Delivered, OutForDelivery)
	if err != nil {
		return err
	}
	o.Raise(OrderDeliveredEvent{OrderID: o.ID(), PlacedAt: o.PlacedAt(), LeftAt: left, DeliveredAt: now})
	return nil
}
