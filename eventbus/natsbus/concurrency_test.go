package natsbus_test

import (
	"context"
	"runtime"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/neuroglia-go/neuroglia/cloudevent"
)

func TestSubjectsAreHandledAtOnceAsFarAsConcurrencyAllows(t *testing.T) {
	t.Parallel()
	transport := newServer(t).process(t)
	const limit = 3
	began, release := make(chan string, 100), make(chan struct{})
	var working, most atomic.Int32
	subscribe(t, transport, "kitchen", limit, func(_ context.Context, e cloudevent.Event, _ int) error {
		most.Store(max(most.Load(), working.Add(1)))
		defer working.Add(-1)
		began <- e.Subject
		<-release
		return nil
	})
	const subjects = 30
	for i := range subjects {
		publish(t, transport, event(strconv.Itoa(i), "subject "+strconv.Itoa(i)))
	}
	for range limit {
		await(t, "handling of several subjects at once", began)
	}
	select {
	case subject := <-began:
		t.Errorf("%s is handled beside %d others", subject, limit)
	case <-time.After(50 * time.Millisecond):
	}
	close(release)
	for range subjects - limit {
		await(t, "event", began)
	}
	if most.Load() != limit {
		t.Errorf("%d subjects were handled at once, want %d", most.Load(), limit)
	}
}

func TestCloseGivesEventsThatHaveNotBegunToOthers(t *testing.T) {
	t.Parallel()
	b := newServer(t)
	one := b.open(t)
	began, release := make(chan string, 100), make(chan struct{})
	subscribe(t, one, "kitchen", 1, func(_ context.Context, e cloudevent.Event, _ int) error {
		began <- e.ID
		<-release
		return nil
	})
	two := b.process(t)
	publish(t, two, event("1", "a"), event("2", "b"), event("3", "c"), event("4", "d"))
	first := await(t, "delivery", began)
	in := newInbox()
	closed := make(chan struct{})
	go func() {
		defer close(closed)
		stop(t, one)
	}()
	subscribe(t, two, "kitchen", 1, in.deliver)
	for range 3 { // well before the server would think that the other is dead
		if got := await(t, "event that was given back", in); got.ID == first {
			t.Errorf("got %s, which is being handled", got)
		}
	}
	close(release)
	await(t, "Close", closed)
	publish(t, two, event("5", "a"))
	if got := await(t, "last event", in); got.ID != "5" {
		t.Errorf("got %s, which was handled before Close returned", got)
	}
}

func TestAHandlerThatEndsItsGoroutineIsAFailure(t *testing.T) {
	t.Parallel()
	transport := newServer(t).process(t)
	in := newInbox()
	subscribe(t, transport, "kitchen", 1, func(ctx context.Context, e cloudevent.Event, attempt int) error {
		if attempt == 1 {
			runtime.Goexit()
		}
		return in.deliver(ctx, e, attempt)
	})
	publish(t, transport, event("1", "a"))
	in.want(t, "1(2)")
}
