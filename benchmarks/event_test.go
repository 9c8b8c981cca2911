package benchmarks_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/neuroglia-go/neuroglia/aggregate"
	"github.com/neuroglia-go/neuroglia/mediator"
	"github.com/neuroglia-go/neuroglia/telemetry"
)

// OrderPlaced is the event that an order raised. It is published as JSON of 100 bytes.
type OrderPlaced struct {
	CustomerID string `json:"customer_id"`
	Total      int    `json:"total"`
	Note       string `json:"note,omitempty"`
}

// EventType implements aggregate.Integration.
func (OrderPlaced) EventType() string { return "order.placed.v1" }

func placed() OrderPlaced {
	return OrderPlaced{CustomerID: "ada", Total: 24, Note: "please ring twice, and leave it at the door if nobody is in"}
}

// raised is the event as a repository hands it to its handlers after the commit.
func raised() aggregate.Raised {
	return aggregate.Raised{
		ID: "4711-1", Event: placed(), At: time.Now(), AggregateType: "Order", AggregateID: "4711", Version: 1, Attempt: 1,
	}
}

// cook is the work of a handler.
//
//go:noinline
func cook(_ context.Context, e OrderPlaced) error {
	if e.Total == 0 {
		return errEmpty
	}
	return nil
}

type eventHandler func(context.Context, OrderPlaced) error

func (h eventHandler) recovering(ctx context.Context, e OrderPlaced) (err error) {
	defer recovered(&err)
	return h(ctx, e)
}

// event is the work of so many handlers of an event, one after the other.
func event(handlers int) work {
	return work{fmt.Sprintf("Event%d", handlers), []variant{
		{direct, []mode{bare}, func(testing.TB, telemetry.Providers) op {
			e := placed()
			return func(ctx context.Context) error {
				for range handlers {
					if err := cook(ctx, e); err != nil {
						return err
					}
				}
				return nil
			}
		}},
		{neuroglia, framed(), func(_ testing.TB, p telemetry.Providers) op {
			m, e := mediator.New(mediator.WithTelemetry(p)), raised()
			for range handlers {
				mediator.On(m, cook)
			}
			return func(ctx context.Context) error { return m.Dispatch(ctx, e) }
		}},
		{tuned, byHand(), func(tb testing.TB, p telemetry.Providers) op {
			tb.Helper()
			t, e := newTunedEvent(tb, p, handlers), raised()
			return func(ctx context.Context) error { return t.dispatch(ctx, &e) }
		}},
		{naive, byHand(), func(tb testing.TB, p telemetry.Providers) op {
			tb.Helper()
			n, e := newNaiveEvent(tb, p, handlers), raised()
			return func(ctx context.Context) error { return n.dispatch(ctx, &e) }
		}},
		{watermill, []mode{bare}, func(tb testing.TB, _ telemetry.Providers) op {
			tb.Helper()
			return watermillEvent(tb, handlers)
		}},
	}}
}
