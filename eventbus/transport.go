package eventbus

import (
	"context"
	"time"

	"github.com/neuroglia-go/neuroglia/cloudevent"
)

// Transport is a driver: it takes events to the subscribers of other processes, or of this one. Its methods are safe
// for concurrent use. A context given to a method bounds the call, not what follows from it. Transports pass the suite
// of package eventbustest.
type Transport interface {
	// System is the value of the messaging.system attribute, such as "nats".
	System() string

	// Exceptions are the promises that the transport does not keep, each with the reason. Nil means that it keeps all.
	Exceptions() map[Promise]string

	// Publish returns when the event is safe as far as the transport can promise, or an error: [ErrClosed] after Close.
	// It keeps no part of e: the caller may change it after that.
	Publish(ctx context.Context, e cloudevent.Event) error

	// Subscribe starts calling deliver for the events of s that are published from now on, and returns. Every group gets
	// each event once, as it was published; within a group, the events of one type and subject come in order, one when
	// the one before has been handled or given up. The error of deliver says what follows: see [Deliver]. Returns
	// [ErrClosed] after Close.
	Subscribe(ctx context.Context, s Subscription, deliver Deliver) error

	// Close waits until the accepted events that have begun to be handled, and for a transport that does not keep
	// events all of them, have been handled, or until ctx ends. Then it refuses new events and releases everything. It
	// returns an error if events were lost. A second Close does nothing.
	Close(ctx context.Context) error
}

// Promise is a property that some transports cannot have.
type Promise string

// The promises that may have exceptions. Everything else holds for every transport.
const (
	// Processes: events reach the subscribers of all processes, and processes with the same group share them.
	Processes Promise = "events reach other processes"
	// Durability: events wait for a group that has subscribed before and is away. It needs Processes.
	Durability Promise = "events wait for a group that is away"
	// Redelivery: an event that is to be delivered again is, after the time given, with an attempt that is one higher and
	// before later events of its subject. Without it, the first failure is final.
	Redelivery Promise = "an event whose handling failed is delivered again"
	// DeadLetters: an event that is given up is kept, for people to look at. Without it, the event is gone.
	DeadLetters Promise = "an event that is given up is kept"
)

func keeps(t Transport, p Promise) bool {
	_, excepted := t.Exceptions()[p]
	return !excepted
}

// Confirming is a [Transport] that does not keep events, but can tell who has handled one. Somebody else keeps it until
// then, such as an outbox.
type Confirming interface {
	Transport

	// PublishConfirmed is Publish to the groups that are not to be skipped. If it returns no error, it calls the functions
	// of the confirmation later, from other goroutines.
	PublishConfirmed(ctx context.Context, e cloudevent.Event, c Confirmation) error
}

// Confirmation is what a publisher wants to know.
type Confirmation struct {
	Skip    func(group string) bool // whether the group has handled the event before
	Handled func(group string)      // called when a group has handled the event
	Done    func(error)             // called last, once, with why some groups have not, joined
}

// Lagging is a [Transport] that knows how much waits for the groups that have subscribed to it.
type Lagging interface {
	Transport

	// Lag returns, for each group and type of this process, how many events have not been handled.
	Lag(ctx context.Context) ([]Lag, error)
}

// Lag is how far a group is behind.
type Lag struct {
	Group, Type string
	Waiting     int64 // events, with those that are being handled
}

// Deliver handles one event. Attempt is 1 at first delivery, and counts the deliveries whose process died too. Its context
// ends when the transport gives up waiting for it. What follows is in its error, which errors.As finds:
//
//   - nil: the event was handled;
//   - a [*DeadLetter]: the event is given up;
//   - any other error: the event is to be delivered again, after the time of a [*Redeliver] or at once.
type Deliver func(ctx context.Context, e cloudevent.Event, attempt int) error

// Redeliver is the error of an event that is to be delivered again.
type Redeliver struct { //nolint:errname // it says what follows
	After time.Duration
	Err   error
}

// Error says why the event was not handled.
func (r *Redeliver) Error() string { return r.Err.Error() }

// Unwrap returns why the event was not handled.
func (r *Redeliver) Unwrap() error { return r.Err }

// DeadLetter is the error of an event that is given up: it is not delivered again, and kept if the transport promises
// [DeadLetters].
type DeadLetter struct{ Err error } //nolint:errname // it says what follows

// Error says why the event is given up.
func (d *DeadLetter) Error() string { return d.Err.Error() }

// Unwrap returns why the event is given up.
func (d *DeadLetter) Unwrap() error { return d.Err }

// ReplayedExtension is the extension that a transport gives an event that was a dead letter and that somebody replayed.
// It is processed in a trace of its own.
const ReplayedExtension = "neurogliareplayed"

// Subscription says which events go to whom.
type Subscription struct {
	Group string // the subscriber's name, such as "kitchen"; processes with the same group share the events
	Type  string // of the events
	// Concurrency is how many subjects this process handles at once; less than 1 means 1. A transport may handle fewer.
	Concurrency int
}
