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
			c.abandon(ctx, map[string]string{"status": string(status)})
		}
	}
}

// abandon abandons the orders that are overdue. One that it cannot abandon is not in the others' way.
func (c Cashier) abandon(ctx context.Context, where map[string]string) {
	oldest, err := c.Orders.Oldest(ctx, where) // which makes no span, and mostly that is all
	if err != nil || oldest == nil || !c.overdue(oldest) {
		return
	}
	for o, err := range c.Orders.All(ctx, where) {
		if err != nil {
			return
		}
		if c.overdue(o) {
			_, _ = mediator.Send(ctx, c.Mediator, AbandonOrder{OrderID: o.ID()}) // the command reports its error
		}
	}
}

func (c Cashier) overdue(o *order.Order) bool { return time.Since(o.Since()) >= c.Patience }
