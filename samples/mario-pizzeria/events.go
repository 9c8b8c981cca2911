package main

import (
	"errors"

	"github.com/neuroglia-go/neuroglia/eventbus"
	"github.com/neuroglia-go/neuroglia/outbox"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/api"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/application"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/application/cooking"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/application/delivering"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/transport"
)

// subscribe adds what a process with this role does about events on the bus.
func subscribe(s api.Subscriptions, r application.Repositories, c config) error {
	var errs [3]error
	if c.has(front) && transport.KindOf(c.bus) != transport.Outwards {
		errs[0] = s.Customers()
	}
	if c.automatic && c.has(kitchen) {
		errs[1] = s.Kitchen(cooking.Cook{Repositories: r, Mediator: s.Mediator, Takes: c.cooking})
	}
	if c.automatic && c.has(delivery) {
		errs[2] = s.Delivery(delivering.Crew{Repositories: r, Mediator: s.Mediator, Takes: c.delivery})
	}
	return errors.Join(errs[:]...)
}

// relation is how the span that handles an event relates to the one that published it.
func (c config) relation() eventbus.Relation {
	if c.linked {
		return eventbus.NewTrace
	}
	return eventbus.SameTrace
}

// relaying is the same for what is relayed.
func (c config) relaying() []outbox.Option {
	if c.linked {
		return []outbox.Option{outbox.WithSameTrace(0)}
	}
	return nil
}
