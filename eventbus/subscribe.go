package eventbus

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/neuroglia-go/neuroglia/aggregate"
	"github.com/neuroglia-go/neuroglia/cloudevent"
	"github.com/neuroglia-go/neuroglia/fault"
	"github.com/neuroglia-go/neuroglia/internal/instrument"
	"github.com/neuroglia-go/neuroglia/retry"
)

// Relation says how the span that processes an event relates to the one that published it.
type Relation uint8

// The relations. Both have a link to the publishing span.
const (
	SameTrace Relation = iota // the processing span is a child of the publishing span
	NewTrace                  // the processing span begins a trace of its own
)

// SubscribeOption changes a default of [Subscribe].
type SubscribeOption func(*subscriber)

// WithRelation sets how processing relates to publishing. Defaults to [SameTrace].
func WithRelation(r Relation) SubscribeOption { return func(s *subscriber) { s.relation = r } }

// WithRetry sets how often an event whose handling failed is delivered, and when again. What is given up becomes a dead
// letter. Defaults to the zero [retry.Policy]: 10 attempts, of which the last is made after two to four minutes. It has no
// effect on a transport that does not promise [Redelivery], where the first failure is final.
func WithRetry(p retry.Policy) SubscribeOption { return func(s *subscriber) { s.retry = p } }

// WithConcurrency sets how many subjects this process handles at once, so that a slow one does not hold up the others.
// Events of one subject are handled one at a time in any case. Defaults to [Concurrency].
func WithConcurrency(subjects int) SubscribeOption {
	return func(s *subscriber) { s.Concurrency = subjects }
}

// WithTimeout sets how long one attempt to handle an event may take, after which its context ends. Defaults to [Timeout];
// 0 means without end.
func WithTimeout(d time.Duration) SubscribeOption { return func(s *subscriber) { s.timeout = d } }

// The defaults of subscriptions.
const (
	Concurrency = 8
	Timeout     = time.Minute
)

// subscriber is one subscription's handler, with its instrumentation.
type subscriber struct {
	Subscription
	*processTelemetry
	consumer string // of the subscription, see [aggregate.Handling]
	relation Relation
	retry    retry.Policy
	timeout  time.Duration
	handle   func(context.Context, cloudevent.Event) error
}

// Subscribe calls h for every event of the given type, with the event's data decoded from JSON into an E. If E is
// cloudevent.Event, h gets the event as it is. Subscribers with the same group, in any process, share the events. It
// takes effect with [Bus.Start], before which it must be called.
func Subscribe[E any](b *Bus, group, eventType string, h func(context.Context, E) error, opts ...SubscribeOption) error {
	if group == "" || eventType == "" || h == nil {
		return fmt.Errorf("subscribe %q to %q: a group, a type and a handler are needed", group, eventType)
	}
	s := &subscriber{
		Subscription:     Subscription{Group: group, Type: eventType, Concurrency: Concurrency},
		processTelemetry: b.telemetry.forProcess(group, eventType, instrument.FuncName(h)),
		consumer:         consumer(group), timeout: Timeout, handle: decoded(h),
	}
	for _, option := range opts {
		option(s)
	}
	if s.Concurrency < 1 || s.timeout < 0 {
		return fmt.Errorf("subscribe %s to %s: concurrency is %d and the timeout %s: want at least 1 and 0",
			group, eventType, s.Concurrency, s.timeout)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.started {
		return fmt.Errorf("subscribe %s to %s: the bus has been started", group, eventType)
	}
	b.pending = append(b.pending, pendingSubscription{Subscription: s.Subscription, deliver: s.deliver})
	return nil
}

func decoded[E any](h func(context.Context, E) error) func(context.Context, cloudevent.Event) error {
	if whole, ok := any(h).(func(context.Context, cloudevent.Event) error); ok {
		return whole
	}
	return func(ctx context.Context, e cloudevent.Event) error {
		var event E
		if err := e.Decode(&event); err != nil {
			return fault.New(fault.Invalid, "%w", err) // which no other attempt would change
		}
		return h(ctx, event)
	}
}

// deliver handles an event. While it fails since something is unavailable, such as a database, it is tried again here: there is
// nothing wrong with the event, so that counts as one attempt, and other events would fare no better.
func (s *subscriber) deliver(ctx context.Context, e cloudevent.Event, attempt int) error {
	for began := time.Now(); ; {
		err := s.attempt(ctx, e, attempt, time.Since(began))
		again, ok := errors.AsType[*Redeliver](err)
		if !ok || !retry.Unavailable(again.Err) {
			return err
		}
		wait := time.NewTimer(again.After)
		select {
		case <-wait.C:
		case <-ctx.Done():
			wait.Stop()
			return err
		}
	}
}

func (s *subscriber) attempt(ctx context.Context, e cloudevent.Event, attempt int, waited time.Duration) (err error) {
	ctx, op := s.begin(ctx, &e, attempt, s.relation)
	err = instrument.ErrUnfinished
	defer func() { err = op.end(ctx, s.decide(ctx, attempt, waited, err), err) }()
	if s.exhausted(attempt) {
		return fmt.Errorf("attempt %d was the last, and nobody knows what came of it: did its process die?", attempt-1)
	}
	return s.run(aggregate.WithHandling(ctx, s.consumer, e.Source+"#"+e.ID), e)
}

func (s *subscriber) run(ctx context.Context, e cloudevent.Event) (err error) {
	defer instrument.Recover(&err)
	if s.timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, s.timeout)
		defer cancel()
	}
	return s.handle(ctx, e)
}

// exhausted reports whether there have been as many attempts as there may be. An event whose last attempt failed does not
// come again: this one's may have ended its process, as it would the next.
func (s *subscriber) exhausted(attempt int) bool {
	return attempt > 1 && s.retry.Last(attempt-1)
}

// verdict is what follows from an attempt.
type verdict struct {
	outcome instrument.Outcome
	wait    time.Duration // before the next attempt, if there is to be one
}

func (s *subscriber) decide(ctx context.Context, attempt int, waited time.Duration, err error) verdict {
	outcome := instrument.OutcomeOfHandler(ctx, err)
	if outcome == instrument.Failure && s.redelivers {
		wait, again := s.retry.Next(attempt, err)
		if retry.Unavailable(err) {
			wait, again = s.retry.Postpone(waited, err)
		}
		if again {
			return verdict{instrument.Retried, wait}
		}
	}
	return verdict{outcome: outcome}
}

// tell returns the error that tells the transport. What was canceled, since the transport is being closed, is another
// process's to handle.
func (v verdict) tell(err error) error {
	switch v.outcome { //nolint:exhaustive // the others are delivered again
	case instrument.Success:
		return nil
	case instrument.Failure:
		return &DeadLetter{Err: err}
	}
	return &Redeliver{After: v.wait, Err: err}
}
