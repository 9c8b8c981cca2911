// Package outbox has the events of aggregates handled, each by all its handlers, whatever fails or dies meanwhile.
//
// A store saves the events of a change together with the aggregate. After the commit, the goroutine that made the change
// delivers them at once. What is not delivered then, because a handler failed, the process died or an earlier event of
// the aggregate is still to be delivered, a [Relay] delivers: those of one aggregate in their order, again and again with
// growing pauses, and at last it gives them up as dead letters, which are kept until somebody replays or discards them.
//
// Every event is delivered at least once. Handlers whose effect must be there exactly once change aggregates with
// repository.Repository.Once, or are idempotent by themselves.
package outbox

import (
	"context"
	"fmt"
	"reflect"
	"sync"
	"time"

	"github.com/neuroglia-go/neuroglia/aggregate"
	"github.com/neuroglia-go/neuroglia/retry"
	"github.com/neuroglia-go/neuroglia/telemetry"
	"github.com/neuroglia-go/neuroglia/telemetry/registry"
)

// Handlers are who events are delivered to. A *mediator.Mediator is one.
type Handlers interface {
	// Dispatch calls the handlers of an event that r.Delivery, if it has one, does not say to have handled it, and notes
	// in it what came of them.
	Dispatch(ctx context.Context, r aggregate.Raised) error

	// Events returns the types of events that can be made from their names, or what is wrong with the wiring.
	Events() (map[string]reflect.Type, error)

	// Handles reports whether an event of this type has a handler.
	Handles(event reflect.Type) bool
}

// Relay delivers what is in an outbox. Any number of relays, in any number of processes, may work on one outbox; they must
// have the same handlers. It is safe for concurrent use.
type Relay struct {
	log       Log
	handlers  Handlers
	options   options
	telemetry *instruments
	settler   *settler
	wake      chan struct{}
	types     []string // of events that can be made; from Start on

	mu     sync.Mutex
	flying map[string]flight // entries that this process has leased, by identity, until what came of them is stored
	behind bool              // something waits for the relay

	stop  context.CancelFunc // ends the taking of entries
	letGo context.CancelFunc // ends the renewing of leases
	work  sync.WaitGroup
}

// flight is an entry that is being delivered.
type flight struct {
	entry Entry
	since time.Time
	relay bool // by the relay, not by who raised it
}

type options struct {
	telemetry   telemetry.Providers
	baggage     []string
	policy      retry.Policy
	policies    map[string]retry.Policy
	concurrency int
	poll        time.Duration
	timeout     time.Duration
	sameTrace   time.Duration
	remember    time.Duration
}

// Option changes a default of [New].
type Option func(*options)

// WithTelemetry sends spans, metrics and logs to p. Defaults to OpenTelemetry's globals and slog's default logger.
func WithTelemetry(p telemetry.Providers) Option { return func(o *options) { o.telemetry = p } }

// WithBaggage lets the baggage members with these keys be stored with events and be there when they are handled. By
// default none are.
func WithBaggage(keys ...string) Option { return func(o *options) { o.baggage = keys } }

// WithRetry sets how often and when an event is delivered before it becomes a dead letter. Defaults to the zero
// retry.Policy.
func WithRetry(p retry.Policy) Option { return func(o *options) { o.policy = p } }

// WithRetryOf is [WithRetry] for events of type E.
func WithRetryOf[E any](p retry.Policy) Option {
	return func(o *options) { o.policies[typeName(reflect.TypeFor[E]())] = p }
}

// WithConcurrency sets how many events the relay takes, and delivers, at the same time. Defaults to 32.
func WithConcurrency(n int) Option { return func(o *options) { o.concurrency = max(n, 1) } }

// WithPoll sets how often the relay looks for work that nothing woke it for. Defaults to 5 seconds.
func WithPoll(d time.Duration) Option { return func(o *options) { o.poll = d } }

// WithTimeout bounds one delivery by the relay. Defaults to 30 seconds.
func WithTimeout(d time.Duration) Option { return func(o *options) { o.timeout = d } }

// WithSameTrace sets how old an event may be for the relay to deliver it in the trace it was raised in. One that is
// older, or replayed, is delivered in a trace of its own with a link to that. Defaults to a minute; 0 means never, a
// negative duration means always.
func WithSameTrace(within time.Duration) Option { return func(o *options) { o.sameTrace = within } }

