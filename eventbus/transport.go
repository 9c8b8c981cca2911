package eventbus

import (
	"context"

	"github.com/neuroglia-go/neuroglia/cloudevent"
)

// Transport is a driver: it takes events to the subscribers of other processes, or of this one. Its methods are safe
// for concurrent use. Transports pass the suite of package eventbustest.
type Transport interface {
	// System is the value of the messaging.system attribute, such as "nats".
	System() string

	// Publish returns when the event is safe as far as the transport can promise, or an error: [ErrClosed] after Close.
	Publish(ctx context.Context, e cloudevent.Event) error

	// Subscribe starts calling deliver for the events of s that are published from now on, and returns. Every group gets each
	// event once; within a group, the events of one subject come in order. An error of deliver means that the event
	// was not handled; what follows from it is the transport's to say.
	Subscribe(ctx context.Context, s Subscription, deliver Deliver) error

	// Close waits until the accepted events that have begun to be handled, and for a transport that does not keep
	// events all of them, have been handled, or until ctx ends. Then it refuses new events and releases everything. It
	// returns an error if events were lost.
	Close(ctx context.Context) error
}

// Deliver handles one event. Attempt is 1 at first delivery. Its context ends when the transport gives up waiting for it.
type Deliver func(ctx context.Context, e cloudevent.Event, attempt int) error

// Subscription says which events go to whom.
type Subscription struct {
	Group string // the subscriber's name, such as "kitchen"; processes with the same group share the events
	Type  string // of the events
}
