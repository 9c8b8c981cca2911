package delivering

import (
	"context"
	"hash/fnv"
	"time"

	"github.com/neuroglia-go/neuroglia/fault"
	"github.com/neuroglia-go/neuroglia/mediator"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/application"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/domain/order"
)

// Crew delivers orders without being told to, one step after the other, and goes on with what another crew has begun.
type Crew struct {
	application.Repositories
	Mediator *mediator.Mediator
	Takes    time.Duration // to bring an order to its customer
}

// Deliver returns when the order has been delivered, or needs no delivery, however often it is called for it.
func (c Crew) Deliver(ctx context.Context, orderID string) error {
	for {
		o, err := c.Orders.Get(ctx, orderID)
		if err != nil {
			return err
		}
		switch o.Status() { //nolint:exhaustive // the others need no delivery
		case order.Ready:
			_, err = mediator.Send(ctx, c.Mediator, AssignDelivery{OrderID: orderID, Driver: driverOf(orderID)})
		case order.OutForDelivery:
			err = c.finish(ctx, o)
			if err == nil {
				return nil
			}
		default:
			return nil
		}
		if err != nil && fault.KindOf(err) != fault.Conflict { // a conflict is that somebody else was faster
			return err
		}
	}
}

// finish hands the order over when the driver has been on the way long enough.
func (c Crew) finish(ctx context.Context, o *order.Order) error {
	left := time.Until(o.Since().Add(c.Takes))
	if err := application.Wait(ctx, min(left, c.Takes)); err != nil { // another machine's clock may be ahead
		return err
	}
	_, err := mediator.Send(ctx, c.Mediator, DeliverOrder{OrderID: o.ID()})
	return err
}

// driverOf returns which of the drivers takes an order.
func driverOf(orderID string) string {
	drivers := []string{"Luigi", "Toad", "Yoshi", "Peach", "Daisy"}
	hash := fnv.New32a()
	_, _ = hash.Write([]byte(orderID)) // never fails
	return drivers[int(hash.Sum32()>>1)%len(drivers)]
}
