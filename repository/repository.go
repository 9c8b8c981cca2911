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
	"reflect"
	"time"

	"github.com/neuroglia-go/neuroglia/aggregate"
	"github.com/neuroglia-go/neuroglia/fault"
	"github.com/neuroglia-go/neuroglia/internal/instrument"
	"github.com/neuroglia-go/neuroglia/outbox"
	"github.com/neuroglia-go/neuroglia/telemetry"
)

// Dispatcher gets the events of an aggregate once it is stored. A *mediator.Mediator is one. The dispatcher reports
// what fails in it; the repository only writes its error to the log.
type Dispatcher interface {
	Dispatch(ctx context.Context, r aggregate.Raised) error
}

// Keeper is a Dispatcher that has the events stored together with the aggregate, so that none is lost. An *outbox.Relay
// is one.
type Keeper interface {
	Dispatcher

	// Keep returns what to store of the events of a change that is made under ctx.
	Keep(ctx context.Context, events []aggregate.Raised) ([]outbox.Entry, error)

	// Deliver is called after the commit. It delivers the entries that are held, and sees to it that somebody does the
	// others.
	Deliver(ctx context.Context, entries []outbox.Entry)
}

// Repository stores aggregates of type A. It is safe for concurrent use.
type Repository[A any] struct {
	store      Store[A]
	root       func(*A) aggregate.Aggregate
	name       string // of A, such as "Order"
	dispatcher Dispatcher
	keeper     Keeper // the dispatcher, if it is one; else nil
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

// New returns a repository over store that hands events to dispatcher; a nil dispatcher drops them. Events reach a
// dispatcher that is no [Keeper] once at most: those of a process that dies, and those whose handlers fail, are lost.
func New[A any, P aggregate.Pointer[A]](store Store[A], dispatcher Dispatcher, opts ...Option) *Repository[A] {
	o := options{attempts: 20, dispatchTimeout: 30 * time.Second}
	for _, option := range opts {
		option(&o)
	}
	name := instrument.TypeName(reflect.TypeFor[A]())
	r := &Repository[A]{
		store: store, name: name, dispatcher: dispatcher, options: o,
		root:      func(a *A) aggregate.Aggregate { return P(a) },
		telemetry: newInstruments(o.telemetry.OrGlobal(), name, store),
	}
	r.keeper, _ = dispatcher.(Keeper)
	return r
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
