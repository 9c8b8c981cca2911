package httpbus

import (
	"bytes"
	"context"
	"errors"
	"maps"
	"sync"
	"time"

	"github.com/neuroglia-go/neuroglia/cloudevent"
	"github.com/neuroglia-go/neuroglia/eventbus"
	"github.com/neuroglia-go/neuroglia/fault"
)

// group is subscribers of this process that share events, by turns.
type group struct {
	name        string
	room        chan struct{} // as many as are handled at once
	subscribers []eventbus.Deliver
	turn        int
}

// Receiver returns what a route for events calls for each that was posted, such as that of web.API.Ingest. It returns when
// the event has been handled by all groups of this process that want it, the slowest among them, or by none because there
// are none. A group that has handled an event does not get it again for the sake of another. An error of
// kind fault.Rejected means that the event is given up; any other that it is to be sent again, after the time that the
// method RetryAfter of an error in its tree says.
func (t *Transport) Receiver() func(context.Context, cloudevent.Event) error {
	t.receiving.Store(true)
	return t.receive
}

func (t *Transport) receive(ctx context.Context, e cloudevent.Event) error {
	if !t.begin() {
		return eventbus.ErrClosed
	}
	defer t.working.Done()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(t.delivery, cancel)()
	groups := t.of(e.Type)
	errs := make([]error, len(groups))
	var handling sync.WaitGroup
	for i, g := range groups {
		errs[i] = errors.New("the subscriber ended its goroutine")
		handling.Go(func() { errs[i] = t.handle(ctx, g, e) })
	}
	handling.Wait()
	err := verdict(errs)
	if _, again := errors.AsType[*later](err); !again {
		for _, g := range groups {
			t.history.forget(key{g.name, e.Source, e.ID})
		}
	}
	return err
}

// of returns the groups that want events of a type.
func (t *Transport) of(eventType string) []*group {
	t.mu.Lock()
	defer t.mu.Unlock()
	var found []*group
	for g := range maps.Values(t.groups[eventType]) {
		found = append(found, g)
	}
	return found
}

// handle delivers an event to one group: after those of the same subject that came before it, and unless an earlier
// attempt came to an end for this group and not for another.
func (t *Transport) handle(ctx context.Context, g *group, e cloudevent.Event) error {
	leave, err := t.lanes.enter(ctx, key{g.name, e.Type, e.Subject})
	if err != nil {
		return err
	}
	defer leave()
	attempt, done := t.history.begin(key{g.name, e.Source, e.ID})
	if done {
		return nil
	}
	select {
	case g.room <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-g.room }()
	e.Extensions, e.Data = maps.Clone(e.Extensions), bytes.Clone(e.Data) // which another group may change
	err = t.next(g)(ctx, e, attempt)
	if _, dead := errors.AsType[*eventbus.DeadLetter](err); err == nil || dead {
		t.history.end(key{g.name, e.Source, e.ID})
	}
	return err
}

func (t *Transport) next(g *group) eventbus.Deliver {
	t.mu.Lock()
	defer t.mu.Unlock()
	g.turn++
	return g.subscribers[g.turn%len(g.subscribers)]
}

// verdict returns what follows from the errors of all groups: another attempt if one of them needs it.
func verdict(errs []error) error {
	var again []error
	var after time.Duration
	given := error(nil)
	for _, err := range errs {
		if err == nil {
			continue
		}
		if dead, ok := errors.AsType[*eventbus.DeadLetter](err); ok {
			given = givenUp(dead.Err)
			continue
		}
		again = append(again, err)
		if redeliver, ok := errors.AsType[*eventbus.Redeliver](err); ok {
			after = max(after, redeliver.After)
		}
	}
	if len(again) > 0 {
		return fault.New(fault.Unavailable, "%w", &later{error: errors.Join(again...), after: after})
	}
	return given
}

// givenUp says what the sender may know.
func givenUp(err error) error {
	if refused, ok := errors.AsType[*fault.Error](err); ok && fault.KindOf(err).Refusal() {
		return fault.New(fault.Rejected, "%s", refused.Message)
	}
	return fault.New(fault.Rejected, "the event cannot be handled, and is given up")
}

// later is the error of an event that is to be sent again.
type later struct {
	error
	after time.Duration
}

// RetryAfter is how long the sender should wait.
func (l *later) RetryAfter() time.Duration { return l.after }

// Unwrap returns why the event was not handled.
func (l *later) Unwrap() error { return l.error }
