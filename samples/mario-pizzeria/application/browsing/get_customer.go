package browsing

import (
	"context"

	"github.com/neuroglia-go/neuroglia/mediator"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/application"
)

// GetCustomer asks for one customer.
type GetCustomer struct {
	mediator.Query[application.Customer]
	CustomerID string `json:"-" path:"id" maxLength:"64" pattern:"^[A-Za-z0-9_-]+$" otel:"customer.id,aggregate"`
}

func (h Handlers) getCustomer(ctx context.Context, q GetCustomer) (application.Customer, error) {
	c, err := h.Customers.Get(ctx, q.CustomerID)
	if err != nil {
		return application.Customer{}, err
	}
	return application.ViewCustomer(c), nil
}
