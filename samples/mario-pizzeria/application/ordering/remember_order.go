package ordering

import (
	"context"
	"time"

	"github.com/neuroglia-go/neuroglia/mediator"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/domain/customer"
)

// RememberOrder notes a customer's latest order. It may be sent any number of times.
type RememberOrder struct {
	mediator.Command[mediator.None]
	CustomerID string `otel:"customer.id,aggregate"`
	OrderID    string `otel:"order.id"`
	PlacedAt   time.Time
}

func (h Handlers) rememberOrder(ctx context.Context, cmd RememberOrder) error {
	return h.Customers.Update(ctx, cmd.CustomerID, func(c *customer.Customer) error {
		c.RememberOrder(cmd.OrderID, cmd.PlacedAt)
		return nil
	})
}
