// Package membus takes events to subscribers in the same process. By itself it does not keep them: those that a process
// has not handled when it dies are lost. Behind an outbox nothing is lost, since the outbox keeps each event until all
// subscribers have handled it.
package membus

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"sync"
	"time"

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
	closing bool       // no more is taken that somebody else keeps
	closed  bool
	groups  map[name]*group
	left    int // events that wait or are being handled
}

var _ eventbus.Confirming = (*Transport)(nil)

// New returns a transport with no subscribers.
func New() *Transport {
	t := &Transport{groups: map[name]*group{}}
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
		eventbus.DeadLetters: "events are not kept",
	}
}

// Publish implements eventbus.Transport. It returns an error of kind fault.Unavailable, having published nothing, if
// [Capacity] events wait for one of the groups.
func (t *Transport) Publish(ctx context.Context, e cloudevent.Event) error {
	return t.publish(ctx, e, nil)
}

// PublishConfirmed implements eventbus.Confirming.
func (t *Transport) PublishConfirmed(ctx context.Context, e cloudevent.Event, c eventbus.Confirmation) error {
	return t.publish(ctx, e, &confirmation{Confirmation: c})
}

func (t *Transport) publish(ctx context.Context, e cloudevent.Event, c *confirmation) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed || t.closing && c != nil {
		return eventbus.ErrClosed
	}
	var to []*group
	for n, g := range t.groups {
		if n.eventType != e.Type || c != nil && c.Skip(n.group) {
			continue
		}
		if g.waiting-g.running >= Capacity {
			return fault.New(fault.Unavailable, "%d events already wait for %s", Capacity, n.group)
		}
		to = append(to, g)
	}
	if c != nil {
		if c.left = len(to); c.left == 0 {
			go c.Done(nil)
		}
	}
	for _, g := range to {
		t.left++
		g.push(&item{event: copied(e), attempt: 1, confirmation: c})
		t.run(g)
	}
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
	n := name{s.Group, s.Type}
	g, ok := t.groups[n]
	if !ok {
		g = &group{name: n, lanes: map[string]*lane{}}
		t.groups[n] = g
	}
	g.subscribers = append(g.subscribers, deliver)
	g.concurrency += max(s.Concurrency, 1)
	t.run(g)
	return nil
}

// run begins to handle what can be. The caller holds the lock.
func (t *Transport) run(g *group) {
	for g.running < g.concurrency {
		l, ok := g.next()
		if !ok {
			return
		}
		g.running++
		deliver := g.subscribers[g.turn%len(g.subscribers)]
		g.turn++
		first := l.items[0]
		l.busy = true
		t.workers.Go(func() { t.deliver(g, l, first, deliver) })
	}
}

// deliver handles the first event of a lane.
func (t *Transport) deliver(g *group, l *lane, first *item, deliver eventbus.Deliver) {
	err := errors.New("the subscriber has ended its goroutine")
	defer func() { t.conclude(g, l, first, err) }()
	err = deliver(t.delivery, first.event, first.attempt)
}

// conclude notes what came of the first event of a lane.
func (t *Transport) conclude(g *group, l *lane, first *item, err error) {
	again, dead := (*eventbus.Redeliver)(nil), (*eventbus.DeadLetter)(nil)
	t.mu.Lock()
	defer t.mu.Unlock()
	g.running--
	l.busy = false
	switch {
	case t.closed:
		// Close has given it up, and told so.
		return
	case err == nil:
		t.finish(g, l, nil)
	case errors.As(err, &dead):
		t.finish(g, l, dead)
	case t.closing && first.confirmation != nil:
		t.finish(g, l, err) // who keeps it tries again
	case errors.As(err, &again):
		first.attempt++
		t.later(g, l, again.After)
	default:
		first.attempt++
		t.later(g, l, 0)
	}
	t.run(g)
	t.changed.Broadcast()
}

// finish takes the first event out of its lane, with what came of it.
func (t *Transport) finish(g *group, l *lane, err error) {
	first := g.pop(l)
	t.left--
	if first.confirmation != nil {
		go first.confirmation.concluded(g.name.group, err)
	}
}

// later makes a lane wait.
func (t *Transport) later(g *group, l *lane, wait time.Duration) {
	if wait <= 0 {
		g.ready = append(g.ready, l)
		return
	}
	time.AfterFunc(wait, func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		if !t.closed && len(l.items) > 0 {
			g.ready = append(g.ready, l)
			t.run(g)
		}
	})
}

// Close implements eventbus.Transport. Events that handlers publish while it waits are accepted, and waited for. Those
// that are kept elsewhere are given back if nobody handles them yet.
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

// close waits for the events that are left, and closes the transport. It returns how many it gave up that nobody keeps,
// and whether it was this call that closed the transport.
func (t *Transport) close(ctx context.Context) (lost int, first bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.closing = true
	t.giveBack()
	for t.left > 0 && !t.closed && ctx.Err() == nil {
		t.changed.Wait()
	}
	if t.closed {
		return 0, false
	}
	t.closed = true
	t.changed.Broadcast()
	t.cancel()
	for _, g := range t.groups {
		for _, l := range g.lanes {
			for _, i := range l.items {
				if i.confirmation == nil {
					lost++
				} else {
					go i.confirmation.concluded(g.name.group, eventbus.ErrClosed)
				}
			}
		}
	}
	return lost, true
}

// giveBack concludes the events that somebody else keeps and nobody handles yet. The caller holds the lock.
func (t *Transport) giveBack() {
	for _, g := range t.groups {
		for _, l := range g.lanes {
			for _, i := range g.unconfirm(l) {
				t.left--
				go i.confirmation.concluded(g.name.group, eventbus.ErrClosed)
			}
		}
	}
}
