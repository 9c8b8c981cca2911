package main

import (
	"context"
	"time"

	"github.com/neuroglia-go/neuroglia/app"
	"github.com/neuroglia-go/neuroglia/eventbus"
	"github.com/neuroglia-go/neuroglia/mediator"
	"github.com/neuroglia-go/neuroglia/outbox"
	"github.com/neuroglia-go/neuroglia/repository"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/api"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/application"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/application/browsing"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/application/cooking"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/application/delivering"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/application/notifying"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/application/opening"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/application/ordering"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/observability"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/payment"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/storage"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/transport"
	"github.com/neuroglia-go/neuroglia/telemetry"
	"github.com/neuroglia-go/neuroglia/web"
)

// pizzeria returns the setup of a process with this role.
func pizzeria(role string) app.Setup {
	return func(ctx context.Context, h *app.Host) error {
		c, err := readConfig(role)
		if err != nil {
			return err
		}
		return setup(ctx, h, c)
	}
}

// setup puts the pizzeria together. All roles handle the same events, since each may find another's in the outbox; they
// differ in what comes in.
func setup(ctx context.Context, h *app.Host, c config) error {
	stores, err := storage.Open(ctx, c.database)
	if err != nil {
		return err
	}
	h.Add(app.Part{Name: "storage", Stop: stores.Close, Check: stores.Check})
	carrier, err := transport.Open(ctx, c.bus)
	if err != nil {
		return err
	}
	bus := eventbus.New(carrier, "/mario-pizzeria")

	m := mediator.New()
	relay := outbox.New(stores.Outbox(), m, c.relaying()...)
	repositories := newRepositories(stores, relay)
	handle(m, repositories, c)
	mediator.On(m, bus.Forward)
	metrics, err := observability.Register(m, repositories, telemetry.Providers{})
	if err != nil {
		return err
	}
	if err := subscribe(api.Subscriptions{Bus: bus, Mediator: m, Relation: c.relation()}, repositories, c); err != nil {
		return err
	}

	h.Add(metrics)
	h.Add(app.Part{Name: "mediator", Start: m.Start})
	h.Add(app.Part{Name: "opening", Start: func(ctx context.Context) error { return open(ctx, m) }})
	h.Add(app.Part{Name: "outbox", Stop: relay.Stop}) // stores what the bus's handlers finish while it stops
	h.Add(app.Part{Name: "bus", Start: bus.Start, Stop: bus.Stop})
	h.Add(app.Part{Name: "relay", Start: relay.Start, Stop: relay.Pause})
	if c.payment != nil && c.has(front) {
		cashier := ordering.Cashier{Repositories: repositories, Mediator: m, Patience: time.Minute}
		h.Add(background("cashier", cashier.Work))
	}
	h.Add(newServer(m, relay, h, c).Part(c.addr))
	return nil
}

func newRepositories(stores *storage.Storage, relay *outbox.Relay) application.Repositories {
	return application.Repositories{
		Orders:        repository.New(stores.Orders, relay),
		Menu:          repository.New(stores.Menu, relay),
		Kitchens:      repository.New(stores.Kitchens, relay),
		Customers:     repository.New(stores.Customers, relay),
		Notifications: repository.New(stores.Notifications, relay),
	}
}

// handle gives all handlers to the mediator.
func handle(m *mediator.Mediator, r application.Repositories, c config) {
	var payments ordering.Payments
	if c.payment != nil {
		payments = &payment.Service{URL: c.payment, Client: web.NewClient(web.WithClientTimeout(5 * time.Second))}
	}
	opening.Register(m, opening.Handlers{Repositories: r})
	ordering.Register(m, ordering.Handlers{Repositories: r, Payments: payments})
	cooking.Register(m, cooking.Handlers{Repositories: r})
	delivering.Register(m, delivering.Handlers{Repositories: r})
	notifying.Register(m, notifying.Handlers{Repositories: r})
	browsing.Register(m, browsing.Handlers{Repositories: r, Automatic: c.automatic})
}

// open does what must have been done before the first customer comes.
func open(ctx context.Context, m *mediator.Mediator) error {
	if _, err := mediator.Send(ctx, m, opening.OpenPizzeria{}); err != nil {
		return err
	}
	_, err := mediator.Send(ctx, m, cooking.TidyOvens{})
	return err
}

func newServer(m *mediator.Mediator, relay *outbox.Relay, h *app.Host, c config) *web.API {
	settings := web.Config{
		Title: "Mario's Pizzeria", Version: version, Ready: h.Ready, Failed: h.Fail,
		MaxInFlight: c.inFlight, Overloaded: func() bool { return relay.InFlight() > 2*c.inFlight },
	}
	if !c.has(front) {
		settings.OpenAPIPath, settings.DocsPath = "-", "-"
		return web.New(m, settings)
	}
	server := web.New(m, settings)
	api.Routes(server)
	return server
}

// background returns a part that works until it is stopped.
func background(name string, work func(context.Context)) app.Part {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	return app.Part{
		Name:  name,
		Start: func(context.Context) error { go func() { defer close(done); work(ctx) }(); return nil },
		Stop:  func(context.Context) error { cancel(); <-done; return nil },
	}
}
