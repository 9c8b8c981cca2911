package eventbustest

import (
	"testing"

	"github.com/neuroglia-go/neuroglia/cloudevent"
)

func (s suite) delivery(t *testing.T) {
	t.Run("the transport names its system", func(t *testing.T) {
		t.Parallel()
		if got := s.open(t).System(); got == "" {
			t.Error("System() is empty, want a value of messaging.system")
		}
	})
	t.Run("a subscriber gets each event once", func(t *testing.T) {
		t.Parallel()
		transport := s.open(t)
		in := subscribed(t, transport, "kitchen", created)
		events := append(numbered("a", 20), numbered("b", 20)...)
		publish(t, transport, events...)
		in.want(t, events...)
		in.wantNoMore(t, transport, created, "a", "b")
	})
	t.Run("a subscriber gets no events of other types", func(t *testing.T) {
		t.Parallel()
		transport := s.open(t)
		in := subscribed(t, transport, "kitchen", created)
		other := subscribed(t, transport, "kitchen", cancelled)
		publish(t, transport, event("1", cancelled, "a"), event("2", created+".0", "a"), event("3", "order", "a"),
			event("4", "ORDER.CREATED.V1", "a"), event("5", created, "a"))
		in.want(t, event("5", created, "a"))
		in.wantNoMore(t, transport, created, "a")
		other.want(t, event("1", cancelled, "a"))
	})
	t.Run("types and groups are any text, and never patterns", func(t *testing.T) {
		t.Parallel()
		transport := s.open(t)
		for _, name := range []string{"*", ">", "order.*", "order.>", "order.created.*", "#", "order created/v1?", "pédido.ピザ"} {
			in := subscribed(t, transport, name, name)
			own := event("own "+name, name, "a")
			publish(t, transport, event("other than "+name, created, "a"), own)
			in.want(t, own)
			in.wantNoMore(t, transport, name, "a")
		}
	})
	t.Run("a subscriber gets no events from before it subscribed", func(t *testing.T) {
		t.Parallel()
		transport := s.open(t)
		early := subscribed(t, transport, "kitchen", created)
		publish(t, transport, event("1", created, "a"))
		early.want(t, event("1", created, "a"))
		late := subscribed(t, transport, "delivery", created)
		publish(t, transport, event("2", created, "a"))
		late.want(t, event("2", created, "a"))
		late.wantNoMore(t, transport, created, "a")
	})
	t.Run("an event that nobody subscribed to is accepted", func(t *testing.T) {
		t.Parallel()
		publish(t, s.open(t), event("1", created, "a"), event("2", created, ""))
	})
}

func (s suite) groups(t *testing.T) {
	t.Run("every group gets each event", func(t *testing.T) {
		t.Parallel()
		transport := s.open(t)
		inboxes := map[string]inbox{}
		for _, group := range []string{"kitchen", "delivery", "customers", "kitchen.north"} {
			inboxes[group] = subscribed(t, transport, group, created)
		}
		events := numbered("a", 10)
		publish(t, transport, events...)
		for _, in := range inboxes {
			in.want(t, events...)
		}
		last := event("last", created, "a")
		publish(t, transport, last)
		for _, in := range inboxes {
			in.want(t, last)
		}
	})
	t.Run("subscribers of a group share its events", func(t *testing.T) {
		t.Parallel()
		transport := s.open(t)
		in := newInbox()
		for range 3 {
			subscribe(t, transport, "kitchen", created, in.deliver)
		}
		var events []cloudevent.Event
		for _, subject := range []string{"a", "b", "c", "d"} {
			events = append(events, numbered(subject, 10)...)
		}
		publish(t, transport, events...)
		in.want(t, events...)
		in.wantNoMore(t, transport, created, "a", "b", "c", "d")
	})
	t.Run("a group has a subscriber for each of several types", func(t *testing.T) {
		t.Parallel()
		transport := s.open(t)
		placed := subscribed(t, transport, "kitchen", created)
		given := subscribed(t, transport, "kitchen", cancelled)
		publish(t, transport, event("1", created, "a"), event("2", cancelled, "a"))
		placed.want(t, event("1", created, "a"))
		given.want(t, event("2", cancelled, "a"))
	})
}
