package eventbustest

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/neuroglia-go/neuroglia/cloudevent"
	"github.com/neuroglia-go/neuroglia/eventbus"
)

func (s suite) close(t *testing.T) {
	t.Run("a closed transport refuses to publish and to subscribe", s.refusal)
	t.Run("closing again does nothing", s.closeAgain)
	t.Run("Close waits for the event that is being handled", s.closeWaitsForHandling)
	t.Run("Close waits for all events that are not kept", s.closeWaitsForAll)
	t.Run("Close gives up when its context ends", s.closeGivesUp)
}

func (s suite) refusal(t *testing.T) {
	t.Parallel()
	transport := s.open(t)
	in := subscribed(t, transport, "kitchen", created)
	closeNow(t, transport)
	if err := transport.Publish(t.Context(), event("1", created, "a")); !errors.Is(err, eventbus.ErrClosed) {
		t.Errorf("Publish() = %v, want %v", err, eventbus.ErrClosed)
	}
	for _, group := range []string{"kitchen", "delivery"} {
		err := transport.Subscribe(t.Context(), eventbus.Subscription{Group: group, Type: created}, in.deliver)
		if !errors.Is(err, eventbus.ErrClosed) {
			t.Errorf("Subscribe(%s) = %v, want %v", group, err, eventbus.ErrClosed)
		}
	}
	if len(in) != 0 {
		t.Errorf("%d events were delivered after Close, want none", len(in))
	}
}

func (s suite) closeAgain(t *testing.T) {
	t.Parallel()
	transport := s.open(t)
	subscribed(t, transport, "kitchen", created)
	var closing sync.WaitGroup
	for range 4 {
		closing.Go(func() {
			if err := transport.Close(t.Context()); err != nil {
				t.Errorf("Close() = %v, want nil", err)
			}
		})
	}
	closing.Wait()
	closeNow(t, transport)
}

func (s suite) closeWaitsForHandling(t *testing.T) {
	t.Parallel()
	transport := s.open(t)
	began := make(chan struct{})
	var handled atomic.Bool
	subscribe(t, transport, "kitchen", created, func(ctx context.Context, _ cloudevent.Event, _ int) error {
		close(began)
		<-time.After(20 * time.Millisecond) // a handler that takes its time
		handled.Store(ctx.Err() == nil)
		return nil
	})
	publish(t, transport, event("1", created, "a"))
	await(t, "delivery", began)
	closeNow(t, transport)
	if !handled.Load() {
		t.Error("Close did not wait for the handler, or ended its context")
	}
}

func (s suite) closeWaitsForAll(t *testing.T) {
	t.Parallel()
	if s.promises(eventbus.Durability) {
		return // they wait for the next process
	}
	transport := s.open(t)
	in := subscribed(t, transport, "kitchen", created)
	other := subscribed(t, transport, "delivery", created)
	events := numbered("a", 500)
	publish(t, transport, events...)
	closeNow(t, transport)
	if len(in) != len(events) || len(other) != len(events) {
		t.Errorf("%d and %d events were handled when Close returned, want %d", len(in), len(other), len(events))
	}
}

func (s suite) closeGivesUp(t *testing.T) {
	t.Parallel()
	transport := s.open(t)
	began, release := make(chan context.Context, 1), make(chan struct{})
	defer close(release)
	subscribe(t, transport, "kitchen", created, func(ctx context.Context, _ cloudevent.Event, _ int) error {
		began <- ctx
		<-release // ignores its context
		return nil
	})
	publish(t, transport, event("1", created, "a"))
	delivery := await(t, "delivery", began)
	ctx, cancel := context.WithCancel(t.Context())
	closed := make(chan error, 1)
	go func() { closed <- transport.Close(ctx) }()
	cancel()
	if err := await(t, "Close", closed); err == nil && !s.promises(eventbus.Durability) {
		t.Error("Close() = nil, want an error: the event is lost")
	}
	await(t, "end of the delivery's context", delivery.Done())
	closeNow(t, transport)
}
