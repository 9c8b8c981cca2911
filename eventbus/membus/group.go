package membus

import (
	"errors"
	"sync"

	"github.com/neuroglia-go/neuroglia/cloudevent"
	"github.com/neuroglia-go/neuroglia/eventbus"
	"github.com/neuroglia-go/neuroglia/retry"
)

// name is that of a group: its subscribers share the events of a type.
type name struct{ group, eventType string }

// group is subscribers that share events, and the events that wait for them. The transport's lock guards it.
type group struct {
	name        name
	subscribers []eventbus.Deliver
	concurrency int
	running     int
	turn        int // whose it is
	waiting     int // events that wait or are being handled
	lanes       map[string]*lane
	ready       []*lane // in which an event can be handled, oldest first
}

// lane is the events of one subject, which are handled one at a time.
type lane struct {
	subject string
	items   []*item
	busy    bool // the first is being handled
}

type item struct {
	event        cloudevent.Event
	attempt      int
	confirmation *confirmation // nil if nobody wants to know
}

func (g *group) push(i *item) {
	g.waiting++
	l, ok := g.lanes[i.event.Subject]
	if !ok {
		l = &lane{subject: i.event.Subject}
		g.lanes[i.event.Subject] = l
		g.ready = append(g.ready, l)
	}
	l.items = append(l.items, i)
}

// next takes a lane whose first event can be handled.
func (g *group) next() (*lane, bool) {
	for len(g.ready) > 0 {
		l := g.ready[0]
		g.ready[0] = nil // which the array behind the slice would keep
		g.ready = g.ready[1:]
		if len(l.items) > 0 {
			return l, true
		}
	}
	return nil, false
}

// unconfirm takes the events out of a lane that have a confirmation and are not being handled.
func (g *group) unconfirm(l *lane) []*item {
	var kept, taken []*item
	for n, i := range l.items {
		if i.confirmation == nil || n == 0 && l.busy {
			kept = append(kept, i)
		} else {
			taken = append(taken, i)
		}
	}
	l.items = kept
	g.waiting -= len(taken)
	if len(kept) == 0 {
		delete(g.lanes, l.subject)
	}
	return taken
}

// pop takes the first event out of a lane that is not ready, which is if there is another.
func (g *group) pop(l *lane) *item {
	first := l.items[0]
	l.items[0] = nil
	l.items = l.items[1:]
	g.waiting--
	if len(l.items) > 0 {
		g.ready = append(g.ready, l)
	} else {
		delete(g.lanes, l.subject)
	}
	return first
}

// confirmation tells a publisher what came of an event.
type confirmation struct {
	eventbus.Confirmation

	mu   sync.Mutex
	left int // groups
	errs []error
}

// concluded notes that a group has handled the event, or with an error that it has not.
func (c *confirmation) concluded(group string, err error) {
	if err == nil {
		c.Handled(group)
	}
	c.mu.Lock()
	if dead := (*eventbus.DeadLetter)(nil); errors.As(err, &dead) {
		err = retry.Final(dead.Err)
	}
	if err != nil {
		c.errs = append(c.errs, err)
	}
	c.left--
	last, all := c.left == 0, errors.Join(c.errs...)
	c.mu.Unlock()
	if last {
		c.Done(all)
	}
}
