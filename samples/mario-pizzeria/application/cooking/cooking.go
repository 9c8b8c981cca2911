// Package cooking is the kitchen's side: what goes into the ovens and what comes out.
package cooking

import (
	"context"

	"github.com/neuroglia-go/neuroglia/mediator"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/application"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/domain/order"
)

// Handlers are the handlers of this package's messages and events.
type Handlers struct {
	application.Repositories
}

// Register gives the handlers to the mediator.
func Register(m *mediator.Mediator, h Handlers) {
	mediator.Handle(m, h.startCooking)
	mediator.Handle(m, h.completeOrder)
	mediator.HandleNone(m, h.tidyOvens)
	mediator.On(m, h.freeOvenOfReady)
	mediator.On(m, h.freeOvenOfCancelled)
}

func (h Handlers) freeOvenOfReady(ctx context.Context, e order.OrderReadyEvent) error {
	return h.freeOven(ctx, e.OrderID)
}

func (h Handlers) freeOvenOfCancelled(ctx context.Context, e order.OrderCancelledEvent) error {
	if e.From != order.Cooking {
		return nil
	}
	return h.freeOven(ctx, e.OrderID)
}
