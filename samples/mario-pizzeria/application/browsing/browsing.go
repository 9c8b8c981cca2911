// Package browsing is looking: at the menu, orders, the kitchen and customers.
package browsing

import (
	"github.com/neuroglia-go/neuroglia/mediator"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/application"
)

// Handlers are the handlers of this package's queries.
type Handlers struct {
	application.Repositories
	Automatic bool // whether orders are cooked and delivered without being told to
}

// Register gives the handlers to the mediator.
func Register(m *mediator.Mediator, h Handlers) {
	mediator.Handle(m, h.getMenu)
	mediator.Handle(m, h.getOrder)
	mediator.Handle(m, h.getNotifications)
	mediator.Handle(m, h.listOrders)
	mediator.Handle(m, h.getKitchen)
	mediator.Handle(m, h.getCustomer)
}
