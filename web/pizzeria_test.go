package web_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/neuroglia-go/neuroglia/fault"
	"github.com/neuroglia-go/neuroglia/mediator"
	"github.com/neuroglia-go/neuroglia/observability/observabilitytest"
	"github.com/neuroglia-go/neuroglia/web"
)

type Order struct {
	ID     string `json:"id"`
	Status string `json:"status"`
	Driver string `json:"driver,omitempty"`
}

type Item struct {
	PizzaID  string `json:"pizza_id" minLength:"1" maxLength:"40"`
	Quantity int    `json:"quantity" minimum:"1" maximum:"100" default:"1"`
	Size     string `json:"size,omitempty" enum:"small,large" default:"large"`
}

type PlaceOrder struct {
	mediator.Command[Order]
	CustomerID string `json:"customer_id" minLength:"1"`
	Items      []Item `json:"items" minItems:"1"`
}

type AssignDelivery struct {
	mediator.Command[Order]
	OrderID string `json:"-" path:"id" maxLength:"20"`
	Driver  string `json:"driver" minLength:"1"`
}

type StartCooking struct {
	mediator.Command[Order]
	OrderID string `path:"id"`
}

type RemoveOrder struct {
	mediator.Command[mediator.None]
	OrderID string `path:"id"`
}

type ListOrders struct {
	mediator.Query[[]Order]
	Status string   `query:"status" enum:"pending,cooking"`
	Limit  int      `query:"limit" default:"20" minimum:"1" maximum:"50"`
	Since  *int64   `query:"since"`
	IDs    []string `query:"ids"`
	Tenant string   `header:"X-Tenant"`
}

// pizzeria is an API on whose orders the id decides what happens.
type pizzeria struct {
	*web.API
	mediator *mediator.Mediator
	recorder *observabilitytest.Recorder
	listed   chan ListOrders
	wait     chan struct{} // answers the order "slow" when closed
	cooking  chan string
}

func newPizzeria(tb testing.TB, change func(*web.Config)) *pizzeria {
	tb.Helper()
	p := &pizzeria{
		recorder: observabilitytest.New(tb, observabilitytest.Leave("server.address", "server.port", "network.protocol.name",
			"network.protocol.version", "url.scheme", "code.function.name", "http.response.body.size", "http.request.body.size",
			"server.port")),
		listed: make(chan ListOrders, 1), wait: make(chan struct{}), cooking: make(chan string, 100),
	}
	p.mediator = mediator.New(mediator.WithTelemetry(p.recorder.Providers()))
	mediator.Handle(p.mediator, func(_ context.Context, c PlaceOrder) (Order, error) {
		if c.CustomerID == "nobody" {
			return Order{}, errors.Join(
				fault.New(fault.Invalid, "no such pizza").At("items[0].pizza_id"), fault.New(fault.Rejected, "sold out").At("items[1]"))
		}
		return Order{ID: "8f/3a", Status: c.Items[0].Size}, nil
	})
	mediator.Handle(p.mediator, func(_ context.Context, c AssignDelivery) (Order, error) {
		return Order{ID: c.OrderID, Driver: c.Driver}, nil
	})
	mediator.Handle(p.mediator, p.startCooking)
	mediator.HandleNone(p.mediator, func(context.Context, RemoveOrder) error { return nil })
	mediator.Handle(p.mediator, func(_ context.Context, q ListOrders) ([]Order, error) {
		select {
		case p.listed <- q:
		default:
		}
		return nil, nil
	})
	config := web.Config{Title: "Mario's Pizzeria", Version: "1.0.0", Telemetry: p.recorder.Providers()}
	if change != nil {
		change(&config)
	}
	p.API = web.New(p.mediator, config)
	web.Post[PlaceOrder](p.API, "/api/orders", web.Created("/api/orders/{id}"))
	web.Put[AssignDelivery](p.API, "/api/orders/{id}/assign")
	web.Put[StartCooking](p.API, "/api/orders/{id}/cook")
	web.Delete[RemoveOrder](p.API, "/api/orders/{id}")
	web.Get[ListOrders](p.API, "/api/orders")
	if err := p.Build(); err != nil {
		tb.Fatal(err)
	}
	return p
}

func (p *pizzeria) startCooking(ctx context.Context, c StartCooking) (Order, error) {
	switch c.OrderID {
	case "invalid":
		return Order{}, fault.New(fault.Invalid, "wrong")
	case "rejected":
		return Order{}, fault.New(fault.Rejected, "the kitchen is closed")
	case "conflict":
		return Order{}, fault.New(fault.Conflict, "the order is cooking already")
	case "not_found":
		return Order{}, fault.New(fault.NotFound, "no order")
	case "forbidden":
		return Order{}, fault.New(fault.Forbidden, "not yours")
	case "unauthenticated":
		return Order{}, fault.New(fault.Unauthenticated, "who are you")
	case "unavailable":
		return Order{}, fault.New(fault.Unavailable, "store: %w", errors.New("secret host"))
	case "timeout":
		return Order{}, context.DeadlineExceeded
	case "canceled":
		return Order{}, fault.New(fault.Canceled, "given up")
	case "unexpected":
		return Order{}, errors.New("secret detail")
	case "panic":
		panic("secret panic")
	case "slow":
		p.cooking <- c.OrderID
		select {
		case <-p.wait:
		case <-ctx.Done():
			return Order{}, ctx.Err()
		}
	}
	return Order{ID: c.OrderID, Status: "cooking"}, nil
}

// ask sends a request and returns status, header and body of the answer.
func (p *pizzeria) ask(tb testing.TB, method, target, body string, header ...string) (int, http.Header, string) {
	tb.Helper()
	return p.askUnder(tb.Context(), method, target, body, header...)
}

func (p *pizzeria) askUnder(ctx context.Context, method, target, body string, header ...string) (int, http.Header, string) {
	var reader io.Reader
	if body != "" {
		reader = strings.NewReader(body)
	}
	r := httptest.NewRequestWithContext(ctx, method, target, reader)
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	p.ServeHTTP(w, r)
	return w.Code, w.Header(), w.Body.String()
}

func decode(tb testing.TB, text string, v any) {
	tb.Helper()
	if err := json.Unmarshal([]byte(text), v); err != nil {
		tb.Fatalf("%v in %s", err, text)
	}
}
