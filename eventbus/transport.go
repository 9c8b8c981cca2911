package eventbus

import (
	"context"

	"github.com/neuroglia-go/neuroglia/cloudevent"
)

// Transport is a driver: it takes events to the subscribers of other processes, or of this one. Its methods are safe
// for concurrent use. A context given to a method bounds the call, not what follows from it. Transports pass the suite
// of package eventbustest.
type Transport interface {
	// System is the value of the messaging.system attribute, such as "nats".
	System() string

	// Publish returns when the event is safe as far as the transport can promise, or an error: [ErrClosed] after Close.
	// It keeps no part of e: the caller may change it after that.
	Publish(ctx context.Context, e cloudevent.Event) error

	// Subscribe starts calling deliver for the events of s that are published from now on, and returns. Every group gets
	// each event once, as it was published; within a group, the events of one type and subject come in order, one when
	// the one before has been handled. An error of deliver means that the event was not handled; what follows from it is
	// the transport's to say. Returns [ErrClosed] after Close.
	Subscribe(ctx context.Context, s Subscription, deliver Deliver) error

	// Close waits until the accepted events that have begun to be handled, and for a transport that does not keep
	// events all of them, have been handled, or until ctx ends. Then it refuses new events and releases everything. It
	// returns an error if events were lost. A second Close does nothing.
	Close(ctx context.Context) error
}

// Deliver handles one event. Attempt is 1 at first delivery. Its context ends when the transport gives up waiting for it.
type Deliver func(ctx context.Context, e cloudevent.Event, attempt int) error

// Subscription says which events go to whom.
type Subscription struct {
	Group string // the subscriber's name, such as "kitchen"; processes with the same group share the events
	Type  string // of the events
}
