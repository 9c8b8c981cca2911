package membus_test

import (
	"context"
	"errors"
	"runtime"
	"strconv"
	"testing"
	"testing/synctest"
	"weak"

	"github.com/neuroglia-go/neuroglia/cloudevent"
	"github.com/neuroglia-go/neuroglia/eventbus"
	"github.com/neuroglia-go/neuroglia/eventbus/membus"
	"github.com/neuroglia-go/neuroglia/fault"
)

func TestPublishRefusesMoreThanTheCapacityHavingPublishedNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		transport := membus.New()
		release := make(chan struct{})
		var slow, fast []string
		subscribe(t, transport, "slow", func(_ context.Context, id string) error {
			<-release
			slow = append(slow, id)
			return nil
		})
		subscribe(t, transport, "fast", func(_ context.Context, id string) error {
			fast = append(fast, id)
			return nil
		})
		publish(t, transport, "in hand")
		synctest.Wait()
		for i := range membus.Capacity {
			publish(t, transport, strconv.Itoa(i))
		}
		for range 3 {
			err := transport.Publish(t.Context(), event("too many"))
			if fault.KindOf(err) != fault.Unavailable || err.Error() != "8192 events already wait for slow" {
				t.Fatalf("Publish() = %v of kind %v, want that too many wait for slow", err, fault.KindOf(err))
			}
		}
		other := event("of another type")
		other.Type = "order.cancelled.v1"
		if err := transport.Publish(t.Context(), other); err != nil {
			t.Errorf("Publish() = %v of a type that nobody waits for, want nil", err)
		}
		close(release)
		synctest.Wait()
		publish(t, transport, "last")
		if err := transport.Close(t.Context()); err != nil {
			t.Errorf("Close() = %v, want nil", err)
		}
		for group, got := range map[string][]string{"slow": slow, "fast": fast} {
			if len(got) != membus.Capacity+2 || got[membus.Capacity+1] != "last" {
				t.Errorf("%s got %d events, want %d, and none of those refused", group, len(got), membus.Capacity+2)
			}
		}
	})
}

func TestAnEventThatIsGivenUpIsNotDeliveredAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		transport := membus.New()
		var got []string
		subscribe(t, transport, "kitchen", func(_ context.Context, id string) error {
			got = append(got, id)
			return &eventbus.DeadLetter{Err: errors.New("out of dough")}
		})
		publish(t, transport, "1", "2")
		if err := transport.Close(t.Context()); err != nil {
			t.Errorf("Close() = %v: the error of a handler is not the transport's", err)
		}
		if len(got) != 2 {
			t.Errorf("got the events %v, want each once", got)
		}
	})
}

func TestSubscribersOfAGroupTakeTurns(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		transport := membus.New()
		got := make([]int, 3)
		for i := range got {
			subscribe(t, transport, "kitchen", func(context.Context, string) error {
				got[i]++
				return nil
			})
		}
		for i := range 9 {
			publish(t, transport, strconv.Itoa(i))
		}
		if err := transport.Close(t.Context()); err != nil {
			t.Errorf("Close() = %v, want nil", err)
		}
		for i, n := range got {
			if n != 3 {
				t.Errorf("subscriber %d got %d events, want 3", i, n)
			}
		}
	})
}

func TestHandledEventsAreNotHeldInMemory(t *testing.T) {
	t.Parallel()
	transport := membus.New()
	const n = 100
	release, handled := make(chan struct{}), make(chan weak.Pointer[byte], n)
	deliver := func(_ context.Context, e cloudevent.Event, _ int) error {
		<-release
		handled <- weak.Make(&e.Data[0])
		return nil
	}
	if err := transport.Subscribe(t.Context(), eventbus.Subscription{Group: "kitchen", Type: created}, deliver); err != nil {
		t.Fatal(err)
	}
	for range n {
		e := event("1")
		e.Data = make([]byte, 1<<10)
		if err := transport.Publish(t.Context(), e); err != nil {
			t.Fatal(err)
		}
	}
	close(release)
	pointers := make([]weak.Pointer[byte], n)
	for i := range pointers {
		pointers[i] = <-handled
	}
	runtime.GC()
	held := 0
	for _, p := range pointers[:n-1] { // the last one may still be in the worker's hands
		if p.Value() != nil {
			held++
		}
	}
	if held > 0 {
		t.Errorf("%d of %d handled events are still in memory", held, n)
	}
	if err := transport.Close(t.Context()); err != nil {
		t.Error(err)
	}
}
