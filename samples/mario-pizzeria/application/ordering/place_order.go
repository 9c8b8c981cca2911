package ordering

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/neuroglia-go/neuroglia/fault"
	"github.com/neuroglia-go/neuroglia/mediator"
	"github.com/neuroglia-go/neuroglia/repository"
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
	o, err := order.Draft(cmd.CustomerID, lines)
	if err != nil {
		return application.Order{}, err
	}
	if h.Payments == nil {
		return h.placeAtOnce(ctx, o, known)
	}
	return h.placePaid(ctx, o, known)
}

func (h Handlers) placeAtOnce(ctx context.Context, o *order.Order, knownCustomer bool) (application.Order, error) {
	if err := o.Pay(); err != nil {
		return application.Order{}, err
	}
	if err := h.register(ctx, o.CustomerID(), knownCustomer); err != nil {
		return application.Order{}, err
	}
	if err := h.Orders.Add(ctx, o); err != nil {
		return application.Order{}, err
	}
	return application.ViewOrder(o), nil
}

// placePaid stores the order before it takes money for it: if this process dies now, a [Cashier] finds the order and gives
// the money back.
func (h Handlers) placePaid(ctx context.Context, o *order.Order, knownCustomer bool) (application.Order, error) {
	if err := h.Orders.Add(ctx, o); err != nil {
		return application.Order{}, err
	}
	view, err := h.pay(ctx, o, knownCustomer)
	if err != nil {
		return application.Order{}, h.giveUp(ctx, o.ID(), err)
	}
	return view, nil
}

func (h Handlers) pay(ctx context.Context, o *order.Order, knownCustomer bool) (application.Order, error) {
	if err := h.Payments.Charge(ctx, o.ID(), o.Total()); err != nil {
		return application.Order{}, err
	}
	if err := h.register(ctx, o.CustomerID(), knownCustomer); err != nil {
		return application.Order{}, err
	}
	return h.ChangeOrder(ctx, o.ID(), (*order.Order).Pay)
}

func (h Handlers) register(ctx context.Context, customerID string, known bool) error {
	if known {
		return nil
	}
	err := h.Customers.Add(ctx, customer.Register(customerID))
	if errors.Is(err, repository.ErrExists) { // another of the customer's orders was faster
		return nil
	}
	return err
}

// giveUp removes an order that could not be paid, whatever has become of the caller.
func (h Handlers) giveUp(ctx context.Context, orderID string, cause error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if err := h.abandonOrder(ctx, AbandonOrder{OrderID: orderID}); err != nil {
		return fmt.Errorf("%w; then %w", cause, err)
	}
	return cause
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
