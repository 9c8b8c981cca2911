package ordering

import (
	"context"

	"github.com/neuroglia-go/neuroglia/mediator"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/application"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/domain/customer"
)

// UpdateCustomer changes how to reach a customer.
type UpdateCustomer struct {
	mediator.Command[application.Customer]
	CustomerID string `json:"-" path:"id" maxLength:"64" pattern:"^[A-Za-z0-9_-]+$" otel:"customer.id,aggregate"`
	Name       string `json:"name" minLength:"1" maxLength:"200"`
	Phone      string `json:"phone,omitempty" maxLength:"40"`
	Address    string `json:"address,omitempty" maxLength:"500"`
}

func (h Handlers) updateCustomer(ctx context.Context, cmd UpdateCustomer) (application.Customer, error) {
	var view application.Customer
	err := h.Customers.Update(ctx, cmd.CustomerID, func(c *customer.Customer) error {
		c.Move(customer.Contact{Name: cmd.Name, Phone: cmd.Phone, Address: cmd.Address})
		view = application.ViewCustomer(c)
		return nil
	})
	return view, err
}
