package benchmarks_test

import (
	"context"
	"testing"

	"github.com/neuroglia-go/neuroglia/mediator"
	"github.com/neuroglia-go/neuroglia/telemetry"
)

// Numbered is a thousand types of commands: one for each three digits.
type Numbered[A, B, C any] struct {
	mediator.Command[Order]

	CustomerID string
	Items      int
}

// The digits.
type (
	d0 struct{}
	d1 struct{}
	d2 struct{}
	d3 struct{}
	d4 struct{}
	d5 struct{}
	d6 struct{}
	d7 struct{}
	d8 struct{}
	d9 struct{}
)

// numbered is one of the types: how its handler is registered, and how it is sent.
type numbered struct {
	register func(*mediator.Mediator)
	send     func(*mediator.Mediator) op
}

func number[A, B, C any]() numbered {
	return numbered{
		register: func(m *mediator.Mediator) {
			mediator.Handle(m, func(ctx context.Context, cmd Numbered[A, B, C]) (Order, error) {
				return place(ctx, PlaceOrder{CustomerID: cmd.CustomerID, Items: cmd.Items})
			})
		},
		send: func(m *mediator.Mediator) op {
			return func(ctx context.Context) error {
				_, err := mediator.Send(ctx, m, Numbered[A, B, C]{CustomerID: "ada", Items: 2})
				return err
			}
		},
	}
}

func ten[A, B any]() []numbered {
	return []numbered{
		number[A, B, d0](), number[A, B, d1](), number[A, B, d2](), number[A, B, d3](), number[A, B, d4](),
		number[A, B, d5](), number[A, B, d6](), number[A, B, d7](), number[A, B, d8](), number[A, B, d9](),
	}
}

func hundred[A any]() []numbered {
	var all []numbered
	for _, ten := range [][]numbered{
		ten[A, d0](), ten[A, d1](), ten[A, d2](), ten[A, d3](), ten[A, d4](),
		ten[A, d5](), ten[A, d6](), ten[A, d7](), ten[A, d8](), ten[A, d9](),
	} {
		all = append(all, ten...)
	}
	return all
}

func thousand() []numbered {
	var all []numbered
	for _, hundred := range [][]numbered{
		hundred[d0](), hundred[d1](), hundred[d2](), hundred[d3](), hundred[d4](),
		hundred[d5](), hundred[d6](), hundred[d7](), hundred[d8](), hundred[d9](),
	} {
		all = append(all, hundred...)
	}
	return all
}

// sendersOf returns what sends each of so many types of commands, which are all that a mediator has. Each has been sent once.
func sendersOf(tb testing.TB, n int, p telemetry.Providers) []op {
	tb.Helper()
	m, all := mediator.New(mediator.WithTelemetry(p)), thousand()[:n]
	send := make([]op, n)
	for i, of := range all {
		of.register(m)
		send[i] = of.send(m)
	}
	for _, send := range send {
		if err := send(tb.Context()); err != nil {
			tb.Fatal(err)
		}
	}
	return send
}
