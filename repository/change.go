package repository

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/neuroglia-go/neuroglia/aggregate"
	"github.com/neuroglia-go/neuroglia/internal/instrument"
	"github.com/neuroglia-go/neuroglia/outbox"
)

// Add stores a new aggregate, then dispatches its events. It returns [ErrExists], of kind fault.Conflict, if one with
// its identity is there.
func (r *Repository[A]) Add(ctx context.Context, a *A) error {
	root := r.root(a)
	return r.change(ctx, "add", root.ID(), func(ctx context.Context, keep keep) (aggregate.Aggregate, raised, error) {
		events, err := keep(aggregate.Pending(root, r.name))
		if err != nil {
			return nil, raised{}, err
		}
		return root, events, r.save(ctx, Change[A]{Op: Add, ID: root.ID(), State: a, Expected: root.Version(), Events: events.kept})
	})
}

// Update loads the aggregate, lets mutate change it and saves it, then dispatches its events. If somebody else saved it
// in between, it starts again with what they saved, so mutate may run several times and must change nothing else. It
// returns mutate's error as it is, having saved nothing; [ErrNotFound] if there is no such aggregate; [ErrVersion], of
// kind fault.Conflict, if others were always faster.
func (r *Repository[A]) Update(ctx context.Context, id string, mutate func(*A) error) error {
	return r.change(ctx, "update", id, func(ctx context.Context, keep keep) (aggregate.Aggregate, raised, error) {
		return r.rewrite(ctx, keep, Change[A]{Op: Update, ID: id}, mutate)
	})
}

// Remove deletes the aggregate. Last, which may be nil, sees it before that as the function of [Repository.Update] does:
// it may refuse, or raise events, which are dispatched afterwards. Remove returns [ErrNotFound], of kind fault.NotFound,
// if there is no such aggregate.
func (r *Repository[A]) Remove(ctx context.Context, id string, last func(*A) error) error {
	return r.change(ctx, "remove", id, func(ctx context.Context, keep keep) (aggregate.Aggregate, raised, error) {
		if last == nil {
			return nil, raised{}, r.save(ctx, Change[A]{Op: Remove, ID: id})
		}
		_, events, err := r.rewrite(ctx, keep, Change[A]{Op: Remove, ID: id}, last)
		return nil, events, err
	})
}

// Once is [Repository.Update] for handlers of events and of messages on a bus, which may come twice: if this handler has
// changed this aggregate because of this message before, Once returns nil and does not call mutate. The change and the
// note that it was made are one step, so the effect is there exactly once, whatever dies. The note is kept as long as the
// relay of the store's outbox keeps such notes, a week by default. Outside of such a handler Once returns an error.
func (r *Repository[A]) Once(ctx context.Context, id string, mutate func(*A) error) error {
	handling, ok := aggregate.HandlingFrom(ctx)
	if !ok {
		return fmt.Errorf("once update %s %q: the context is not that of a handler of an event or message", r.name, id)
	}
	key := handling.Consumer + "|" + handling.MessageID + "|" + r.name + "|" + id
	return r.change(ctx, "update", id, func(ctx context.Context, keep keep) (aggregate.Aggregate, raised, error) {
		seen, err := r.store.Seen(ctx, id, key)
		if err != nil {
			return nil, raised{}, r.explain(err, "look in the inbox of", id)
		}
		if !seen {
			root, events, err := r.rewrite(ctx, keep, Change[A]{Op: Update, ID: id, Once: key}, mutate)
			if !errors.Is(err, ErrDuplicate) {
				return root, events, err
			}
		}
		r.telemetry.duplicate(ctx, instrument.ShortName(handling.Consumer))
		return nil, raised{}, nil
	})
}

// rewrite changes an aggregate that is there, again and again while others do.
func (r *Repository[A]) rewrite(ctx context.Context, keep keep, c Change[A], mutate func(*A) error) (
	aggregate.Aggregate, raised, error) {
	for attempt := 1; ; attempt++ {
		root, events, err := r.tryRewrite(ctx, keep, c, mutate)
		if !errors.Is(err, errMet) {
			return root, events, err
		}
		r.telemetry.conflict(ctx, attempt)
		if attempt >= r.options.attempts {
			return nil, raised{}, r.explain(ErrVersion, c.Op.String(), c.ID)
		}
		if err := pause(ctx, attempt); err != nil {
			return nil, raised{}, r.explain(err, c.Op.String(), c.ID)
		}
	}
}

