// Package ordering is the customer's side: placing and cancelling orders, and who the customers are.
package ordering

import (
	"context"

	"github.com/neuroglia-go/neuroglia/mediator"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/application"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/domain/money"
)

// Payments takes money for orders. Its errors have kinds: fault.Rejected if the payment is refused, any other if it is
// not known what came of it.
type Payments interface {
	Charge(ctx context.Context, orderID string, amount money.Money) error
	// Refund gives back what was charged for an order, if anything was. It may be called any number of times.
	Refund(ctx context.Context, orderID string) error
}

// Handlers are the handlers of this package's messages.
type Handlers struct {
	application.Repositories
	Payments Payments // nil if customers pay in cash
}

// Register gives the handlers to the mediator.
func Register(m *mediator.Mediator, h Handlers) {
	mediator.Handle(m, h.placeOrder)
	mediator.Handle(m, h.cancelOrder)
	mediator.Handle(m, h.updateCustomer)
	mediator.HandleNone(m, h.rememberOrder)
	mediator.HandleNone(m, h.abandonOrder)
}
