package eventbustest

import (
	"testing"

	"github.com/neuroglia-go/neuroglia/eventbus"
)

func (s suite) processes(t *testing.T) {
	t.Run("events reach all processes", func(t *testing.T) {
		t.Parallel()
		s.needs(t, eventbus.Processes)
		connect := s.Open(t)
		one, two := closing(t, connect()), closing(t, connect())
		kitchen := subscribed(t, one, "kitchen", created)
		delivery := subscribed(t, two, "delivery", created)
		events := numbered("a", 10)
		publish(t, one, events[:5]...)
		publish(t, two, events[5:]...)
		kitchen.want(t, events...)
		delivery.want(t, events...)
		kitchen.wantNoMore(t, two, created, "a")
	})
	t.Run("processes with the same group share the events", func(t *testing.T) {
		t.Parallel()
		s.needs(t, eventbus.Processes)
		connect := s.Open(t)
		one, two := closing(t, connect()), closing(t, connect())
		in := newInbox()
		subscribe(t, one, "kitchen", created, in.deliver)
		subscribe(t, two, "kitchen", created, in.deliver)
		events := append(numbered("a", 20), numbered("b", 20)...)
		publish(t, one, events...)
		in.want(t, events...)
		in.wantNoMore(t, two, created, "a", "b")
	})
	t.Run("a process takes over from one that has ended", func(t *testing.T) {
		t.Parallel()
		s.needs(t, eventbus.Processes)
		connect := s.Open(t)
		one, two := closing(t, connect()), closing(t, connect())
		in := newInbox()
		subscribe(t, one, "kitchen", created, in.deliver)
		subscribe(t, two, "kitchen", created, in.deliver)
		closeNow(t, one)
		events := numbered("a", 20)
		publish(t, two, events...)
		in.want(t, events...)
	})
}

func (s suite) durability(t *testing.T) {
	t.Parallel()
	s.needs(t, eventbus.Durability)
	s.needs(t, eventbus.Processes)
	connect := s.Open(t)
	one, two := closing(t, connect()), closing(t, connect())
	events := numbered("a", 10)
	before := subscribed(t, one, "kitchen", created)
	publish(t, one, events[0])
	before.want(t, events[0])
	closeNow(t, one)
	publish(t, two, events[1:]...)
	after := subscribed(t, two, "kitchen", created)
	for i, got := range after.take(t, len(events)-1) {
		equal(t, got.Event, events[i+1])
	}
	after.wantNoMore(t, two, created, "a")
}
