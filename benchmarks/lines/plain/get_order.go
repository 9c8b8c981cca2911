package main

import "context"

// GetOrder is answered with the order.
type GetOrder struct {
	ID string
}

func (s *service) getOrder(ctx context.Context, q GetOrder) (Order, error) {
	return s.orders.get(ctx, q.ID)
}
