package application

import "github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/domain/customer"

// Customer is a customer as callers see it.
type Customer struct {
	ID          string `json:"id" otel:"customer.id,aggregate"`
	Name        string `json:"name"`
	Phone       string `json:"phone"`
	Address     string `json:"address"`
	LastOrderID string `json:"last_order_id,omitempty"`
}

// ViewCustomer returns the view of a customer.
func ViewCustomer(c *customer.Customer) Customer {
	contact := c.Contact()
	return Customer{
		ID: c.ID(), Name: contact.Name, Phone: contact.Phone, Address: contact.Address, LastOrderID: c.LastOrderID(),
	}
}
