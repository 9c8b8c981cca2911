package main

import (
	"context"

	"github.com/neuroglia-go/neuroglia/aggregate"
	"github.com/neuroglia-go/neuroglia/mediator"
)

// PlaceOrder is answered with the new order.
type PlaceOrder struct {
	mediator.Command[OrderView]
	Customer string `json:"customer" minLength:"1"`
	Total    int    `json:"total" minimum:"1"`
}

func (s *service) placeOrder(ctx context.Context, cmd PlaceOrder) (OrderView, error) {
	order := &Order{Root: aggregate.NewRoot(aggregate.NewID()), Customer: cmd.Customer, Total: cmd.Total}
	order.Raise(OrderPlaced{OrderID: order.ID(), Total: order.Total})
	if err := s.orders.Add(ctx, order); err != nil {
		return OrderView{}, err
	}
	return view(order), nil
}
