package main

import (
	"context"
	"fmt"
	"sync"
)

// orders keeps orders in memory.
type orders struct {
	mu   sync.Mutex
	byID map[string]Order
}

func newOrders() *orders { return &orders{byID: map[string]Order{}} }

func (r *orders) add(_ context.Context, o Order) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, exists := r.byID[o.ID]; exists {
		return fmt.Errorf("order %q exists: %w", o.ID, errRefused)
	}
	r.byID[o.ID] = o
	return nil
}

func (r *orders) get(_ context.Context, id string) (Order, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	o, found := r.byID[id]
	if !found {
		return Order{}, fmt.Errorf("order %q not found: %w", id, errRefused)
	}
	return o, nil
}
