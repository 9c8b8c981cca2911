package main

import (
	"context"
	"crypto/rand"
	"strings"
)

// PlaceOrder is answered with the new order.
type PlaceOrder struct {
	Customer string `json:"customer"`
	Total    int    `json:"total"`
}

func (s *service) placeOrder(ctx context.Context, cmd PlaceOrder) (Order, error) {
	order := Order{ID: strings.ToLower(rand.Text()), Customer: cmd.Customer, Total: cmd.Total}
	if err := s.orders.add(ctx, order); err != nil {
		return Order{}, err
	}
	s.dispatch(ctx, OrderPlaced{OrderID: order.ID, Total: order.Total})
	return order, nil
}
