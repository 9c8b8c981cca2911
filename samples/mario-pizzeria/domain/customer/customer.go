// Package customer is who orders.
package customer

import (
	"encoding/json"
	"time"

	"github.com/neuroglia-go/neuroglia/aggregate"
)

// Customer is somebody who has ordered.
type Customer struct {
	aggregate.Root
	state state
}

type state struct {
	Contact      Contact   `json:"contact"`
	RegisteredAt time.Time `json:"registered_at"`
	LastOrderID  string    `json:"last_order_id,omitempty"`
	LastOrderAt  time.Time `json:"last_order_at,omitzero"`
}

// Contact is how to reach a customer. It is personal: it is stored, and shown to who asks for it, and goes nowhere else.
type Contact struct {
	Name    string `json:"name"`
	Phone   string `json:"phone"`
	Address string `json:"address"`
}

// CustomerRegisteredEvent says that somebody ordered for the first time.
type CustomerRegisteredEvent struct {
	CustomerID string `json:"customer_id"`
}

// EventType is the event's public name.
func (CustomerRegisteredEvent) EventType() string { return "customer.registered.v1" }

// Register returns a new customer, of whom only the identity is known.
func Register(id string) *Customer {
	c := &Customer{Root: aggregate.NewRoot(id), state: state{RegisteredAt: time.Now().UTC()}}
	c.Raise(CustomerRegisteredEvent{CustomerID: id})
	return c
}

// Contact returns how to reach the customer.
func (c *Customer) Contact() Contact { return c.state.Contact }

// LastOrderID returns the customer's latest order; it is empty if there is none yet.
func (c *Customer) LastOrderID() string { return c.state.LastOrderID }

// Move changes how to reach the customer.
func (c *Customer) Move(contact Contact) { c.state.Contact = contact }

// RememberOrder notes an order, unless a later one is noted. Doing it again changes nothing.
func (c *Customer) RememberOrder(orderID string, placedAt time.Time) {
	if placedAt.After(c.state.LastOrderAt) {
		c.state.LastOrderID, c.state.LastOrderAt = orderID, placedAt
	}
}

// MarshalJSON returns the stored form.
func (c *Customer) MarshalJSON() ([]byte, error) { return json.Marshal(c.state) } //nolint:wrapcheck // by the store

// UnmarshalJSON reads the stored form.
func (c *Customer) UnmarshalJSON(raw []byte) error { return json.Unmarshal(raw, &c.state) } //nolint:wrapcheck // by the store
