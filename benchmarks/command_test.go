package benchmarks_test

import (
	"context"
	"errors"
	"testing"

	"github.com/neuroglia-go/neuroglia/mediator"
	"github.com/neuroglia-go/neuroglia/telemetry"
)

// PlaceOrder is the command that is sent. A route makes it of JSON.
type PlaceOrder struct {
	mediator.Command[Order]

	CustomerID string `json:"customer_id"`
	Items      int    `json:"items"`
}

// FindOrder is the query.
type FindOrder struct {
	mediator.Query[Order]

	CustomerID string
}

// Order is the answer of both.
type Order struct {
	CustomerID string `json:"customer_id"`
	Total      int    `json:"total"`
}

var errEmpty = errors.New("an order needs items")

// place is the work of the command: next to none, so that what is around it shows.
//
//go:noinline
func place(_ context.Context, cmd PlaceOrder) (Order, error) {
	if cmd.Items == 0 {
		return Order{}, errEmpty
	}
	return Order{CustomerID: cmd.CustomerID, Total: 12 * cmd.Items}, nil
}

// find is that of the query.
//
//go:noinline
func find(_ context.Context, q FindOrder) (Order, error) {
	if q.CustomerID == "" {
		return Order{}, errEmpty
	}
	return Order{CustomerID: q.CustomerID, Total: 24}, nil
}

func command() work {
	msg := PlaceOrder{CustomerID: "ada", Items: 2}
	w := sending("Command", mediator.KindCommand, msg, place)
	w.variants = append(w.variants, variant{watermill, []mode{bare}, func(tb testing.TB, _ telemetry.Providers) op {
		tb.Helper()
		return watermillCommand(tb, msg)
	}})
	return w
}

func query() work { return sending("Query", mediator.KindQuery, FindOrder{CustomerID: "ada"}, find) }

// sending is the work of a command or query.
func sending[M mediator.Request[R], R any](name string, kind mediator.Kind, msg M, handle handler[M, R]) work {
	var more []mode
	if kind == mediator.KindCommand { // a query that succeeds is logged at debug level
		more = []mode{logged}
	}
	return work{name, []variant{
		{direct, []mode{bare}, func(testing.TB, telemetry.Providers) op { return handle.of(msg) }},
		{neuroglia, framed(more...), func(_ testing.TB, p telemetry.Providers) op {
			m := mediator.New(mediator.WithTelemetry(p))
			mediator.Handle(m, handle)
			return func(ctx context.Context) error {
				_, err := mediator.Send(ctx, m, msg)
				return err
			}
		}},
		{tuned, byHand(more...), func(tb testing.TB, p telemetry.Providers) op {
			tb.Helper()
			return handler[M, R](newTunedMessage(tb, p, kind, handle).handle).of(msg)
		}},
		{tunedMost, byHand(more...), func(tb testing.TB, p telemetry.Providers) op {
			tb.Helper()
			return handler[M, R](newTunedMostMessage(tb, p, kind, handle).handle).of(msg)
		}},
		{naive, byHand(more...), func(tb testing.TB, p telemetry.Providers) op {
			tb.Helper()
			return handler[M, R](newNaiveMessage(tb, p, kind, handle).handle).of(msg)
		}},
	}}
}

// handler handles a message: the work, or something around it.
type handler[M, R any] func(context.Context, M) (R, error)

func (h handler[M, R]) of(msg M) op {
	return func(ctx context.Context) error {
		_, err := h(ctx, msg)
		return err
	}
}

// recovering is h, with the panics and the ended contexts that the mediator sees to.
func (h handler[M, R]) recovering(ctx context.Context, msg M) (answer R, err error) {
	defer recovered(&err)
	if err := ctx.Err(); err != nil {
		return answer, err
	}
	return h(ctx, msg)
}
