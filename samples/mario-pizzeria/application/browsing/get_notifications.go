package browsing

import (
	"context"
	"time"

	"github.com/neuroglia-go/neuroglia/fault"
	"github.com/neuroglia-go/neuroglia/mediator"
)

// GetNotifications asks what the customer was told about an order.
type GetNotifications struct {
	mediator.Query[Notifications]
	OrderID string `json:"-" path:"id" maxLength:"64" pattern:"^[A-Za-z0-9_-]+$" otel:"order.id,aggregate"`
}

// Notifications is what a customer was told, in the order in which it happened.
type Notifications struct {
	Notifications []Notification `json:"notifications"`
}

// Notification is one thing that a customer was told.
type Notification struct {
	Text string    `json:"text"`
	At   time.Time `json:"at" doc:"when it happened"`
}

func (h Handlers) getNotifications(ctx context.Context, q GetNotifications) (Notifications, error) {
	answer := Notifications{Notifications: []Notification{}}
	told, err := h.Notifications.Get(ctx, q.OrderID)
	if fault.KindOf(err) == fault.NotFound { // nothing was told yet, if there is such an order
		_, err = h.Orders.Get(ctx, q.OrderID)
		return answer, err
	}
	if err != nil {
		return Notifications{}, err
	}
	for _, n := range told.All() {
		answer.Notifications = append(answer.Notifications, Notification{Text: n.Text, At: n.At})
	}
	return answer, nil
}
