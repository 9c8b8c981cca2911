package contract_test

import (
	"context"
	"encoding/json"
	"errors"
	"iter"
	"testing"

	"github.com/neuroglia-go/neuroglia/aggregate"
	"github.com/neuroglia-go/neuroglia/eventbus"
	"github.com/neuroglia-go/neuroglia/eventbus/membus"
	"github.com/neuroglia-go/neuroglia/fault"
	"github.com/neuroglia-go/neuroglia/mediator"
	"github.com/neuroglia-go/neuroglia/observability/observabilitytest"
	"github.com/neuroglia-go/neuroglia/repository"
	"github.com/neuroglia-go/neuroglia/repository/memrepo"
)

// Order is the aggregate of these tests.
type Order struct {
	aggregate.Root
	Total int `json:"total"`
}

func (o *Order) MarshalJSON() ([]byte, error) { return json.Marshal(map[string]int{"total": o.Total}) }

// OrderCreatedEvent leaves the service.
type OrderCreatedEvent struct {
	OrderID string `json:"order_id"`
}

func (OrderCreatedEvent) EventType() string { return "order.created.v1" }

// OrderForgottenEvent stays in the service.
type OrderForgottenEvent struct {
	Reason string `otel:"order.reason"`
}

type PlaceOrder struct {
	mediator.Command[Receipt]
	ID    string
	Items []string `otel:"order.item_count,len"`
	Phone string
}

type Receipt struct {
	OrderID string `otel:"order.id,aggregate"`
	Total   int    `otel:"order.total"`
}

type RenameOrder struct {
	mediator.Command[Receipt]
	ID string `otel:"order.id,aggregate"`
}

type FailOrder struct {
	mediator.Command[mediator.None]
	With func() error
}

type GetOrder struct {
	mediator.Query[Receipt]
	ID string `otel:"order.id,aggregate"`
}

type ListOrders struct {
	mediator.StreamQuery[Receipt]
}

var errBoom = errors.New("boom")

// shop is a small service with recorded telemetry.
type shop struct {
	*mediator.Mediator
	rec    *observabilitytest.Recorder
	orders *repository.Repository[Order]
	bus    *eventbus.Bus
}

func newShop(t *testing.T, opts ...observabilitytest.Option) *shop {
	t.Helper()
	rec := observabilitytest.New(t, append(opts, observabilitytest.Mask(
		"messaging.message.id", "cloudevents.event_id", "exception.stacktrace"))...)
	s := &shop{Mediator: mediator.New(mediator.WithTelemetry(rec.Providers())), rec: rec}
	s.orders = repository.New(memrepo.New(repository.Schema[Order]{Name: "orders"}), s,
		repository.WithTelemetry(rec.Providers()))
	s.bus = eventbus.New(membus.New(), "/shop", eventbus.WithTelemetry(rec.Providers()))
	mediator.Handle(s.Mediator, s.place)
	mediator.Handle(s.Mediator, s.get)
	mediator.HandleStream(s.Mediator, s.list)
	mediator.HandleNone(s.Mediator, s.fail)
	return s
}

func (s *shop) place(ctx context.Context, cmd PlaceOrder) (Receipt, error) {
	o := &Order{Root: aggregate.NewRoot(cmd.ID), Total: len(cmd.Items)}
	o.Raise(OrderCreatedEvent{OrderID: cmd.ID})
	return Receipt{OrderID: cmd.ID, Total: o.Total}, s.orders.Add(ctx, o)
}

func (s *shop) get(ctx context.Context, q GetOrder) (Receipt, error) {
	o, err := s.orders.Get(ctx, q.ID)
	if err != nil {
		return Receipt{}, err
	}
	return Receipt{OrderID: o.ID(), Total: o.Total}, nil
}

func (s *shop) list(ctx context.Context, _ ListOrders) iter.Seq2[Receipt, error] {
	return func(yield func(Receipt, error) bool) {
		for o, err := range s.orders.All(ctx, nil) {
			if err != nil {
				yield(Receipt{}, err)
				return
			}
			if !yield(Receipt{OrderID: o.ID()}, nil) {
				return
			}
		}
	}
}

func (s *shop) fail(_ context.Context, cmd FailOrder) error { return cmd.With() }

func (s *shop) send(t *testing.T, id string) {
	t.Helper()
	if _, err := mediator.Send(t.Context(), s.Mediator, PlaceOrder{ID: id, Items: []string{"a", "b"}, Phone: "555"}); err != nil {
		t.Fatal(err)
	}
}

func refused() error { return fault.New(fault.Rejected, "not today") }
