package ordering

import (
	"context"

	"github.com/neuroglia-go/neuroglia/fault"
	"github.com/neuroglia-go/neuroglia/mediator"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/domain/order"
)

// AbandonOrder gives the money for an unpaid order back, if any was taken, and removes the order. It may be sent any number
// of times, and is refused if the order has been paid meanwhile.
type AbandonOrder struct {
	mediator.Command[mediator.None]
	OrderID string `otel:"order.id,aggregate"`
}

// abandonOrder makes the order void first: after that nobody can place it who has just been paid. An order that is not there
// any more may have been charged since it was removed.
func (h Handlers) abandonOrder(ctx context.Context, cmd AbandonOrder) error {
	if err := unlessGone(h.Orders.Update(ctx, cmd.OrderID, (*order.Order).GiveUp)); err != nil {
		return err
	}
	if err := h.Payments.Refund(ctx, cmd.OrderID); err != nil {
		return err
	}
	return unlessGone(h.Orders.Remove(ctx, cmd.OrderID, nil))
}

func unlessGone(err error) error {
	if fault.KindOf(err) == fault.NotFound {
		return nil
	}
	return err
}
