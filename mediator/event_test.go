package mediator_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/neuroglia-go/neuroglia/aggregate"
	"github.com/neuroglia-go/neuroglia/mediator"
)

type OrderCreatedEvent struct{ OrderID string }

func (OrderCreatedEvent) EventType() string { return "order.created.v1" }

type OrderForgottenEvent struct{}

func TestEveryHandlerOfAnEventRunsInTheOrderOfRegistration(t *testing.T) {
	t.Parallel()
	var ran []string
	boom := errors.New("boom")
	m := newMediator()
	mediator.On(m, func(context.Context, OrderCreatedEvent) error { ran = append(ran, "fails"); return boom })
	mediator.On(m, func(context.Context, OrderCreatedEvent) error { ran = append(ran, "panics"); panic("oh no") })
	mediator.On(m, func(context.Context, OrderForgottenEvent) error { ran = append(ran, "another event"); return nil })
	mediator.On(m, func(_ context.Context, e OrderCreatedEvent) error { ran = append(ran, e.OrderID); return nil })
	err := mediator.Publish(t.Context(), m, OrderCreatedEvent{OrderID: "o1"})
	if want := []string{"fails", "panics", "o1"}; !slices.Equal(ran, want) {
		t.Errorf("ran %q, want %q", ran, want)
	}
	if !errors.Is(err, boom) || !strings.Contains(err.Error(), "oh no") || !strings.Contains(err.Error(), "OrderCreatedEvent") {
		t.Errorf("Publish() = %v, want both errors and the event", err)
	}
}

func TestAHandlerOfAnInterfaceGetsEveryEventThatImplementsIt(t *testing.T) {
	t.Parallel()
	var got []string
	m := newMediator()
	mediator.On(m, func(_ context.Context, e aggregate.Integration) error { got = append(got, e.EventType()); return nil })
	err := errors.Join(mediator.Publish(t.Context(), m, OrderCreatedEvent{}),
		mediator.Publish(t.Context(), m, OrderForgottenEvent{}), mediator.Publish(t.Context(), m, OrderCreatedEvent{}))
	if want := []string{"order.created.v1", "order.created.v1"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("got %q, %v, want %q", got, err, want)
	}
}

func TestAHandlerKnowsWhereItsEventCameFrom(t *testing.T) {
	t.Parallel()
	want := aggregate.Raised{
		ID: "e1", Event: OrderCreatedEvent{OrderID: "o1"}, AggregateType: "Order", AggregateID: "o1", Version: 3,
		At: time.Now(), Attempt: 2,
	}
	var got aggregate.Raised
	m := newMediator()
	mediator.On(m, func(ctx context.Context, _ OrderCreatedEvent) error {
		if r, ok := aggregate.FromContext(ctx); ok {
			got = *r
		}
		return nil
	})
	if err := m.Dispatch(t.Context(), want); err != nil || got != want {
		t.Errorf("got %+v, %v, want %+v", got, err, want)
	}
}

func TestAnEventNobodyHandlesIsNoError(t *testing.T) {
	t.Parallel()
	if err := mediator.Publish(t.Context(), newMediator(), OrderForgottenEvent{}); err != nil {
		t.Errorf("Publish() = %v, want nil", err)
	}
}
