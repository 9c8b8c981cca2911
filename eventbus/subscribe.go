package eventbus

import (
	"context"
	"fmt"

	"github.com/neuroglia-go/neuroglia/cloudevent"
	"github.com/neuroglia-go/neuroglia/fault"
	"github.com/neuroglia-go/neuroglia/internal/instrument"
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

// subscriber is one subscription's handler, with its instrumentation.
type subscriber struct {
	*processTelemetry
	relation Relation
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
		processTelemetry: b.telemetry.forProcess(group, eventType, instrument.FuncName(h)), handle: decoded(h),
	}
	for _, option := range opts {
		option(s)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.started {
		return fmt.Errorf("subscribe %s to %s: the bus has been started", group, eventType)
	}
	b.pending = append(b.pending, pendingSubscription{
		Subscription: Subscription{Group: group, Type: eventType}, deliver: s.deliver,
	})
	return nil
}

func decoded[E any](h func(context.Context, E) error) func(context.Context, cloudevent.Event) error {
	if whole, ok := any(h).(func(context.Context, cloudevent.Event) error); ok {
		return whole
	}
	return func(ctx context.Context, e cloudevent.Event) error {
		var event E
		if err := e.Decode(&event); err != nil {
			return fault.New(fault.Unexpected, "%w", err)
		}
		return h(ctx, event)
	}
}

func (s *subscriber) deliver(ctx context.Context, e cloudevent.Event, attempt int) (err error) {
	ctx, op := s.begin(ctx, &e, attempt, s.relation)
	err = instrument.ErrUnfinished
	defer func() { err = op.end(ctx, err) }()
	return s.run(ctx, e)
}

func (s *subscriber) run(ctx context.Context, e cloudevent.Event) (err error) {
	defer instrument.Recover(&err)
	return s.handle(ctx, e)
}
