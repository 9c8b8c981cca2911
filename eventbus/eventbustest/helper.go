package eventbustest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/neuroglia-go/neuroglia/cloudevent"
	"github.com/neuroglia-go/neuroglia/eventbus"
)

// patience is how long something that must happen may take.
const patience = 30 * time.Second

const created, cancelled = "order.created.v1", "order.cancelled.v1"

// open returns a transport to an empty broker, which is closed at the end of the test.
func (s suite) open(t *testing.T) eventbus.Transport {
	t.Helper()
	return closing(t, s.Open(t)())
}

// closing closes the transport at the end of the test, whatever the test left.
func closing(t *testing.T, transport eventbus.Transport) eventbus.Transport {
	t.Helper()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), patience)
		defer cancel()
		if err := transport.Close(ctx); err != nil {
			t.Errorf("Close at the end of the test: %v", err)
		}
	})
	return transport
}

// event returns an event with the given identity.
func event(id, eventType, subject string) cloudevent.Event {
	return cloudevent.Event{
		ID: id, Source: "/eventbustest", Type: eventType, Subject: subject,
		DataContentType: "application/json", Data: []byte(`{"id":"` + id + `"}`),
	}
}

// numbered returns the events 0 to n-1 of a subject.
func numbered(subject string, n int) []cloudevent.Event {
	events := make([]cloudevent.Event, n)
	for i := range events {
		events[i] = event(fmt.Sprintf("%s-%03d", subject, i), created, subject)
	}
	return events
}

func publish(t *testing.T, transport eventbus.Transport, events ...cloudevent.Event) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for _, e := range events {
		if err := transport.Publish(ctx, e); err != nil {
			t.Fatalf("Publish(%s): %v", e.ID, err)
		}
	}
}

func subscribe(t *testing.T, transport eventbus.Transport, group, eventType string, deliver eventbus.Deliver) {
	t.Helper()
	// The context ends with the call, which must not end the deliveries.
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if err := transport.Subscribe(ctx, eventbus.Subscription{Group: group, Type: eventType}, deliver); err != nil {
		t.Fatalf("Subscribe(%s, %s): %v", group, eventType, err)
	}
}

// await returns what comes next, and fails the test if nothing does.
func await[T any](t *testing.T, what string, from <-chan T) T {
	t.Helper()
	select {
	case next := <-from:
		return next
	case <-time.After(patience):
		t.Fatalf("%s: nothing within %s", what, patience)
		panic("unreachable")
	}
}

// closeNow closes the transport, which must be possible.
func closeNow(t *testing.T, transport eventbus.Transport) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if err := transport.Close(ctx); err != nil {
		t.Fatalf("Close: %v", err)
	}
}
