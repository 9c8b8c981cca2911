package membus_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/neuroglia-go/neuroglia/cloudevent"
	"github.com/neuroglia-go/neuroglia/eventbus"
	"github.com/neuroglia-go/neuroglia/eventbus/membus"
)

const created = "order.created.v1"

func event(id string) cloudevent.Event {
	return cloudevent.Event{ID: id, Source: "/test", Type: created, Subject: "4711", Data: []byte(`{}`)}
}

func subscribe(t *testing.T, transport *membus.Transport, group string, handle func(context.Context, string) error) {
	t.Helper()
	deliver := func(ctx context.Context, e cloudevent.Event, _ int) error { return handle(ctx, e.ID) }
	if err := transport.Subscribe(t.Context(), eventbus.Subscription{Group: group, Type: created}, deliver); err != nil {
		t.Fatalf("Subscribe(%s): %v", group, err)
	}
}

func publish(t *testing.T, transport *membus.Transport, ids ...string) {
	t.Helper()
	for _, id := range ids {
		if err := transport.Publish(t.Context(), event(id)); err != nil {
			t.Fatalf("Publish(%s): %v", id, err)
		}
	}
}

func TestCloseWaitsForWhatHandlersPublishMeanwhile(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		transport := membus.New()
		var handled []string
		subscribe(t, transport, "kitchen", func(ctx context.Context, id string) error {
			time.Sleep(time.Minute)
			handled = append(handled, id)
			if len(handled) < 5 {
				return transport.Publish(ctx, event(id+"+"))
			}
			return nil
		})
		publish(t, transport, "1")
		began := time.Now()
		if err := transport.Close(t.Context()); err != nil {
			t.Errorf("Close() = %v, want nil", err)
		}
		if got, want := time.Since(began), 5*time.Minute; got != want || len(handled) != 5 {
			t.Errorf("Close took %v for %v, want %v for five events", got, handled, want)
		}
	})
}

func TestCloseThatGivesUpCountsWhatIsLostAndDeliversNoMore(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		transport := membus.New()
		var begun []string
		subscribe(t, transport, "kitchen", func(ctx context.Context, id string) error {
			begun = append(begun, id)
			<-ctx.Done()
			return ctx.Err()
		})
		publish(t, transport, "1", "2", "3")
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		began := time.Now()
		err := transport.Close(ctx)
		if err == nil || err.Error() != "3 events were not handled: context deadline exceeded" ||
			!errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Close() = %v, want that 3 events were not handled", err)
		}
		if got, want := time.Since(began), time.Second; got != want {
			t.Errorf("Close took %v, want %v", got, want)
		}
		synctest.Wait()
		if len(begun) != 1 {
			t.Errorf("the events %v were delivered, want only the first", begun)
		}
	})
}

func TestCloseUnderAnEndedContextDoesNotWait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		idle := membus.New()
		subscribe(t, idle, "kitchen", func(context.Context, string) error { return nil })
		if err := idle.Close(ctx); err != nil {
			t.Errorf("Close() = %v when nothing is left, want nil", err)
		}
		busy := membus.New()
		subscribe(t, busy, "kitchen", func(ctx context.Context, _ string) error {
			<-ctx.Done()
			return nil
		})
		publish(t, busy, "1")
		if err := busy.Close(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("Close() = %v when an event is left, want %v", err, context.Canceled)
		}
	})
}

func TestASecondCloseDoesNotWaitForAHandlerThatHangs(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		transport := membus.New()
		release := make(chan struct{})
		defer close(release)
		subscribe(t, transport, "kitchen", func(context.Context, string) error {
			<-release
			return nil
		})
		publish(t, transport, "1")
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := transport.Close(ctx); err == nil {
			t.Error("Close() = nil, want that an event was not handled")
		}
		if err := transport.Close(t.Context()); err != nil {
			t.Errorf("second Close() = %v, want nil", err)
		}
	})
}

func TestAHandlerMayCloseItsTransport(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		transport := membus.New()
		closed := make(chan error, 1)
		subscribe(t, transport, "kitchen", func(ctx context.Context, _ string) error {
			ctx, cancel := context.WithTimeout(ctx, time.Second)
			defer cancel()
			closed <- transport.Close(ctx) // its own event is left
			return nil
		})
		publish(t, transport, "1")
		if err := <-closed; !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Close() = %v, want %v", err, context.DeadlineExceeded)
		}
	})
}
