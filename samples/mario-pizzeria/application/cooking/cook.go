package cooking

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"github.com/neuroglia-go/neuroglia/fault"
	"github.com/neuroglia-go/neuroglia/mediator"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/application"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/domain/kitchen"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/domain/order"
)

// Cook cooks orders without being told to, one step after the other, and goes on with what another cook has begun.
type Cook struct {
	application.Repositories
	Mediator *mediator.Mediator
	Takes    time.Duration // to cook an order
}

// Cook returns when the order has been cooked, or needs no cooking, however often it is called for it.
func (c Cook) Cook(ctx context.Context, orderID string) error {
	for {
		o, err := c.Orders.Get(ctx, orderID)
		if err != nil {
			return err
		}
		switch o.Status() { //nolint:exhaustive // the others need no cooking
		case order.Pending:
			err = c.start(ctx, orderID)
		case order.Cooking:
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

// start puts the order in an oven, for which it waits.
func (c Cook) start(ctx context.Context, orderID string) error {
	_, err := mediator.Send(ctx, c.Mediator, StartCooking{OrderID: orderID})
	if !errors.Is(err, kitchen.ErrFull) {
		return err
	}
	for pause := 100 * time.Millisecond; ; pause = min(2*pause, time.Second) {
		if err := application.Wait(ctx, pause/2+rand.N(pause)); err != nil {
			return err
		}
		if k, err := c.Kitchens.Get(ctx, kitchen.ID); err != nil || k.Free() > 0 {
			return err
		}
	}
}

// finish takes the order out of the oven when it has been in there long enough.
func (c Cook) finish(ctx context.Context, o *order.Order) error {
	left := time.Until(o.Since().Add(c.Takes))
	if err := application.Wait(ctx, min(left, c.Takes)); err != nil { // another machine's clock may be ahead
		return err
	}
	_, err := mediator.Send(ctx, c.Mediator, CompleteOrder{OrderID: o.ID()})
	return err
}
