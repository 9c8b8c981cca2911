// Package repository stores aggregates and hands on the events they raised.
//
// [Repository] is the portable type that applications use. It loads, changes and saves with optimistic versions, traces
// and measures each operation, and dispatches events after the commit. What differs between databases is behind the
// small interface [Store]; its drivers are packages such as memrepo and sqlrepo.
package repository

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"time"

	"github.com/neuroglia-go/neuroglia/aggregate"
	"github.com/neuroglia-go/neuroglia/fault"
	"github.com/neuroglia-go/neuroglia/internal/instrument"
	"github.com/neuroglia-go/neuroglia/telemetry"
)

// Dispatcher gets the events of an aggregate once it is stored. A *mediator.Mediator is one. The dispatcher reports
// what fails in it; the repository only writes its error to the log.
type Dispatcher interface {
	Dispatch(ctx context.Context, r aggregate.Raised) error
}

// Repository stores aggregates of type A. It is safe for concurrent use.
type Repository[A any] struct {
	store      Store[A]
	root       func(*A) aggregate.Aggregate
	name       string // of A, such as "Order"
	dispatcher Dispatcher
	options    options
	telemetry  *instruments
}

type options struct {
	telemetry       telemetry.Providers
	attempts        int
	dispatchTimeout time.Duration
}

// Option changes a default of [New].
type Option func(*options)

// WithTelemetry sends spans, metrics and logs to p. Defaults to OpenTelemetry's globals and slog's default logger.
func WithTelemetry(p telemetry.Providers) Option { return func(o *options) { o.telemetry = p } }

// WithAttempts sets how often [Repository.Update] tries when others change the aggregate at the same time. Defaults to
// 20, which dozens of clients of one aggregate do not use up; less than 1 means 1.
func WithAttempts(n int) Option { return func(o *options) { o.attempts = max(n, 1) } }

// WithDispatchTimeout bounds the time that the handlers of the events of one change have. They run after the commit,
// so they are not cancelled with the request. Defaults to 30 seconds.
func WithDispatchTimeout(d time.Duration) Option { return func(o *options) { o.dispatchTimeout = d } }

// New returns a repository over store that hands events to dispatcher; a nil dispatcher drops them.
func New[A any, P aggregate.Pointer[A]](store Store[A], dispatcher Dispatcher, opts ...Option) *Repository[A] {
	o := options{attempts: 20, dispatchTimeout: 30 * time.Second}
	for _, option := range opts {
		option(&o)
	}
	name := instrument.TypeName(reflect.TypeFor[A]())
	return &Repository[A]{
		store: store, name: name, dispatcher: dispatcher, options: o,
		root:      func(a *A) aggregate.Aggregate { return P(a) },
		telemetry: newInstruments(o.telemetry.OrGlobal(), name, store),
	}
}

// Get returns the aggregate with the given identity. It returns an error of kind fault.NotFound, which is
// [ErrNotFound], if there is none.
func (r *Repository[A]) Get(ctx context.Context, id string) (_ *A, err error) {
	ctx, op := r.telemetry.begin(ctx, "get", id)
	err = instrument.ErrUnfinished
	defer func() { op.end(ctx, err) }()
	a, err := r.get(ctx, id)
	if err == nil || errors.Is(err, ErrNotFound) {
		op.found(err == nil)
	}
	if err != nil {
		return nil, err
	}
	op.version(r.root(a))
	return a, nil
}

// Contains reports whether there is an aggregate with the given identity.
func (r *Repository[A]) Contains(ctx context.Context, id string) (_ bool, err error) {
	ctx, op := r.telemetry.begin(ctx, "contains", id)
	err = instrument.ErrUnfinished
	defer func() { op.end(ctx, err) }()
	found, err := r.store.Contains(ctx, id)
	if err != nil {
		return false, r.explain(err, "look for", id)
	}
	op.found(found)
	return found, nil
}

// Add stores a new aggregate, then dispatches its events. It returns [ErrExists], of kind fault.Conflict, if one with
// its identity is there.
func (r *Repository[A]) Add(ctx context.Context, a *A) error {
	root := r.root(a)
	return r.change(ctx, "add", root.ID(), func(ctx context.Context) (aggregate.Aggregate, []aggregate.Raised, error) {
		events := aggregate.Pending(root, r.name)
		return root, events, r.save(ctx, Change[A]{Op: Add, ID: root.ID(), State: a, Expected: root.Version(), Events: events})
	})
}

// Update loads the aggregate, lets mutate change it and saves it, then dispatches its events. If somebody else saved it
// in between, it starts again with what they saved, so mutate may run several times and must change nothing else. It
// returns mutate's error as it is, having saved nothing; [ErrNotFound] if there is no such aggregate; [ErrVersion], of
// kind fault.Conflict, if others were always faster.
func (r *Repository[A]) Update(ctx context.Context, id string, mutate func(*A) error) error {
	return r.change(ctx, "update", id, func(ctx context.Context) (aggregate.Aggregate, []aggregate.Raised, error) {
		return r.rewrite(ctx, Update, id, mutate)
	})
}

