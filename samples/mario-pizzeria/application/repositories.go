package application

import (
	"context"

	"github.com/neuroglia-go/neuroglia/repository"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/domain/customer"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/domain/kitchen"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/domain/menu"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/domain/notification"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/domain/order"
)

// Repositories are where the use cases find the aggregates.
type Repositories struct {
	Orders        *repository.Repository[order.Order]
	Menu          *repository.Repository[menu.Pizza]
	Kitchens      *repository.Repository[kitchen.Kitchen]
	Customers     *repository.Repository[customer.Customer]
	Notifications *repository.Repository[notification.Notifications]
}

// ChangeOrder changes an order and returns how it is then.
func (r Repositories) ChangeOrder(ctx context.Context, id string, change func(*order.Order) error) (Order, error) {
	var view Order
	err := r.Orders.Update(ctx, id, func(o *order.Order) error {
		if err := change(o); err != nil {
			return err
		}
		view = ViewOrder(o)
		return nil
	})
	if err != nil {
		return Order{}, err
	}
	return view, nil
}
