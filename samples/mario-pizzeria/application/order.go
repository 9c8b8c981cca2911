// Package application has the answers that several use cases of the pizzeria give. The use cases are its folders.
package application

import (
	"time"

	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/domain/money"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/domain/order"
)

// Order is an order as callers see it.
type Order struct {
	ID         string    `json:"id" otel:"order.id,aggregate"`
	CustomerID string    `json:"customer_id" otel:"customer.id"`
	Status     string    `json:"status" enum:"unpaid,void,pending,cooking,ready,out_for_delivery,delivered,cancelled"`
	Items      []Line    `json:"items" otel:"order.line_count,len"`
	Total      Money     `json:"total" otel:"order.total"`
	PlacedAt   time.Time `json:"placed_at"`
	Driver     string    `json:"driver,omitempty"`
	Reason     string    `json:"reason,omitempty" doc:"why the order was cancelled"`
}

// Line is one kind of pizza in an order.
type Line struct {
	PizzaID  string   `json:"pizza_id"`
	Size     string   `json:"size"`
	Toppings []string `json:"toppings,omitempty"`
	Quantity int      `json:"quantity"`
	Price    Money    `json:"price"`
}

// Money is an amount as decimal text.
type Money struct {
	Amount   string `json:"amount" example:"17.98"`
	Currency string `json:"currency" example:"USD"`
	value    float64
}

// Float64 returns the amount as a number for telemetry.
func (m Money) Float64() float64 { return m.value }

// ViewMoney returns the view of an amount.
func ViewMoney(m money.Money) Money {
	return Money{Amount: m.String(), Currency: money.Currency, value: m.Float64()}
}

// ViewOrder returns the view of an order.
func ViewOrder(o *order.Order) Order {
	view := Order{
		ID: o.ID(), CustomerID: o.CustomerID(), Status: string(o.Status()), Total: ViewMoney(o.Total()),
		PlacedAt: o.PlacedAt(), Driver: o.Driver(), Reason: o.Reason(), Items: []Line{},
	}
	for _, line := range o.Lines() {
		view.Items = append(view.Items, Line{
			PizzaID: line.PizzaID, Size: line.Size, Toppings: line.Toppings, Quantity: line.Quantity,
			Price: ViewMoney(line.Price),
		})
	}
	return view
}
