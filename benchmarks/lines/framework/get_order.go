package main

import (
	"context"

	"github.com/neuroglia-go/neuroglia/mediator"
)

// GetOrder is answered with the order.
type GetOrder struct {
	mediator.Query[OrderView]
	ID string `path:"id" otel:"order.id,aggregate"`
}

func (s *service) getOrder(ctx context.Context, q GetOrder) (OrderView, error) {
	order, err := s.orders.Get(ctx, q.ID)
	if err != nil {
		return OrderView{}, err
	}
	return view(order), nil
}
