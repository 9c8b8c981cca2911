package eventbus_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/neuroglia-go/neuroglia/cloudevent"
	"github.com/neuroglia-go/neuroglia/eventbus"
	"github.com/neuroglia-go/neuroglia/eventbus/membus"
	"github.com/neuroglia-go/neuroglia/fault"
	"github.com/neuroglia-go/neuroglia/retry"
)

func ignore(context.Context, cloudevent.Event) error { return nil }

func TestATypedSubscriberGetsTheDecodedData(t *testing.T) {
	t.Parallel()
	var got orderCreated
	deliver := subscribed(t, func(_ context.Context, e orderCreated) error {
		got = e
		return nil
	})
	if err := deliver(t.Context(), event(`{"order_id":"4711"}`), 1); err != nil || got.OrderID != "4711" {
		t.Errorf("deliver() = %v, with %+v, want the order 4711", err, got)
	}
}

func TestASubscriberOfCloudEventsGetsTheEventAsItIs(t *testing.T) {
	t.Parallel()
	want := event("\xff")
	want.DataContentType, want.Extensions = "image/png", map[string]string{"tenant": "north"}
	var got cloudevent.Event
	deliver := subscribed(t, func(_ context.Context, e cloudevent.Event) error {
		got = e
		return nil
	})
	if err := deliver(t.Context(), want, 1); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("deliver() = %v, with %+v, want %+v", err, got, want)
	}
}

func TestDataThatCannotBeDecodedIsAFailureAndNotHandled(t *testing.T) {
	t.Parallel()
	deliver := subscribed(t, func(context.Context, orderCreated) error {
		t.Error("the handler was called")
		return nil
	})
	for _, data := range []string{"", "{", "[]", `{"order_id":4711}`} {
		err := deliver(t.Context(), event(data), 1)
		if err == nil || !strings.Contains(err.Error(), "decode data of order.created.v1 1") ||
			fault.KindOf(err) != fault.Invalid {
			t.Errorf("deliver(%q) = %v of kind %v, want a failure to decode that is final", data, err, fault.KindOf(err))
		}
	}
}

func TestAnErrorOfASubscriberReachesTheTransport(t *testing.T) {
	t.Parallel()
	full := fault.New(fault.Conflict, "the kitchen is full")
	deliver := subscribed(t, func(context.Context, orderCreated) error { return fmt.Errorf("cook: %w", full) })
	err := deliver(t.Context(), event("{}"), 1)
	if !errors.Is(err, full) || fault.KindOf(err) != fault.Conflict || err.Error() != "cook: the kitchen is full" {
		t.Errorf("deliver() = %v, want what the handler returned", err)
	}
}

func TestASubscriberThatPanicsIsAFailureAndLivesOn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		bus := newBus(t, membus.New())
		handled := 0
		err := eventbus.Subscribe(bus, "kitchen", created, func(context.Context, orderCreated) error {
			handled++
			if handled == 1 {
				panic("no oven")
			}
			return nil
		}, eventbus.WithRetry(retry.Policy{Attempts: 1}))
		if err != nil {
			t.Fatalf("Subscribe: %v", err)
		}
		if err := errors.Join(bus.Start(t.Context()), bus.Publish(t.Context(), event("{}")),
			bus.Publish(t.Context(), event("{}")), bus.Stop(t.Context())); err != nil {
			t.Fatal(err)
		}
		if handled != 2 {
			t.Errorf("handled %d events, want 2", handled)
		}
	})
	deliver := subscribed(t, func(context.Context, orderCreated) error { panic("no oven") })
	err := deliver(t.Context(), event("{}"), 1)
	if err == nil || err.Error() != "panic: no oven" || fault.TypeOf(err) != "panic" {
		t.Errorf("deliver() = %v of type %q, want the panic", err, fault.TypeOf(err))
	}
}

