// Package membus takes events to subscribers in the same process. Events are not kept: those that a process has not
// handled when it dies are lost, and an event whose handling failed is not delivered again.
package membus

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"sync"

	"github.com/neuroglia-go/neuroglia/cloudevent"
	"github.com/neuroglia-go/neuroglia/eventbus"
	"github.com/neuroglia-go/neuroglia/fault"
)

// Capacity is how many events may wait for one group. Publishing one more fails: waiting for room could wait for the
// very handler that publishes.
const Capacity = 8192

// Transport is an eventbus.Transport in memory.
type Transport struct {
	delivery context.Context // of the deliveries; ends with the transport
	cancel   context.CancelFunc
	workers  sync.WaitGroup

	mu      sync.Mutex
	changed *sync.Cond // of what follows
	closed  bool
	groups  map[eventbus.Subscription]*group
	left    int // events that wait or are being handled
}

var _ eventbus.Transport = (*Transport)(nil)

// group is subscribers that share events, and the events that wait for them. They are handled one at a time, which keeps
// their order.
type group struct {
	queue       []cloudevent.Event
	subscribers []eventbus.Deliver
}

// New returns a transport with no subscribers.
func New() *Transport {
	t := &Transport{groups: map[eventbus.Subscription]*group{}}
	t.changed = sync.NewCond(&t.mu)
	t.delivery, t.cancel = context.WithCancel(context.Background())
	return t
}

// System implements eventbus.Transport.
func (*Transport) System() string { return "memory" }

// Exceptions implements eventbus.Transport.
func (*Transport) Exceptions() map[eventbus.Promise]string {
	return map[eventbus.Promise]string{
		eventbus.Processes:   "the bus is inside one process",
		eventbus.Durability:  "events end with the process",
		eventbus.Redelivery:  "an event is delivered once, handled or not",
		eventbus.DeadLetters: "events are not kept",
	}
}

// Publish implements eventbus.Transport. It returns an error of kind fault.Unavailable, having published nothing, if
// [Capacity] events wait for one of the groups.
func (t *Transport) Publish(ctx context.Context, e cloudevent.Event) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed {
		return eventbus.ErrClosed
	}
	for s, g := range t.groups {
		if s.Type == e.Type && len(g.queue) >= Capacity {
			return fault.New(fault.Unavailable, "%d events already wait for %s", Capacity, s.Group)
		}
	}
	for s, g := range t.groups {
		if s.Type == e.Type {
			g.queue = append(g.queue, copied(e))
			t.left++
		}
	}
	t.changed.Broadcast()
	return nil
}

// copied returns an event that shares nothing with e, so that neither the publisher nor another group can change it.
func copied(e cloudevent.Event) cloudevent.Event {
	e.Extensions, e.Data = maps.Clone(e.Extensions), bytes.Clone(e.Data)
	return e
}

// Subscribe implements eventbus.Transport. Delivery contexts end when Close gives up waiting.
func (t *Transport) Subscribe(_ context.Context, s eventbus.Subscription, deliver eventbus.Deliver) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed {
		return eventbus.ErrClosed
	}
	s.Concurrency = 0 // subscribers share a group whatever theirs is
	if g, ok := t.groups[s]; ok {
		g.subscribers = append(g.subscribers, deliver)
		return nil
	}
	g := &group{subscribers: []eventbus.Deliver{deliver}}
	t.groups[s] = g
	t.workers.Go(func() { t.work(g) })
	return nil
}

// work delivers the events of a group until the transport is closed, to each subscriber in turn.
func (t *Transport) work(g *group) {
	closed := false
	defer func() {
		if !closed { // a subscriber has ended the goroutine
			t.workers.Go(func() { t.work(g) })
		}
	}()
	for turn := 0; ; turn++ {
		e, deliver, ok := t.take(g, turn)
		if closed = !ok; closed {
			return
		}
		t.deliver(deliver, e)
	}
}

func (t *Transport) deliver(deliver eventbus.Deliver, e cloudevent.Event) {
	defer func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		t.left--
		t.changed.Broadcast()
	}()
	_ = deliver(t.delivery, e, 1) // the bus has reported the error, and there is no other delivery
}

func (t *Transport) take(g *group, turn int) (cloudevent.Event, eventbus.Deliver, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for len(g.queue) == 0 && !t.closed {
		t.changed.Wait()
	}
	if t.closed {
		return cloudevent.Event{}, nil, false
	}
	e := g.queue[0]
	g.queue[0] = cloudevent.Event{} // which the array behind the queue would keep
	g.queue = g.queue[1:]
	return e, g.subscribers[turn%len(g.subscribers)], true
}

// Close implements eventbus.Transport. Events that handlers publish while it waits are accepted, and waited for.
func (t *Transport) Close(ctx context.Context) error {
	stop := context.AfterFunc(ctx, func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		t.changed.Broadcast()
	})
	defer stop()
	lost, first := t.close(ctx)
	switch {
	case !first:
		return nil
	case lost > 0:
		return fmt.Errorf("%d events were not handled: %w", lost, ctx.Err())
	}
	t.workers.Wait() // they have nothing to do
	return nil
}

// close waits for the events that are left, and closes the transport. It returns how many it gave up, and whether it was
// this call that closed the transport.
func (t *Transport) close(ctx context.Context) (lost int, first bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for t.left > 0 && !t.closed && ctx.Err() == nil {
		t.changed.Wait()
	}
	if t.closed {
		return 0, false
	}
	t.closed = true
	t.changed.Broadcast()
	t.cancel()
	return t.left, true
}
