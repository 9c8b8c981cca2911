package main

import (
	"context"
	"time"

	"github.com/neuroglia-go/neuroglia/app"
	"github.com/neuroglia-go/neuroglia/eventbus"
	"github.com/neuroglia-go/neuroglia/eventbus/membus"
	"github.com/neuroglia-go/neuroglia/mediator"
	"github.com/neuroglia-go/neuroglia/repository"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/api"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/application"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/application/browsing"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/application/cooking"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/application/delivering"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/application/opening"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/application/ordering"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/observability"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/payment"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/storage"
	"github.com/neuroglia-go/neuroglia/telemetry"
	"github.com/neuroglia-go/neuroglia/web"
)

// setup puts the pizzeria together.
func setup(ctx context.Context, h *app.Host) error {
	config, err := readConfig()
	if err != nil {
		return err
	}
	stores, err := storage.Open(ctx, config.database)
	if err != nil {
		return err
	}
	h.Add(app.Part{Name: "storage", Stop: stores.Close, Check: stores.Check})

	m := mediator.New()
	bus := eventbus.New(membus.New(), "/mario-pizzeria")
	repositories := newRepositories(stores, m)
	opening.Register(m, opening.Handlers{Repositories: repositories})
	ordering.Register(m, ordering.Handlers{Repositories: repositories, Payments: newPayments(config)})
	cooking.Register(m, cooking.Handlers{Repositories: repositories})
	delivering.Register(m, delivering.Handlers{Repositories: repositories})
	browsing.Register(m, browsing.Handlers{Repositories: repositories})
	mediator.On(m, bus.Forward)
	if err := api.Subscriptions(bus, m); err != nil {
		return err
	}
	metrics, err := observability.Register(m, repositories, telemetry.Providers{})
	if err != nil {
		return err
	}
	h.Add(metrics)
	h.Add(app.Part{Name: "mediator", Start: m.Start})
	h.Add(app.Part{Name: "bus", Start: bus.Start, Stop: bus.Stop})
	h.Add(app.Part{Name: "pizzeria", Start: func(ctx context.Context) error {
		_, err := mediator.Send(ctx, m, opening.OpenPizzeria{})
		return err
	}})

	server := web.New(m, web.Config{Title: "Mario's Pizzeria", Version: version, Ready: h.Ready, Failed: h.Fail})
	api.Routes(server)
	h.Add(server.Part(config.addr))
	return nil
}

func newRepositories(stores *storage.Storage, m *mediator.Mediator) application.Repositories {
	return application.Repositories{
		Orders:    repository.New(stores.Orders, m),
		Menu:      repository.New(stores.Menu, m),
		Kitchens:  repository.New(stores.Kitchens, m),
		Customers: repository.New(stores.Customers, m),
	}
}

func newPayments(c config) ordering.Payments {
	if c.payment == nil {
		return payment.None{}
	}
	return &payment.Service{URL: c.payment, Client: web.NewClient(web.WithClientTimeout(5 * time.Second))}
}
