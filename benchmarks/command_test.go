package benchmarks_test

import (
	"context"
	"errors"

	"github.com/neuroglia-go/neuroglia/mediator"
)

// PlaceOrder is the command that all benchmarks send.
type PlaceOrder struct {
	mediator.Command[Order]
	CustomerID string
	Items      int
}

// Order is its answer.
type Order struct {
	CustomerID string
	Total      int
}

var errEmpty = errors.New("an order needs items")

// place is the work: next to none, so that what is around it shows.
//
//go:noinline
func place(_ context.Context, cmd PlaceOrder) (Order, error) {
	if cmd.Items == 0 {
		return Order{}, errEmpty
	}
	return Order{CustomerID: cmd.CustomerID, Total: 12 * cmd.Items}, nil
}