// WithInbox sets how long the inbox remembers which effects are there. It must be longer than a message can be late.
// Defaults to a week.
func WithInbox(d time.Duration) Option { return func(o *options) { o.remember = d } }

// New returns a relay that delivers what is in log to handlers. It is to be the dispatcher of the repositories whose
// stores save to that outbox.
func New(log Log, handlers Handlers, opts ...Option) *Relay {
	o := options{
		policies: map[string]retry.Policy{}, concurrency: 32, poll: 5 * time.Second, timeout: 30 * time.Second,
		sameTrace: time.Minute, remember: 7 * 24 * time.Hour,
	}
	for _, option := range opts {
		option(&o)
	}
	for name, d := range map[string]time.Duration{"WithPoll": o.poll, "WithTimeout": o.timeout, "WithInbox": o.remember} {
		if d <= 0 {
			panic(fmt.Sprintf("outbox: %s(%s): give a time that is more than 0, or leave it out for the default", name, d))
		}
	}
	r := &Relay{
		log: log, handlers: handlers, options: o, wake: make(chan struct{}, 1), flying: map[string]flight{},
		telemetry: newInstruments(o.telemetry.OrGlobal(), log, o.baggage),
	}
	r.settler = newSettler(log, r.landed, r.unsettled)
	return r
}

func (r *Relay) unsettled(err error) {
	r.telemetry.trouble(context.Background(), registry.OutboxUnsettled, err)
}

// Dispatch implements repository.Dispatcher for events that are not kept.
func (r *Relay) Dispatch(ctx context.Context, e aggregate.Raised) error {
	return r.handlers.Dispatch(ctx, e)
}

// Keep implements repository.Keeper. Events that nobody handles are not kept. It returns an error for an event whose type
// the handlers could not make from its name again.
func (r *Relay) Keep(ctx context.Context, events []aggregate.Raised) ([]Entry, error) {
	known, err := r.handlers.Events()
	if err != nil {
		return nil, fmt.Errorf("outbox: %w", err)
	}
	origin := r.telemetry.origin(ctx)
	entries := make([]Entry, 0, len(events))
	for _, e := range events {
		t := reflect.TypeOf(e.Event)
		if !r.handlers.Handles(t) {
			continue
		}
		name := typeName(t)
		if known[name] != t {
			return nil, fmt.Errorf("outbox: event %s is handled as an interface only, so that a process that has not seen it "+
				"could not make it from its name: call mediator.Declare[%s]", t, t)
		}
		entry, err := newEntry(e, name, origin)
		if err != nil {
			return nil, err
		}
		entries = append(entries, entry)
	}
	if len(entries) > 0 {
		r.settleBefore(ctx, &entries[0])
	}
	return entries, nil
}

// patience is how long a change waits for what came of earlier events of its aggregate to be stored. If it is not by
// then, its events wait for the relay.
const patience = 100 * time.Millisecond

func (r *Relay) settleBefore(ctx context.Context, e *Entry) {
	if r.settler.nothingOf(streamOf(e)) {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	_ = r.settler.flushStream(ctx, streamOf(e)) // as said above
}

// Deliver implements repository.Keeper. It delivers until one entry is not: those after it have to wait for it.
func (r *Relay) Deliver(ctx context.Context, entries []Entry) {
	for i := range entries {
		if entries[i].Held {
			r.takeOff(entries[i], false) // all at once, so that those behind one that takes its time are not lost
		}
	}
	rest := entries
	defer func() { r.release(rest) }() // also when a handler ends the goroutine
	for len(rest) > 0 && rest[0].Held {
		e := rest[0]
		rest = rest[1:]
		if !r.deliver(ctx, e, false) {
			return
		}
	}
}

// release leaves entries that were not attempted to relays, and gives back those that are held.
func (r *Relay) release(entries []Entry) {
	if len(entries) == 0 {
		return
	}
	r.fallBehind(true)
	r.Wake()
	for _, e := range entries {
		if e.Held {
			r.settler.add(Outcome{Entry: e, Verdict: Untouched})
		}
	}
}

// Wake makes the relay look for work now.
func (r *Relay) Wake() {
	select {
	case r.wake <- struct{}{}:
	default: // it is going to look
	}
}
