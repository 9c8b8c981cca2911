package main

import "github.com/neuroglia-go/neuroglia/aggregate"

// Order is what a customer asked for.
type Order struct {
	aggregate.Root
	Customer string `json:"customer"`
	Total    int    `json:"total"`
}

// OrderPlaced says that there is a new order.
type OrderPlaced struct {
	OrderID string `json:"order_id"`
	Total   int    `json:"total"`
}

// EventType is the name that other services know the event by.
func (OrderPlaced) EventType() string { return "order.placed.v1" }

// OrderView is an order as clients see it.
type OrderView struct {
	ID       string `json:"id" otel:"order.id,aggregate"`
	Customer string `json:"customer"`
	Total    int    `json:"total" otel:"order.total"`
}

func view(o *Order) OrderView { return OrderView{ID: o.ID(), Customer: o.Customer, Total: o.Total} }
