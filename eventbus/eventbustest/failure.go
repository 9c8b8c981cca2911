package eventbustest

import (
	"context"
	"errors"
	"strconv"
	"testing"

	"github.com/neuroglia-go/neuroglia/cloudevent"
)

func (s suite) failure(t *testing.T) {
	t.Run("an event that is not handled does not stop others", func(t *testing.T) {
		t.Parallel()
		transport := s.open(t)
		failing, other := newInbox(), subscribed(t, transport, "delivery", created)
		subscribe(t, transport, "kitchen", created, func(ctx context.Context, e cloudevent.Event, attempt int) error {
			if e.ID == "a-000" {
				if attempt > 1 {
					return nil
				}
				return errors.New("out of dough")
			}
			return failing.deliver(ctx, e, attempt)
		})
		events := append(numbered("a", 3), numbered("b", 3)...)
		publish(t, transport, events...)
		other.want(t, events...)
		failing.want(t, events[1:]...)
	})
	t.Run("a group that is slow does not hold up others", func(t *testing.T) {
		t.Parallel()
		transport := s.open(t)
		other := subscribed(t, transport, "delivery", created)
		release := make(chan struct{})
		in := newInbox()
		subscribe(t, transport, "kitchen", created, func(ctx context.Context, e cloudevent.Event, attempt int) error {
			<-release
			return in.deliver(ctx, e, attempt)
		})
		events := numbered("a", 10)
		publish(t, transport, events...)
		other.want(t, events...)
		close(release)
		in.want(t, events...)
	})
	t.Run("a handler publishes", func(t *testing.T) {
		t.Parallel()
		transport := s.open(t)
		const n = 50
		in := newInbox()
		subscribe(t, transport, "kitchen", created, func(ctx context.Context, e cloudevent.Event, attempt int) error {
			if err := in.deliver(ctx, e, attempt); err != nil {
				return err
			}
			if e.ID == strconv.Itoa(n) {
				return nil
			}
			i, _ := strconv.Atoi(e.ID)
			return transport.Publish(ctx, event(strconv.Itoa(i+1), created, "a"))
		})
		publish(t, transport, event("1", created, "a"))
		for i, d := range in.take(t, n) {
			if want := strconv.Itoa(i + 1); d.ID != want {
				t.Errorf("event %d is %s, want %s", i, d.ID, want)
			}
		}
	})
}
