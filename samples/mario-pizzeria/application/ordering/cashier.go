package ordering

import (
	"context"
	"time"

	"github.com/neuroglia-go/neuroglia/mediator"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/application"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/domain/order"
)

// Cashier abandons orders that are not paid and that nobody is paying any more: the process that was, died.
type Cashier struct {
	application.Repositories
	Mediator *mediator.Mediator
	Patience time.Duration // how long a payment may take
}

// Work looks for such orders until ctx ends. What is left undone after an error is tried again.
func (c Cashier) Work(ctx context.Context) {
	for application.Wait(ctx, c.Patience/2) == nil {
		for _, status := range []order.Status{order.Unpaid, order.Void} {
			for c.abandonOldest(ctx, status) {
			}
		}
	}
}

// abandonOldest reports whether it abandoned an order, and there may be more.
func (c Cashier) abandonOldest(ctx context.Context, status order.Status) bool {
	o, err := c.Orders.Oldest(ctx, map[string]string{"status": string(status)})
	if err != nil || o == nil || time.Since(o.Since()) < c.Patience {
		return false
	}
	_, err = mediator.Send(ctx, c.Mediator, AbandonOrder{OrderID: o.ID()})
	return err == nil // else the command has reported it
}
