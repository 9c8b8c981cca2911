package cooking

import (
	"context"
	"errors"
	"time"

	"github.com/neuroglia-go/neuroglia/fault"
	"github.com/neuroglia-go/neuroglia/mediator"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/domain/kitchen"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/domain/order"
)

// TidyOvens sees to it that the orders that have an oven are cooking, which a process that died may have left otherwise. It
// may be sent any number of times.
type TidyOvens struct {
	mediator.Command[mediator.None]
}

func (h Handlers) tidyOvens(ctx context.Context, _ TidyOvens) error {
	k, err := h.Kitchens.Get(ctx, kitchen.ID)
	if err != nil {
		return err
	}
	for _, id := range k.Cooking() {
		if err := h.tidyOven(ctx, id, k.TakenAt(id)); err != nil {
			return err
		}
	}
	return nil
}

// forgotten is how long who took an oven has to start the order.
const forgotten = 10 * time.Second

// tidyOven frees the oven of an order that has left the kitchen. An order that is still pending is started: who took the
// oven for it some time ago died before that, or will find that it has been done. Freeing that oven instead could take it from
// an order that cooks.
func (h Handlers) tidyOven(ctx context.Context, orderID string, taken time.Time) error {
	status, err := h.freeIfLeft(ctx, orderID)
	if err != nil || status != order.Pending || time.Since(taken) < forgotten {
		return err
	}
	err = h.Orders.Update(ctx, orderID, (*order.Order).StartCooking)
	if fault.KindOf(err) == fault.Conflict { // somebody else was faster
		return nil
	}
	return err
}

// freeIfLeft frees the oven of an order that is beyond cooking, to which it never returns.
func (h Handlers) freeIfLeft(ctx context.Context, orderID string) (order.Status, error) {
	o, err := h.Orders.Get(ctx, orderID)
	switch {
	case fault.KindOf(err) == fault.NotFound:
		return "", h.freeOven(ctx, orderID)
	case err != nil:
		return "", err
	case o.Status() == order.Pending || o.Status() == order.Cooking:
		return o.Status(), nil
	}
	return o.Status(), h.freeOven(ctx, orderID)
}

// takeOven gives an oven to an order, unless it has one. When all are taken it looks whether they are rightly.
func (h Handlers) takeOven(ctx context.Context, orderID string) error {
	take := func(k *kitchen.Kitchen) error { return k.Take(orderID) }
	err := h.Kitchens.Update(ctx, kitchen.ID, take)
	if !errors.Is(err, kitchen.ErrFull) {
		return err
	}
	if err := h.tidyOvens(ctx, TidyOvens{}); err != nil {
		return err
	}
	return h.Kitchens.Update(ctx, kitchen.ID, take)
}

func (h Handlers) freeOven(ctx context.Context, orderID string) error {
	return h.Kitchens.Update(ctx, kitchen.ID, func(k *kitchen.Kitchen) error {
		k.Release(orderID)
		return nil
	})
}