// Remove deletes the aggregate. Last, which may be nil, sees it before that as the function of [Repository.Update] does:
// it may refuse, or raise events, which are dispatched afterwards. Remove returns [ErrNotFound], of kind fault.NotFound,
// if there is no such aggregate.
func (r *Repository[A]) Remove(ctx context.Context, id string, last func(*A) error) error {
	return r.change(ctx, "remove", id, func(ctx context.Context) (aggregate.Aggregate, []aggregate.Raised, error) {
		if last == nil {
			return nil, nil, r.save(ctx, Change[A]{Op: Remove, ID: id})
		}
		_, events, err := r.rewrite(ctx, Remove, id, last)
		return nil, events, err
	})
}

// rewrite changes an aggregate that is there, again and again while others do.
func (r *Repository[A]) rewrite(ctx context.Context, op Op, id string, mutate func(*A) error) (
	aggregate.Aggregate, []aggregate.Raised, error) {
	for attempt := 1; ; attempt++ {
		root, events, met, err := r.tryRewrite(ctx, op, id, mutate)
		if !met {
			return root, events, err
		}
		r.telemetry.conflict(ctx, attempt)
		if attempt >= r.options.attempts {
			return nil, nil, err
		}
		if err := pause(ctx, attempt); err != nil {
			return nil, nil, r.explain(err, op.String(), id)
		}
	}
}

// tryRewrite reports whether it met another change of the aggregate.
func (r *Repository[A]) tryRewrite(ctx context.Context, op Op, id string, mutate func(*A) error) (
	root aggregate.Aggregate, events []aggregate.Raised, met bool, err error) {
	a, err := r.get(ctx, id)
	if err != nil {
		return nil, nil, false, err
	}
	if err := mutate(a); err != nil {
		return nil, nil, false, err
	}
	root = r.root(a)
	events = aggregate.Pending(root, r.name)
	c := Change[A]{Op: op, ID: id, Expected: root.Version(), Events: events}
	if op == Update {
		c.State = a
	}
	err = r.save(ctx, c)
	return root, events, errors.Is(err, ErrVersion), err
}

// Count returns how many aggregates there are for each value of a declared field. It is meant for gauges, which read it
// at every export, and so makes no span.
func (r *Repository[A]) Count(ctx context.Context, field string) (map[string]int64, error) {
	counts, err := r.store.Count(ctx, field)
	if err != nil {
		return nil, fmt.Errorf("count %s by %s: %w", r.name, field, err)
	}
	return counts, nil
}

// Oldest returns the aggregate that was added first of those that match, or nil if none does. Like [Repository.Count] it
// is meant for gauges, and makes no span.
func (r *Repository[A]) Oldest(ctx context.Context, where map[string]string) (*A, error) {
	page, err := r.list(ctx, Query{Where: where, Limit: 1})
	if err != nil || len(page.Items) == 0 {
		return nil, err
	}
	return page.Items[0], nil
}

// change runs save in a span, then dispatches the events it returns.
func (r *Repository[A]) change(ctx context.Context, name, id string,
	save func(context.Context) (aggregate.Aggregate, []aggregate.Raised, error)) error {
	events, err := r.commit(ctx, name, id, save)
	if err == nil {
		r.dispatch(ctx, events)
	}
	return err
}

func (r *Repository[A]) commit(ctx context.Context, name, id string,
	save func(context.Context) (aggregate.Aggregate, []aggregate.Raised, error)) (events []aggregate.Raised, err error) {
	ctx, op := r.telemetry.begin(ctx, name, id)
	err = instrument.ErrUnfinished
	defer func() { op.end(ctx, err) }()
	root, events, err := save(ctx)
	if err != nil {
		return nil, err
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
func (r *Repository[A]) dispatch(ctx context.Context, events []aggregate.Raised) {
	if len(events) == 0 || r.dispatcher == nil {
		return
	}
	deadline := time.Now().Add(r.options.dispatchTimeout)
	if outer, ok := ctx.Value(deadlineKey{}).(time.Time); ok && outer.Before(deadline) {
		deadline = outer
	}
	ctx = context.WithValue(context.WithoutCancel(ctx), deadlineKey{}, deadline)
	ctx, cancel := context.WithDeadline(ctx, deadline)
	defer cancel()
	for _, event := range events {
		if err := r.dispatcher.Dispatch(ctx, event); err != nil {
			r.telemetry.undispatched(ctx, event, err)
		}
	}
}

func (r *Repository[A]) get(ctx context.Context, id string) (*A, error) {
	loaded, err := r.store.Get(ctx, id)
	if err != nil {
		return nil, r.explain(err, "get", id)
	}
	aggregate.Restore(r.root(loaded.State), loaded.ID, loaded.Version)
	return loaded.State, nil
}

func (r *Repository[A]) save(ctx context.Context, c Change[A]) error {
	if c.ID == "" {
		return fmt.Errorf("%s %s: the aggregate has no identity: make its root with aggregate.NewRoot", c.Op, r.name)
	}
	return r.explain(r.store.Save(ctx, c), c.Op.String(), c.ID)
}

// explain says what was attempted. The three expected errors say it in words meant for the caller.
func (r *Repository[A]) explain(err error, verb, id string) error {
	if err == nil {
		return nil
	}
	for _, expected := range []error{ErrNotFound, ErrExists, ErrVersion} {
		if errors.Is(err, expected) {
			return fault.New(fault.KindOf(expected), "%s %q %w", r.name, id, expected)
		}
	}
	return fmt.Errorf("%s %s %q: %w", verb, r.name, id, err)
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
