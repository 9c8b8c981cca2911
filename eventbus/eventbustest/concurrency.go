package eventbustest

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/neuroglia-go/neuroglia/cloudevent"
	"github.com/neuroglia-go/neuroglia/eventbus"
)

func (s suite) concurrency(t *testing.T) {
	t.Run("many publish at once", s.manyPublishers)
	t.Run("subscribing while others publish", s.lateSubscribers)
	t.Run("closing while others publish loses nothing that was accepted", s.closeWhilePublishing)
}

func (s suite) manyPublishers(t *testing.T) {
	t.Parallel()
	transport := s.open(t)
	inboxes := []inbox{subscribed(t, transport, "kitchen", created), subscribed(t, transport, "delivery", created)}
	const publishers, n = 8, 50
	var publishing sync.WaitGroup
	for i := range publishers {
		publishing.Go(func() {
			for _, e := range numbered(strconv.Itoa(i), n) {
				if err := transport.Publish(t.Context(), e); err != nil {
					t.Errorf("Publish(%s): %v", e.ID, err)
				}
			}
		})
	}
	publishing.Wait()
	if t.Failed() {
		return
	}
	for _, in := range inboxes {
		got := map[string][]string{}
		for _, d := range in.take(t, publishers*n) {
			got[d.Subject] = append(got[d.Subject], d.ID)
		}
		for i := range publishers {
			want := ids(numbered(strconv.Itoa(i), n), func(e cloudevent.Event) string { return e.ID })
			if subject := got[strconv.Itoa(i)]; !slices.Equal(subject, want) {
				t.Errorf("publisher %d: got %v, want each event once, in order", i, subject)
			}
		}
	}
}

func (s suite) lateSubscribers(t *testing.T) {
	t.Parallel()
	transport := s.open(t)
	var working sync.WaitGroup
	working.Go(func() { publish(t, transport, numbered("a", 100)...) })
	inboxes := make([]inbox, 10)
	for i := range inboxes {
		inboxes[i] = newInbox()
		working.Go(func() {
			subscribe(t, transport, fmt.Sprint("group ", i), created, inboxes[i].deliver)
		})
	}
	working.Wait()
	if t.Failed() {
		return
	}
	last := event("last", created, "a")
	publish(t, transport, last)
	for _, in := range inboxes {
		for in.take(t, 1)[0].ID != last.ID {
		}
	}
}

func (s suite) closeWhilePublishing(t *testing.T) {
	t.Parallel()
	transport := s.open(t)
	in := subscribed(t, transport, "kitchen", created)
	var accepted atomic.Int64
	var publishing sync.WaitGroup
	for i := range 4 {
		publishing.Go(func() {
			for _, e := range numbered(strconv.Itoa(i), 200) {
				if err := transport.Publish(t.Context(), e); err != nil {
					if !errors.Is(err, eventbus.ErrClosed) {
						t.Errorf("Publish(%s): %v, want %v", e.ID, err, eventbus.ErrClosed)
					}
					return
				}
				accepted.Add(1)
			}
		})
	}
	in.take(t, 1)
	closeNow(t, transport)
	publishing.Wait()
	if handled := int64(len(in)) + 1; handled != accepted.Load() && !s.promises(eventbus.Durability) {
		t.Errorf("%d of %d accepted events were handled before Close returned nil", handled, accepted.Load())
	}
}