func TestStartSubscribesEverySubscriberOnce(t *testing.T) {
	t.Parallel()
	var transport recorder
	bus := newBus(t, &transport)
	for _, s := range [][2]string{{"kitchen", "order.created.v1"}, {"delivery", "order.ready.v1"}} {
		if err := eventbus.Subscribe(bus, s[0], s[1], ignore); err != nil {
			t.Fatalf("Subscribe(%s): %v", s, err)
		}
	}
	if len(transport.subscriptions) != 0 {
		t.Errorf("subscribed to %v before Start", transport.subscriptions)
	}
	for range 2 {
		if err := bus.Start(t.Context()); err != nil {
			t.Fatalf("Start: %v", err)
		}
	}
	want := []eventbus.Subscription{
		{Group: "kitchen", Type: "order.created.v1", Concurrency: eventbus.Concurrency},
		{Group: "delivery", Type: "order.ready.v1", Concurrency: eventbus.Concurrency},
	}
	if !reflect.DeepEqual(transport.subscriptions, want) {
		t.Errorf("subscribed to %v, want %v", transport.subscriptions, want)
	}
}

func TestStartTellsEverySubscriptionThatFailedAndClosesTheTransport(t *testing.T) {
	t.Parallel()
	transport := recorder{err: errors.New("no broker")}
	bus := newBus(t, &transport)
	for _, group := range []string{"kitchen", "delivery"} {
		if err := eventbus.Subscribe(bus, group, created, ignore); err != nil {
			t.Fatalf("Subscribe: %v", err)
		}
	}
	err := bus.Start(t.Context())
	want := "subscribe kitchen to order.created.v1: no broker\nsubscribe delivery to order.created.v1: no broker" +
		"\nclose the transport: no broker"
	if err == nil || err.Error() != want || !errors.Is(err, transport.err) {
		t.Errorf("Start() = %v, want %q", err, want)
	}
}

func TestSubscribeIsRefusedAfterStart(t *testing.T) {
	t.Parallel()
	var transport recorder
	bus := newBus(t, &transport)
	if err := bus.Start(t.Context()); err != nil {
		t.Fatalf("Start: %v", err)
	}
	err := eventbus.Subscribe(bus, "kitchen", created, ignore)
	if want := "subscribe kitchen to order.created.v1: the bus has been started"; err == nil || err.Error() != want {
		t.Errorf("Subscribe() = %v, want %q", err, want)
	}
	if len(transport.subscriptions) != 0 {
		t.Errorf("subscribed to %v, want nothing", transport.subscriptions)
	}
}

func TestSubscribeNeedsAGroupATypeAndAHandler(t *testing.T) {
	t.Parallel()
	bus := newBus(t, &recorder{})
	for name, err := range map[string]error{
		"no group":   eventbus.Subscribe(bus, "", created, ignore),
		"no type":    eventbus.Subscribe(bus, "kitchen", "", ignore),
		"no handler": eventbus.Subscribe[orderCreated](bus, "kitchen", created, nil),
		"no subject": eventbus.Subscribe(bus, "kitchen", created, ignore, eventbus.WithConcurrency(0)),
		"no time":    eventbus.Subscribe(bus, "kitchen", created, ignore, eventbus.WithTimeout(-1)),
	} {
		if err == nil {
			t.Errorf("%s: Subscribe() = nil, want an error", name)
		}
	}
}

func TestABusIsSafeForConcurrentUse(t *testing.T) {
	t.Parallel()
	bus := newBus(t, membus.New())
	var using sync.WaitGroup
	for i := range 8 {
		using.Go(func() {
			// Start may come before, which refuses it.
			_ = eventbus.Subscribe(bus, fmt.Sprint("group ", i), created, ignore)
		})
		using.Go(func() {
			for range 50 {
				if err := bus.Publish(t.Context(), event("{}")); err != nil {
					t.Errorf("Publish: %v", err)
				}
			}
		})
	}
	using.Go(func() {
		if err := bus.Start(t.Context()); err != nil {
			t.Errorf("Start: %v", err)
		}
	})
	using.Wait()
	if err := bus.Stop(t.Context()); err != nil {
		t.Errorf("Stop: %v", err)
	}
}
