package api

import (
	"context"

	"github.com/neuroglia-go/neuroglia/eventbus"
	"github.com/neuroglia-go/neuroglia/mediator"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/application/ordering"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/domain/order"
)

// Subscriptions adds what the pizzeria does about events on the bus: customers remember what they ordered.
func Subscriptions(b *eventbus.Bus, m *mediator.Mediator) error {
	return eventbus.Subscribe(b, "customers", order.OrderCreatedEvent{}.EventType(),
		func(ctx context.Context, e order.OrderCreatedEvent) error {
			_, err := mediator.Send(ctx, m, ordering.RememberOrder{
				CustomerID: e.CustomerID, OrderID: e.OrderID, PlacedAt: e.PlacedAt,
			})
			return err
		})
}
