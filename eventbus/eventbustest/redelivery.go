package eventbustest

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/neuroglia-go/neuroglia/cloudevent"
	"github.com/neuroglia-go/neuroglia/eventbus"
)

func (s suite) redelivery(t *testing.T) {
	t.Run("an event that was not handled comes again, with its attempt", s.comesAgain)
	t.Run("an event comes again after the time given, and before later ones of its subject", s.comesAgainInOrder)
	t.Run("an event that is given up does not come again, and others flow", s.givenUp)
}

func (s suite) comesAgain(t *testing.T) {
	t.Parallel()
	s.needs(t, eventbus.Redelivery)
	transport := s.open(t)
	in := newInbox()
	subscribe(t, transport, "kitchen", created, func(ctx context.Context, e cloudevent.Event, attempt int) error {
		if err := in.deliver(ctx, e, attempt); err != nil || attempt == 3 || e.ID != "1" {
			return err
		}
		return errors.New("out of dough")
	})
	want := event("1", created, "a")
	publish(t, transport, want)
	for attempt := range 3 {
		got := in.take(t, 1)[0]
		equal(t, got.Event, want)
		if got.attempt != attempt+1 {
			t.Errorf("attempt %d, want %d", got.attempt, attempt+1)
		}
	}
	in.wantNoMore(t, transport, created, "a")
}

func (s suite) comesAgainInOrder(t *testing.T) {
	t.Parallel()
	s.needs(t, eventbus.Redelivery)
	transport := s.open(t)
	const wait = 50 * time.Millisecond
	in := newInbox()
	failed, came := make(chan time.Time, 1), make(chan time.Time, 1)
	for range 2 { // of whom any may get the second attempt
		subscribe(t, transport, "kitchen", created, func(ctx context.Context, e cloudevent.Event, attempt int) error {
			if err := in.deliver(ctx, e, attempt); err != nil || e.ID != "a-001" {
				return err
			}
			if attempt == 1 {
				failed <- time.Now()
				return &eventbus.Redeliver{After: wait, Err: errors.New("out of dough")}
			}
			came <- time.Now()
			return nil
		})
	}
	publish(t, transport, numbered("a", 4)...)
	got := ids(in.take(t, 5), func(d delivered) string { return d.ID })
	if want := []string{"a-000", "a-001", "a-001", "a-002", "a-003"}; !slices.Equal(got, want) {
		t.Errorf("got the events %v, want %v", got, want)
	}
	if waited := (<-came).Sub(<-failed); waited < wait {
		t.Errorf("it came again after %s, want at least %s", waited, wait)
	}
}

func (s suite) givenUp(t *testing.T) {
	t.Parallel()
	s.needs(t, eventbus.Redelivery)
	transport := s.open(t)
	in := newInbox()
	subscribe(t, transport, "kitchen", created, func(ctx context.Context, e cloudevent.Event, attempt int) error {
		if err := in.deliver(ctx, e, attempt); err != nil || e.ID != "a-000" {
			return err
		}
		return &eventbus.DeadLetter{Err: errors.New("no such pizza")}
	})
	events := append(numbered("a", 3), numbered("b", 3)...)
	publish(t, transport, events...)
	in.want(t, events...)
	in.wantNoMore(t, transport, created, "a", "b")
}
