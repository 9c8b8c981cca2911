package mediator_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/neuroglia-go/neuroglia/aggregate"
	"github.com/neuroglia-go/neuroglia/fault"
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

func TestAnEventThatIsNoValueIsAnError(t *testing.T) {
	t.Parallel()
	m := newMediator()
	mediator.On(m, func(context.Context, OrderCreatedEvent) error { return nil })
	for _, err := range []error{
		mediator.Publish(t.Context(), m, &OrderCreatedEvent{}), mediator.Publish[any](t.Context(), m, nil),
	} {
		if err == nil || !strings.Contains(err.Error(), "by value") {
			t.Errorf("Publish() = %v, want that events are published by value", err)
		}
	}
}

// Moody is an event whose attribute cannot be read.
type Moody struct {
	Mood mood `otel:"mood"`
}

type mood struct{}

func (mood) String() string { panic("not now") }

// Odd is an event with a tag that is wrong, and that no handler names.
type Odd struct {
	C chan int `otel:"c"`
}

func (Odd) EventType() string { return "odd.v1" }

func TestAnEventIsNotLostForAnAttribute(t *testing.T) {
	t.Parallel()
	handled := 0
	m := newMediator()
	mediator.On(m, func(context.Context, Moody) error { handled++; return nil })
	mediator.On(m, func(context.Context, aggregate.Integration) error { handled++; return nil })
	err := errors.Join(mediator.Publish(t.Context(), m, Moody{}), mediator.Publish(t.Context(), m, Odd{}))
	if err != nil || handled != 2 {
		t.Errorf("Publish() = %v with %d events handled, want both", err, handled)
	}
}

func TestAHandlerMayReturnANilError(t *testing.T) {
	t.Parallel()
	m := newMediator()
	mediator.On(m, func(context.Context, OrderForgottenEvent) error { var none *fault.Error; return none })
	if err := mediator.Publish(t.Context(), m, OrderForgottenEvent{}); err == nil {
		t.Error("Publish() = nil, want the error that is no nil interface")
	}
}

func TestAHandlerIsKnownByItsFunctionWithItsPackage(t *testing.T) {
	t.Parallel()
	m := mediator.New()
	mediator.On(m, whoHandles)
	err := mediator.Publish(t.Context(), m, whoEvent{})
	if want := "github.com/neuroglia-go/neuroglia/mediator_test.whoHandles"; err == nil || !strings.HasSuffix(err.Error(), ": "+want) {
		t.Errorf("got %v, want %s: a function of that name in another package is another handler", err, want)
	}
}

type whoEvent struct{}

func whoHandles(ctx context.Context, _ whoEvent) error {
	handling, _ := aggregate.HandlingFrom(ctx)
	return errors.New(handling.Consumer)
}
