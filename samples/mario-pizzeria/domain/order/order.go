// Package order is the life of an order, from being placed to being delivered or cancelled.
package order

import (
	"slices"
	"time"

	"github.com/neuroglia-go/neuroglia/aggregate"
	"github.com/neuroglia-go/neuroglia/fault"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/domain/money"
)

// Status is the stage that an order is in:
//
//	unpaid -> pending -> cooking -> ready -> out_for_delivery -> delivered
//
// and from pending, cooking and ready to cancelled. An unpaid order is no order yet, nobody hears of it. If its payment
// comes to nothing it becomes void, until the money has been given back, and is removed then.
type Status string

// The stages.
const (
	Unpaid         Status = "unpaid"
	Void           Status = "void"
	Pending        Status = "pending"
	Cooking        Status = "cooking"
	Ready          Status = "ready"
	OutForDelivery Status = "out_for_delivery"
	Delivered      Status = "delivered"
	Cancelled      Status = "cancelled"
)

// Order is what a customer asked for, and how far it is.
type Order struct {
	aggregate.Root
	state state
}

// state is the stored form of an order.
type state struct {
	CustomerID string               `json:"customer_id"`
	Lines      []Line               `json:"lines"`
	Total      money.Money          `json:"total"`
	Status     Status               `json:"status"`
	Entered    map[Status]time.Time `json:"entered"` // when each stage began
	Driver     string               `json:"driver,omitempty"`
	Reason     string               `json:"reason,omitempty"`
}

// Line is one kind of pizza in an order.
type Line struct {
	PizzaID  string      `json:"pizza_id"`
	Size     string      `json:"size"`
	Toppings []string    `json:"toppings,omitempty"`
	Quantity int         `json:"quantity"`
	Price    money.Money `json:"price"` // of all of them
}

// CustomerID returns who ordered.
func (o *Order) CustomerID() string { return o.state.CustomerID }

// Lines returns what was ordered.
func (o *Order) Lines() []Line { return slices.Clone(o.state.Lines) }

// Total returns the price of all lines.
func (o *Order) Total() money.Money { return o.state.Total }

// Status returns the stage that the order is in.
func (o *Order) Status() Status { return o.state.Status }

// Driver returns who delivers the order; it is empty before that.
func (o *Order) Driver() string { return o.state.Driver }

// Reason returns why the order was cancelled; it is empty if it was not.
func (o *Order) Reason() string { return o.state.Reason }

// PlacedAt returns when the order was placed.
func (o *Order) PlacedAt() time.Time { return o.state.Entered[Pending] }

// Since returns when the stage began that the order is in.
func (o *Order) Since() time.Time { return o.state.Entered[o.state.Status] }

// enter moves the order from the stage that it must be in to the next. It returns when both began.
func (o *Order) enter(next Status, from ...Status) (began, now time.Time, err error) {
	if !slices.Contains(from, o.state.Status) {
		return began, now, fault.New(fault.Conflict, "order %s is %s and cannot become %s", o.ID(), o.state.Status, next)
	}
	began, now = o.state.Entered[o.state.Status], time.Now().UTC()
	o.state.Status = next
	o.state.Entered[next] = now
	return began, now, nil
}
