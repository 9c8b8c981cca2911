package browsing

import (
	"context"

	"github.com/neuroglia-go/neuroglia/mediator"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/application"
)

// GetOrder asks for one order.
type GetOrder struct {
	mediator.Query[application.Order]
	OrderID string `json:"-" path:"id" maxLength:"64" pattern:"^[A-Za-z0-9_-]+$" otel:"order.id,aggregate"`
}

func (h Handlers) getOrder(ctx context.Context, q GetOrder) (application.Order, error) {
	o, err := h.Orders.Get(ctx, q.OrderID)
	if err != nil {
		return application.Order{}, err
	}
	return application.ViewOrder(o), nil
}
