package cooking

import (
	"context"
	"fmt"
	"time"

	"github.com/neuroglia-go/neuroglia/mediator"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/application"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/domain/order"
)

// StartCooking puts an order in an oven.
type StartCooking struct {
	mediator.Command[application.Order]
	OrderID string `json:"-" path:"id" maxLength:"64" pattern:"^[A-Za-z0-9_-]+$" otel:"order.id,aggregate"`
}

// startCooking takes an oven first, so that an order that cooks always has one. Of two who start the same order, the second
// finds that it cooks. An order that cannot be cooked is refused before that.
func (h Handlers) startCooking(ctx context.Context, cmd StartCooking) (application.Order, error) {
	o, err := h.Orders.Get(ctx, cmd.OrderID)
	if err != nil {
		return application.Order{}, err
	}
	if err := o.StartCooking(); err != nil {
		return application.Order{}, err
	}
	if err := h.takeOven(ctx, cmd.OrderID); err != nil {
		return application.Order{}, err
	}
	view, err := h.ChangeOrder(ctx, cmd.OrderID, (*order.Order).StartCooking)
	if err != nil {
		return application.Order{}, h.giveBack(ctx, cmd.OrderID, err)
	}
	return view, nil
}

// giveBack frees the oven of an order that could not be started because it has left, whatever has become of the caller. One
// that is still pending keeps it, for who tries again.
func (h Handlers) giveBack(ctx context.Context, orderID string, cause error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if _, err := h.freeIfLeft(ctx, orderID); err != nil {
		return fmt.Errorf("%w; then %w", cause, err)
	}
	return cause
}
