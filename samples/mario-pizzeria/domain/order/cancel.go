package order

import "time"

// OrderCancelledEvent says that an order will not be delivered. The reason is the customer's words and stays here.
type OrderCancelledEvent struct {
	OrderID     string    `json:"order_id"`
	From        Status    `json:"from"`
	Since       time.Time `json:"since"`
	CancelledAt time.Time `json:"cancelled_at"`
}

// EventType is the event's public name.
func (OrderCancelledEvent) EventType() string { return "order.cancelled.v1" }

// Cancel ends an order that has not left yet.
func (o *Order) Cancel(reason string) error {
	from := o.state.Status
	since, now, err := o.enter(Cancelled, Pending, Cooking, Ready)
	if err != nil {
		return err
	}
	o.state.Reason = reason
	o.Raise(OrderCancelledEvent{OrderID: o.ID(), From: from, Since: since, CancelledAt: now})
	return nil
}
