package eventbustest

import (
	"context"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/neuroglia-go/neuroglia/cloudevent"
)

func (s suite) order(t *testing.T) {
	t.Run("events of a subject come in order", func(t *testing.T) {
		t.Parallel()
		s.inOrder(t, 1)
	})
	t.Run("events of a subject come in order to the subscribers of a group", func(t *testing.T) {
		t.Parallel()
		s.inOrder(t, 3)
	})
	t.Run("events of a subject come one when the one before has been handled", func(t *testing.T) {
		t.Parallel()
		transport := s.open(t)
		in := newInbox()
		var handling atomic.Int32
		handled := func(ctx context.Context, e cloudevent.Event, attempt int) error {
			if others := handling.Add(1) - 1; others != 0 {
				t.Errorf("%s came while the event before was being handled", e.ID)
			}
			defer handling.Add(-1)
			return in.deliver(ctx, e, attempt)
		}
		for range 3 {
			subscribe(t, transport, "kitchen", created, handled)
		}
		events := numbered("a", 100)
		publish(t, transport, events...)
		in.want(t, events...)
	})
}

// inOrder publishes events of three subjects by turns, to one group of subscribers.
func (s suite) inOrder(t *testing.T, subscribers int) {
	t.Helper()
	transport := s.open(t)
	in := newInbox()
	for range subscribers {
		subscribe(t, transport, "kitchen", created, in.deliver)
	}
	const n = 100
	want := map[string][]cloudevent.Event{"a": numbered("a", n), "b": numbered("b", n), "c": numbered("c", n)}
	for i := range n {
		publish(t, transport, want["a"][i], want["b"][i], want["c"][i])
	}
	got := map[string][]string{}
	for _, d := range in.take(t, 3*n) {
		got[d.Subject] = append(got[d.Subject], d.ID)
	}
	for subject, events := range want {
		if ordered := ids(events, func(e cloudevent.Event) string { return e.ID }); !slices.Equal(got[subject], ordered) {
			t.Errorf("the events of %s came as %v, want the order of publishing", subject, got[subject])
		}
	}
}
