package cooking

import (
	"context"

	"github.com/neuroglia-go/neuroglia/mediator"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/application"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/domain/order"
)

// CompleteOrder takes an order out of its oven.
type CompleteOrder struct {
	mediator.Command[application.Order]
	OrderID string `json:"-" path:"id" maxLength:"64" pattern:"^[A-Za-z0-9_-]+$" otel:"order.id,aggregate"`
}

func (h Handlers) completeOrder(ctx context.Context, cmd CompleteOrder) (application.Order, error) {
	return h.ChangeOrder(ctx, cmd.OrderID, (*order.Order).Complete)
}
