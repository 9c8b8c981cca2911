// Package eventbus takes integration events from one service to others as CloudEvents.
//
// [Bus] is the portable type that applications use: it traces and measures publishing and processing and carries the
// trace across. How events travel is behind the small interface [Transport]; its drivers are packages such as membus.
package eventbus

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"sync"
	"time"

	"github.com/neuroglia-go/neuroglia/aggregate"
	"github.com/neuroglia-go/neuroglia/cloudevent"
	"github.com/neuroglia-go/neuroglia/fault"
	"github.com/neuroglia-go/neuroglia/internal/instrument"
	"github.com/neuroglia-go/neuroglia/telemetry"
)

// ErrClosed is returned by a closed bus or transport that is asked to publish or subscribe.
var ErrClosed error = fault.New(fault.Unavailable, "the event bus is closed")

// Bus publishes and subscribes to events. It is safe for concurrent use.
type Bus struct {
	transport Transport
	source    string
	telemetry *instruments

	mu      sync.Mutex
	pending []pendingSubscription // until Start
	started bool
	unwatch func() // ends the reading of lags
}

type pendingSubscription struct {
	Subscription
	deliver Deliver
}

// Option changes a default of [New].
type Option func(*options)

type options struct {
	telemetry   telemetry.Providers
	baggageKeys []string
}

// WithTelemetry sends spans, metrics and logs to p. Defaults to OpenTelemetry's globals and slog's default logger.
func WithTelemetry(p telemetry.Providers) Option { return func(o *options) { o.telemetry = p } }

// WithBaggage lets the baggage members with these keys travel with events, out of the service and into it. By default
// none do.
func WithBaggage(keys ...string) Option { return func(o *options) { o.baggageKeys = keys } }

// New returns a bus over transport. Source is the CloudEvents source of what it publishes, such as "/mario-pizzeria".
func New(transport Transport, source string, opts ...Option) *Bus {
	var o options
	for _, option := range opts {
		option(&o)
	}
	return &Bus{
		transport: transport, source: source,
		telemetry: newInstruments(o.telemetry.OrGlobal(), transport, o.baggageKeys),
	}
}

// Publish sends an event. A trace context that the event already carries stays: it is the context of its creation.
func (b *Bus) Publish(ctx context.Context, e cloudevent.Event) error {
	if err := e.Validate(); err != nil {
		return err
	}
	return b.publish(ctx, e, b.transport.Publish)
}

func (b *Bus) publish(ctx context.Context, e cloudevent.Event,
	send func(context.Context, cloudevent.Event) error) (err error) {
	ctx, op := b.telemetry.beginPublish(ctx, &e)
	err = instrument.ErrUnfinished
	defer func() { op.end(ctx, err) }()
	if _, set := e.Extensions["traceparent"]; !set {
		b.telemetry.inject(ctx, &e)
	}
	if err = send(ctx, e); err != nil {
		err = fmt.Errorf("publish %s: %w", e.Type, err)
	}
	return err
}

// Forward publishes an event that an aggregate raised. It is meant as an event handler of all such events:
//
//	mediator.On(m, bus.Forward)
//
// With a transport that does not keep events, and an outbox that does, the event stays in the outbox until all groups have
// handled it.
func (b *Bus) Forward(ctx context.Context, event aggregate.Integration) error {
	raised, ok := aggregate.FromContext(ctx)
	if !ok || reflect.TypeOf(raised.Event) != reflect.TypeOf(event) {
		return fmt.Errorf("forward %s: the context is not that of a handler of this event", event.EventType())
	}
	e, err := cloudevent.FromRaised(raised, b.source)
	if err != nil {
		return err
	}
	if c, ok := b.transport.(Confirming); ok && raised.Delivery != nil {
		return b.forwardConfirmed(ctx, c, e, raised.Delivery)
	}
	return b.publish(ctx, e, b.transport.Publish)
}

// forwardConfirmed publishes an event that an outbox keeps. The delivery goes on until the last group is done.
func (b *Bus) forwardConfirmed(ctx context.Context, c Confirming, e cloudevent.Event, d *aggregate.Delivery) error {
	handling, _ := aggregate.HandlingFrom(ctx) // there is one, since there is an event
	done := d.Later(handling.Consumer)
	err := b.publish(ctx, e, func(ctx context.Context, e cloudevent.Event) error {
		return c.PublishConfirmed(ctx, e, Confirmation{
			Skip:    func(group string) bool { return d.Handled(consumer(group)) },
			Handled: func(group string) { d.Done(consumer(group), nil) },
			Done:    done,
		})
	})
	if err != nil {
		done(err)
	}
	return err
}

// consumer is what a group is called where effects are concerned.
func consumer(group string) string { return "bus/" + group }

// Start begins the deliveries of all subscriptions. If one cannot begin, it closes the transport.
func (b *Bus) Start(ctx context.Context) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.started = true
	var errs []error
	for _, s := range b.pending {
		if err := b.transport.Subscribe(ctx, s.Subscription, s.deliver); err != nil {
			errs = append(errs, fmt.Errorf("subscribe %s to %s: %w", s.Group, s.Type, err))
		}
	}
	b.pending = nil
	if len(errs) > 0 {
		if err := b.transport.Close(ctx); err != nil { // what has begun must not go on
			errs = append(errs, fmt.Errorf("close the transport: %w", err))
		}
	} else if b.unwatch == nil {
		b.unwatch = b.telemetry.watchLag(b.transport)
	}
	return errors.Join(errs...)
}

// Stop lets the deliveries that have begun come to their end, and closes the transport. When four fifths of the time until
// ctx ends are over, it ends the contexts of those that are left: the transport has the rest to give their events back.
func (b *Bus) Stop(ctx context.Context) error {
	if end, ok := ctx.Deadline(); ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithDeadline(ctx, end.Add(-time.Until(end)/5))
		defer cancel()
	}
	b.mu.Lock()
	unwatch := b.unwatch
	b.unwatch = nil
	b.mu.Unlock()
	if unwatch != nil {
		unwatch()
	}
	return b.transport.Close(ctx)
}
