package main

import (
	"context"
	"sync/atomic"

	"github.com/neuroglia-go/neuroglia/repository"
)

type service struct {
	orders  *repository.Repository[Order]
	revenue atomic.Int64
	tickets atomic.Int64
}

// countSale handles OrderPlaced.
func (s *service) countSale(_ context.Context, e OrderPlaced) error {
	s.revenue.Add(int64(e.Total))
	return nil
}

// cook handles order.placed.v1 for the kitchen.
func (s *service) cook(_ context.Context, _ OrderPlaced) error {
	s.tickets.Add(1)
	return nil
}
