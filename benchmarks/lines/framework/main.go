// Command framework takes orders, with the telemetry of the framework.
package main

import (
	"cmp"
	"context"
	"os"

	"github.com/neuroglia-go/neuroglia/app"
	"github.com/neuroglia-go/neuroglia/eventbus"
	"github.com/neuroglia-go/neuroglia/eventbus/membus"
	"github.com/neuroglia-go/neuroglia/mediator"
	"github.com/neuroglia-go/neuroglia/observability"
	"github.com/neuroglia-go/neuroglia/repository"
	"github.com/neuroglia-go/neuroglia/repository/memrepo"
	"github.com/neuroglia-go/neuroglia/web"
)

func main() { app.Main("orders", setups()...) }

func setups() []app.Setup {
	return []app.Setup{
		observability.Setup,
		setup,
	}
}

func setup(_ context.Context, h *app.Host) error {
	m := mediator.New()
	orders := repository.New(memrepo.New(repository.Schema[Order]{Name: "orders"}), m)
	bus := eventbus.New(membus.New(), "/orders")
	s := &service{orders: orders}
	mediator.Handle(m, s.placeOrder)
	mediator.Handle(m, s.getOrder)
	mediator.On(m, s.countSale)
	mediator.On(m, bus.Forward)
	if err := eventbus.Subscribe(bus, "kitchen", OrderPlaced{}.EventType(), s.cook); err != nil {
		return err
	}
	h.Add(app.Part{Name: "bus", Start: bus.Start, Stop: bus.Stop})

	api := web.New(m, web.Config{Ready: h.Ready})
	web.Post[PlaceOrder](api, "/orders", web.Created("/orders/{id}"))
	web.Get[GetOrder](api, "/orders/{id}")
	h.Add(api.Part(cmp.Or(os.Getenv("HTTP_ADDR"), "127.0.0.1:8080")))
	return nil
}
