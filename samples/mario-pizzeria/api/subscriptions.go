package api

import (
	"context"
	"errors"
	"time"

	"github.com/neuroglia-go/neuroglia/aggregate"
	"github.com/neuroglia-go/neuroglia/eventbus"
	"github.com/neuroglia-go/neuroglia/mediator"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/application/cooking"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/application/delivering"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/application/notifying"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/application/ordering"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/domain/kitchen"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/domain/order"
)

// Subscriptions adds what the pizzeria does about events on the bus. Each of its methods is one part of that, which
// processes can have for themselves.
type Subscriptions struct {
	Bus      *eventbus.Bus
	Mediator *mediator.Mediator
	Relation eventbus.Relation // of the spans to those of the publishers
}

// Customers has customers remember what they ordered, and be told how it fares.
func (s Subscriptions) Customers() error {
	return errors.Join(
		subscribe(s, "customers", func(ctx context.Context, e order.OrderCreatedEvent) error {
			_, err := mediator.Send(ctx, s.Mediator, ordering.RememberOrder{
				CustomerID: e.CustomerID, OrderID: e.OrderID, PlacedAt: e.PlacedAt,
			})
			return err
		}),
		subscribe(s, "notifications", func(ctx context.Context, e order.OrderCreatedEvent) error {
			return s.notify(ctx, notifying.NotifyCustomer{
				OrderID: e.OrderID, Text: "Your order is in.", At: e.PlacedAt, First: true,
			})
		}),
		subscribe(s, "notifications", func(ctx context.Context, e order.OrderReadyEvent) error {
			return s.notify(ctx, notifying.NotifyCustomer{OrderID: e.OrderID, Text: "Your order is ready.", At: e.ReadyAt})
		}),
		subscribe(s, "notifications", func(ctx context.Context, e order.OrderDeliveredEvent) error {
			return s.notify(ctx, notifying.NotifyCustomer{OrderID: e.OrderID, Text: "Your order was delivered.", At: e.DeliveredAt})
		}),
		subscribe(s, "notifications", func(ctx context.Context, e order.OrderCancelledEvent) error {
			return s.notify(ctx, notifying.NotifyCustomer{OrderID: e.OrderID, Text: "Your order was cancelled.", At: e.CancelledAt})
		}),
	)
}

func (s Subscriptions) notify(ctx context.Context, cmd notifying.NotifyCustomer) error {
	_, err := mediator.Send(ctx, s.Mediator, cmd)
	return err
}

// Kitchen has new orders cooked, as many at a time as there are ovens.
func (s Subscriptions) Kitchen(c cooking.Cook) error {
	return subscribe(s, "kitchen", func(ctx context.Context, e order.OrderCreatedEvent) error {
		return c.Cook(ctx, e.OrderID)
	}, eventbus.WithConcurrency(kitchen.Ovens), eventbus.WithTimeout(patience(c.Takes)))
}

// Delivery has ready orders delivered.
func (s Subscriptions) Delivery(c delivering.Crew) error {
	return subscribe(s, "delivery", func(ctx context.Context, e order.OrderReadyEvent) error {
		return c.Deliver(ctx, e.OrderID)
	}, eventbus.WithTimeout(patience(c.Takes)))
}

// patience is how long somebody may be at work that takes some time, and has to wait for ovens before.
func patience(takes time.Duration) time.Duration { return 10*takes + eventbus.Timeout }

func subscribe[E aggregate.Integration](s Subscriptions, group string, h func(context.Context, E) error,
	opts ...eventbus.SubscribeOption) error {
	var event E
	return eventbus.Subscribe(s.Bus, group, event.EventType(), h, append(opts, eventbus.WithRelation(s.Relation))...)
}
