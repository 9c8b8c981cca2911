package ordering

import (
	"context"

	"github.com/neuroglia-go/neuroglia/mediator"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/application"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/domain/order"
)

// CancelOrder gives up an order that has not left yet.
type CancelOrder struct {
	mediator.Command[application.Order]
	OrderID string `json:"-" path:"id" maxLength:"64" pattern:"^[A-Za-z0-9_-]+$" otel:"order.id,aggregate"`
	Reason  string `json:"reason" minLength:"1" maxLength:"500"`
}

func (h Handlers) cancelOrder(ctx context.Context, cmd CancelOrder) (application.Order, error) {
	return h.ChangeOrder(ctx, cmd.OrderID, func(o *order.Order) error { return o.Cancel(cmd.Reason) })
}
