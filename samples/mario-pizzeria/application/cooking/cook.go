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

// Cook cooks orders without being told to.
type Cook struct {
	application.Repositories
	Mediator *mediator.Mediator
	Takes    time.Duration // to cook an order
}

// Cook returns when the order has been cooked, or needs no cooking, however often it is called for it.
func (c Cook) Cook(ctx context.Context, orderID string) error {
	return application.Job{
		Repositories: c.Repositories, Waits: order.Pending, Busy: order.Cooking, Takes: c.Takes, Begin: c.start, Finish: c.complete,
	}.Do(ctx, orderID)
}

// start puts the order in an oven, for which it waits. Meanwhile it takes out what others have left in the ovens: who is to do
// that may wait behind those who wait here.
func (c Cook) start(ctx context.Context, orderID string) error {
	_, err := mediator.Send(ctx, c.Mediator, StartCooking{OrderID: orderID})
	if !errors.Is(err, kitchen.ErrFull) {
		return err
	}
	again := time.Now().Add(forgotten)
	for pause := 100 * time.Millisecond; ; pause = min(2*pause, time.Second) {
		if err := application.Wait(ctx, pause/2+rand.N(pause)); err != nil {
			return err
		}
		k, err := c.Kitchens.Get(ctx, kitchen.ID)
		if err != nil || k.Free() > 0 || time.Now().After(again) { // then the ovens are looked through
			return err
		}
		if err := c.takeOut(ctx, k.Cooking()); err != nil {
			return err
		}
	}
}

// overdue is how much longer than it takes an order cooks whose cook has died. A cook who is only late finds it done.
const overdue = time.Second

// takeOut completes the orders that are overdue.
func (c Cook) takeOut(ctx context.Context, cooking []string) error {
	for _, id := range cooking {
		o, err := c.Orders.Get(ctx, id)
		if err == nil && o.Status() == order.Cooking && time.Since(o.Since()) > c.Takes+overdue {
			err = c.complete(ctx, id)
		}
		if kind := fault.KindOf(err); err != nil && kind != fault.Conflict && kind != fault.NotFound {
			return err
		}
	}
	return nil
}

// complete takes the order out of its oven.
func (c Cook) complete(ctx context.Context, orderID string) error {
	_, err := mediator.Send(ctx, c.Mediator, CompleteOrder{OrderID: orderID})
	return err
}
