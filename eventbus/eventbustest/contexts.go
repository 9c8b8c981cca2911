package eventbustest

import (
	"context"
	"errors"
	"testing"

	"github.com/neuroglia-go/neuroglia/cloudevent"
	"github.com/neuroglia-go/neuroglia/eventbus"
)

func (s suite) contexts(t *testing.T) {
	t.Run("nothing is published under a context that has ended", func(t *testing.T) {
		t.Parallel()
		transport := s.open(t)
		in := subscribed(t, transport, "kitchen", created)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := transport.Publish(ctx, event("1", created, "a")); !errors.Is(err, context.Canceled) {
			t.Errorf("Publish() = %v, want %v", err, context.Canceled)
		}
		in.wantNoMore(t, transport, created, "a")
	})
	t.Run("a delivery outlives the contexts of publishing and subscribing", func(t *testing.T) {
		t.Parallel()
		transport := s.open(t)
		published := make(chan struct{})
		handled := make(chan error, 1)
		ctx, cancel := context.WithCancel(t.Context())
		deliver := func(ctx context.Context, _ cloudevent.Event, _ int) error {
			<-published
			handled <- ctx.Err()
			return nil
		}
		if err := transport.Subscribe(ctx, eventbus.Subscription{Group: "kitchen", Type: created}, deliver); err != nil {
			t.Fatalf("Subscribe: %v", err)
		}
		if err := transport.Publish(ctx, event("1", created, "a")); err != nil {
			t.Fatalf("Publish: %v", err)
		}
		cancel()
		close(published)
		if err := await(t, "delivery", handled); err != nil {
			t.Errorf("the context of the delivery ended with %v", err)
		}
	})
}
