package eventbustest

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/neuroglia-go/neuroglia/cloudevent"
	"github.com/neuroglia-go/neuroglia/eventbus"
)

// delivered is one event as a subscriber got it.
type delivered struct {
	cloudevent.Event
	attempt int
}

// inbox takes the events of subscribers.
type inbox chan delivered

func newInbox() inbox { return make(inbox, 10_000) }

// deliver is a subscriber that handles what comes without an error.
func (in inbox) deliver(_ context.Context, e cloudevent.Event, attempt int) error {
	in <- delivered{e, attempt}
	return nil
}

// subscribed returns the inbox of a new subscriber.
func subscribed(t *testing.T, transport eventbus.Transport, group, eventType string) inbox {
	t.Helper()
	in := newInbox()
	subscribe(t, transport, group, eventType, in.deliver)
	return in
}

// take returns the next n events.
func (in inbox) take(t *testing.T, n int) []delivered {
	t.Helper()
	events := make([]delivered, n)
	for i := range events {
		events[i] = await(t, fmt.Sprintf("event %d of %d", i+1, n), in)
	}
	return events
}

// want fails the test if the next events, each delivered for the first time, are not those wanted, in any order.
func (in inbox) want(t *testing.T, want ...cloudevent.Event) {
	t.Helper()
	got := in.take(t, len(want))
	for _, d := range got {
		if d.attempt != 1 {
			t.Errorf("%s was delivered for the first time as attempt %d, want 1", d.ID, d.attempt)
		}
	}
	gotIDs := ids(got, func(d delivered) string { return d.ID })
	wantIDs := ids(want, func(e cloudevent.Event) string { return e.ID })
	slices.Sort(gotIDs)
	slices.Sort(wantIDs)
	if !slices.Equal(gotIDs, wantIDs) {
		t.Errorf("got the events %v, want %v", gotIDs, wantIDs)
	}
}

// wantNoMore fails the test if more events come than have been taken. Events of the inbox's type and a subject come in
// order, so none comes before a last one of the same subject that should not; subjects are those used before.
func (in inbox) wantNoMore(t *testing.T, transport eventbus.Transport, eventType string, subjects ...string) {
	t.Helper()
	for _, subject := range subjects {
		last := event("last of "+eventType+" "+subject, eventType, subject)
		publish(t, transport, last)
		if got := in.take(t, 1)[0]; got.ID != last.ID {
			t.Errorf("got the event %s, want no more of %s", got.ID, subject)
		}
	}
}

func ids[T any](of []T, id func(T) string) []string {
	all := make([]string, len(of))
	for i, one := range of {
		all[i] = id(one)
	}
	return all
}
