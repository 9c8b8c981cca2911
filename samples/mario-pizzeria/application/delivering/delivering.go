// Package delivering is the drivers' side: bringing orders to customers.
package delivering

import (
	"context"

	"github.com/neuroglia-go/neuroglia/mediator"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/application"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/domain/order"
)

// Handlers are the handlers of this package's messages.
type Handlers struct {
	application.Repositories
}

// Register gives the handlers to the mediator.
func Register(m *mediator.Mediator, h Handlers) {
	mediator.Handle(m, h.assignDelivery)
	mediator.Handle(m, h.deliverOrder)
}

// AssignDelivery sends a ready order out with a driver.
type AssignDelivery struct {
	mediator.Command[application.Order]
	OrderID string `json:"-" path:"id" maxLength:"64" pattern:"^[A-Za-z0-9_-]+$" otel:"order.id,aggregate"`
	Driver  string `json:"driver" minLength:"1" maxLength:"100"`
}

func (h Handlers) assignDelivery(ctx context.Context, cmd AssignDelivery) (application.Order, error) {
	return h.ChangeOrder(ctx, cmd.OrderID, func(o *order.Order) error { return o.Assign(cmd.Driver) })
}

// DeliverOrder ends the delivery of an order.
type DeliverOrder struct {
	mediator.Command[application.Order]
	OrderID string `json:"-" path:"id" maxLength:"64" pattern:"^[A-Za-z0-9_-]+$" otel:"order.id,aggregate"`
}

func (h Handlers) deliverOrder(ctx context.Context, cmd DeliverOrder) (application.Order, error) {
	return h.ChangeOrder(ctx, cmd.OrderID, (*order.Order).Deliver)
}
