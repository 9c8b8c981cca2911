package eventbus_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/neuroglia-go/neuroglia/aggregate"
	"github.com/neuroglia-go/neuroglia/cloudevent"
	"github.com/neuroglia-go/neuroglia/eventbus"
	"github.com/neuroglia-go/neuroglia/eventbus/membus"
	"github.com/neuroglia-go/neuroglia/fault"
)

func TestPublishHandsTheEventToTheTransport(t *testing.T) {
	t.Parallel()
	var transport recorder
	if err := newBus(t, &transport).Publish(t.Context(), event("{}")); err != nil {
		t.Fatalf("Publish: %v", err)
	}
	if len(transport.published) != 1 || transport.published[0].ID != "1" || transport.published[0].Extensions != nil {
		t.Errorf("published %+v, want the event as it was", transport.published)
	}
}

func TestPublishRefusesAnEventThatBreaksTheSpecification(t *testing.T) {
	t.Parallel()
	var transport recorder
	err := newBus(t, &transport).Publish(t.Context(), cloudevent.Event{ID: "1", Type: created})
	if err == nil || !strings.Contains(err.Error(), "source is empty") || len(transport.published) != 0 {
		t.Errorf("Publish() = %v with %d published, want that the source is empty and none", err, len(transport.published))
	}
}

func TestAnErrorOfTheTransportSaysWhatWasPublished(t *testing.T) {
	t.Parallel()
	err := newBus(t, &recorder{err: eventbus.ErrClosed}).Publish(t.Context(), event("{}"))
	if got, want := err.Error(), "publish order.created.v1: the event bus is closed"; got != want {
		t.Errorf("Publish() = %q, want %q", got, want)
	}
	if !errors.Is(err, eventbus.ErrClosed) || fault.KindOf(err) != fault.Unavailable {
		t.Errorf("Publish() = %v of kind %v, want %v, unavailable", err, fault.KindOf(err), eventbus.ErrClosed)
	}
}

func TestForwardPublishesTheEventThatIsBeingHandled(t *testing.T) {
	t.Parallel()
	var transport recorder
	created := orderCreated{OrderID: "4711"}
	at := time.Date(2026, time.May, 4, 18, 30, 0, 0, time.UTC)
	ctx := aggregate.ForHandler(t.Context(), &aggregate.Raised{ID: "e1", Event: created, AggregateID: "4711", At: at}, "forward")
	if err := newBus(t, &transport).Forward(ctx, created); err != nil {
		t.Fatalf("Forward: %v", err)
	}
	got := transport.published[0]
	if got.ID != "e1" || got.Source != "/mario-pizzeria" || got.Type != "order.created.v1" || got.Subject != "4711" ||
		!got.Time.Equal(at) || string(got.Data) != `{"order_id":"4711"}` {
		t.Errorf("published %+v, want the event that was raised", got)
	}
}

type orderPaid struct{ orderCreated }

func (orderPaid) EventType() string { return "order.paid.v1" }

type unwritable struct{ orderCreated }

func (unwritable) MarshalJSON() ([]byte, error) { return nil, errors.New("broken") }

func TestForwardIsOnlyForTheHandlersOfAnEvent(t *testing.T) {
	t.Parallel()
	raised := func(event any) context.Context {
		return aggregate.ForHandler(t.Context(), &aggregate.Raised{ID: "e1", Event: event, AggregateID: "4711"}, "forward")
	}
	for _, tt := range []struct {
		name  string
		ctx   context.Context
		event aggregate.Integration
		want  string
	}{
		{"outside a handler", t.Context(), orderCreated{}, "forward order.created.v1: the context is not that of a handler"},
		{"in the handler of another event", raised(orderPaid{}), orderCreated{}, "forward order.created.v1: the context is not"},
		{"an event without a JSON form", raised(unwritable{}), unwritable{}, "cloudevent: encode "},
	} {
		var transport recorder
		err := newBus(t, &transport).Forward(tt.ctx, tt.event)
		if err == nil || !strings.HasPrefix(err.Error(), tt.want) || len(transport.published) != 0 {
			t.Errorf("%s: Forward() = %v with %d published, want %q and none", tt.name, err, len(transport.published), tt.want)
		}
	}
}

func TestStopClosesTheTransport(t *testing.T) {
	t.Parallel()
	bus := newBus(t, membus.New())
	if err := bus.Publish(t.Context(), event("{}")); err != nil {
		t.Errorf("Publish() = %v before Start, want nil", err)
	}
	if err := bus.Start(t.Context()); err != nil {
		t.Fatalf("Start: %v", err)
	}
	if err := bus.Stop(t.Context()); err != nil {
		t.Errorf("Stop() = %v, want nil", err)
	}
	if err := bus.Publish(t.Context(), event("{}")); !errors.Is(err, eventbus.ErrClosed) {
		t.Errorf("Publish() = %v after Stop, want %v", err, eventbus.ErrClosed)
	}
	failing := recorder{err: errors.New("3 events were lost")}
	if err := newBus(t, &failing).Stop(t.Context()); !errors.Is(err, failing.err) {
		t.Errorf("Stop() = %v, want what the transport lost", err)
	}
}