// errMet says that an attempt met another change of the aggregate.
var errMet = errors.New("met another change")

func (r *Repository[A]) tryRewrite(ctx context.Context, keep keep, c Change[A], mutate func(*A) error) (
	aggregate.Aggregate, raised, error) {
	a, err := r.get(ctx, c.ID)
	if err != nil {
		return nil, raised{}, err
	}
	if err := mutate(a); err != nil {
		return nil, raised{}, err
	}
	root := r.root(a)
	events, err := keep(aggregate.Pending(root, r.name))
	if err != nil {
		return nil, raised{}, err
	}
	c.Expected, c.Events = root.Version(), events.kept
	if c.Op == Update {
		c.State = a
	}
	if err := r.save(ctx, c); errors.Is(err, ErrVersion) {
		return nil, raised{}, errMet
	} else if err != nil {
		return nil, raised{}, err
	}
	return root, events, nil
}

// raised is the events of a change: to be dispatched after the commit, or, with a keeper, kept in it.
type raised struct {
	events []aggregate.Raised
	kept   []outbox.Entry
}

// keep makes of events what is to become of them.
type keep func([]aggregate.Raised) (raised, error)

// keeping returns how the events of a change are kept that is made under ctx.
func (r *Repository[A]) keeping(ctx context.Context) keep {
	return func(events []aggregate.Raised) (raised, error) {
		if r.keeper == nil || len(events) == 0 {
			return raised{events: events}, nil
		}
		kept, err := r.keeper.Keep(ctx, events)
		return raised{kept: kept}, err
	}
}

// change runs save in a span, then has the events it returns handled. What they belong to is the caller's work, not the
// span.
func (r *Repository[A]) change(ctx context.Context, name, id string,
	save func(context.Context, keep) (aggregate.Aggregate, raised, error)) error {
	events, err := r.commit(ctx, name, id, save)
	if err == nil {
		r.dispatch(ctx, events)
	}
	return err
}

func (r *Repository[A]) commit(ctx context.Context, name, id string,
	save func(context.Context, keep) (aggregate.Aggregate, raised, error)) (events raised, err error) {
	keep := r.keeping(ctx)
	ctx, op := r.telemetry.begin(ctx, name, id)
	err = instrument.ErrUnfinished
	defer func() { op.end(ctx, err) }()
	root, events, err := save(ctx, keep)
	if err != nil {
		return raised{}, err
	}
	if root != nil {
		aggregate.Stored(root)
		op.version(root)
	}
	return events, nil
}

// deadlineKey is the context key of the end of the dispatch that a change is made in, by a handler of another's events.
type deadlineKey struct{}

// dispatch runs the handlers of events that are committed. The caller has what it asked for whatever comes of them, and
// its giving up does not undo the commit: so they outlive its context and their errors are not its errors. Changes that
// they make in turn have no more time than is left.
func (r *Repository[A]) dispatch(ctx context.Context, raised raised) {
	if len(raised.events)+len(raised.kept) == 0 || r.dispatcher == nil {
		return
	}
	deadline := time.Now().Add(r.options.dispatchTimeout)
	if outer, ok := ctx.Value(deadlineKey{}).(time.Time); ok && outer.Before(deadline) {
		deadline = outer
	}
	ctx = context.WithValue(context.WithoutCancel(ctx), deadlineKey{}, deadline)
	ctx, cancel := context.WithDeadline(ctx, deadline)
	defer cancel()
	if len(raised.kept) > 0 {
		r.keeper.Deliver(ctx, raised.kept)
	}
	for _, event := range raised.events {
		if err := r.dispatcher.Dispatch(ctx, event); err != nil {
			r.telemetry.undispatched(ctx, event, err)
		}
	}
}

// pause waits a little before another attempt, longer each time and never the same, so that rivals do not meet again.
func pause(ctx context.Context, attempt int) error {
	const unit = 2 * time.Millisecond
	wait := time.NewTimer(rand.N(unit << min(attempt, 6)))
	defer wait.Stop()
	select {
	case <-wait.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
