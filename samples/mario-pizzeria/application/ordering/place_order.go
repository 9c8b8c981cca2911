package ordering

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/neuroglia-go/neuroglia/fault"
	"github.com/neuroglia-go/neuroglia/mediator"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/application"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/domain/customer"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/domain/menu"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/domain/order"
)

// PlaceOrder orders pizzas. A customer who is not known is registered.
type PlaceOrder struct {
	mediator.Command[application.Order]
	CustomerID string `json:"customer_id" minLength:"1" maxLength:"64" pattern:"^[A-Za-z0-9_-]+$" otel:"customer.id"`
	Items      []Item `json:"items" minItems:"1" maxItems:"20" otel:"order.line_count,len"`
}

// Item is one kind of pizza to order.
type Item struct {
	PizzaID  string   `json:"pizza_id" minLength:"1" maxLength:"64"`
	Quantity int      `json:"quantity" minimum:"1" maximum:"50"`
	Size     string   `json:"size,omitempty" enum:"small,medium,large" default:"medium"`
	Toppings []string `json:"toppings,omitempty" maxItems:"5" enum:"basil,cheese,chili,ham,mushrooms,olives,onions,pineapple,salami"`
}

func (h Handlers) placeOrder(ctx context.Context, cmd PlaceOrder) (application.Order, error) {
	_, err := h.Customers.Get(ctx, cmd.CustomerID)
	known := err == nil
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return application.Order{}, err
	}
	lines, err := h.price(ctx, cmd.Items)
	if err != nil {
		return application.Order{}, err
	}
	o, err := order.Place(cmd.CustomerID, lines)
	if err != nil {
		return application.Order{}, err
	}
	if err := h.Payments.Charge(ctx, o.ID(), o.Total()); err != nil {
		return application.Order{}, h.unpaid(ctx, o, err)
	}
	if err := h.store(ctx, o, known); err != nil {
		return application.Order{}, h.refund(ctx, o, err)
	}
	return application.ViewOrder(o), nil
}

// price looks the items up in the menu. It names each one that cannot be had.
func (h Handlers) price(ctx context.Context, items []Item) ([]order.Line, error) {
	lines := make([]order.Line, len(items))
	var refused []error
	for i, item := range items {
		line, err := h.priceOne(ctx, item)
		var f *fault.Error
		switch {
		case err == nil:
			lines[i] = line
		case errors.As(err, &f) && f.Kind == fault.Invalid:
			refused = append(refused, f.At(fmt.Sprintf("items[%d].%s", i, f.Field)))
		default:
			return nil, err
		}
	}
	return lines, errors.Join(refused...)
}

func (h Handlers) priceOne(ctx context.Context, item Item) (order.Line, error) {
	if item.Size == "" {
		item.Size = menu.Medium
	}
	pizza, err := h.Menu.Get(ctx, item.PizzaID)
	if fault.KindOf(err) == fault.NotFound {
		return order.Line{}, fault.New(fault.Invalid, "there is no pizza %q on the menu", item.PizzaID).At("pizza_id")
	}
	if err != nil {
		return order.Line{}, err
	}
	each, err := pizza.Price(item.Size, item.Toppings)
	if err != nil {
		return order.Line{}, err
	}
	return order.Line{
		PizzaID: item.PizzaID, Size: item.Size, Toppings: item.Toppings, Quantity: item.Quantity,
		Price: each.Times(item.Quantity),
	}, nil
}

func (h Handlers) store(ctx context.Context, o *order.Order, knownCustomer bool) error {
	if !knownCustomer {
		err := h.Customers.Add(ctx, customer.Register(o.CustomerID()))
		if err != nil && fault.KindOf(err) != fault.Conflict { // another of the customer's orders was faster
			return err
		}
	}
	return h.Orders.Add(ctx, o)
}

// unpaid gives the money back unless it is certain that none was taken.
func (h Handlers) unpaid(ctx context.Context, o *order.Order, err error) error {
	if fault.KindOf(err) == fault.Rejected {
		return err
	}
	return h.refund(ctx, o, err)
}

func (h Handlers) refund(ctx context.Context, o *order.Order, cause error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer cancel()
	if err := h.Payments.Refund(ctx, o.ID()); err != nil {
		return fmt.Errorf("%w; then %w", cause, err)
	}
	return cause
}
