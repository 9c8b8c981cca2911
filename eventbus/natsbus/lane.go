package natsbus

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/neuroglia-go/neuroglia/eventbus"
)

// lane handles the events of one lane for one group, one after the other.
type lane struct {
	*Transport

	subscription eventbus.Subscription
	number       int
	name         string // of the consumer
	consumer     jetstream.Consumer
	slots        chan struct{} // of all lanes of the subscription
	deliver      eventbus.Deliver
}

// expiry is how long the server keeps a request for an event. What it hands to a process that is gone is bounded by it.
const expiry = 10 * time.Second

// work handles events until the transport is closed.
func (l *lane) work() {
	for !l.stopped() {
		err := l.pull()
		if l.stopped() {
			return
		}
		l.logger.LogAttrs(l.delivery, slog.LevelDebug, "a consumer of the event broker is looked for again",
			slog.String("messaging.consumer.group.name", l.subscription.Group),
			slog.String("messaging.destination.name", l.subscription.Type), slog.Int("lane", l.number), reason(err))
		l.again()
	}
}

// again makes the consumer, which a broker that lost its files does not know.
func (l *lane) again() {
	for {
		ctx, cancel := context.WithTimeout(l.delivery, l.startTimeout)
		err := l.makeConsumer(ctx, l)
		cancel()
		if err == nil {
			return
		}
		select {
		case <-l.closing:
			return
		case <-time.After(time.Second + rand.N(time.Second)):
		}
	}
}

// pull handles events until the transport is closed or the consumer cannot be found.
func (l *lane) pull() error {
	events, err := l.consumer.Messages(jetstream.PullMaxMessages(1), jetstream.PullExpiry(expiry))
	if err != nil {
		return err //nolint:wrapcheck // it is only logged
	}
	stop := make(chan struct{})
	defer close(stop)
	go func() {
		select {
		case <-l.closing:
			events.Drain() // what is on its way comes, and is given back
		case <-stop:
			events.Stop()
		}
	}()
	for {
		switch msg, err := events.Next(jetstream.NextContext(l.pulling)); {
		case err == nil:
			l.handle(msg)
		case errors.Is(err, jetstream.ErrNoHeartbeat) && !l.nc.IsConnected():
			// It goes on when there is a connection.
		default:
			return err //nolint:wrapcheck // it is only logged
		}
	}
}

// handle has one event handled, and tells the server what came of it.
func (l *lane) handle(msg jetstream.Msg) {
	ctx, lease := l.hold(msg)
	begun := l.begin()
	var err error
	if begun {
		err = l.run(ctx, msg)
		<-l.slots
	}
	lease.release()
	if !begun {
		l.settle(msg, again(0))
		return
	}
	var dead *eventbus.DeadLetter
	switch {
	case err == nil:
		l.settle(msg, ack)
	case errors.As(err, &dead):
		l.bury(msg, dead)
	case lease.lost(): // another process has it
	default:
		l.settle(msg, again(wait(err)))
	}
}

// begin waits for a free slot. It reports false if the transport is being closed, so that no more work is to begin.
func (l *lane) begin() bool {
	select {
	case <-l.closing:
		return false
	case l.slots <- struct{}{}:
	}
	if l.stopped() {
		<-l.slots
		return false
	}
	return true
}

func wait(err error) time.Duration {
	if redeliver, ok := errors.AsType[*eventbus.Redeliver](err); ok {
		return redeliver.After
	}
	return 0
}

// errEnded is what a handler has failed with that ended its goroutine.
var errEnded = errors.New("the handler ended its goroutine")

// run calls the handler, in a goroutine that it may end.
func (l *lane) run(ctx context.Context, msg jetstream.Msg) error {
	e, err := decode(msg.Headers(), msg.Data())
	if err != nil {
		return &eventbus.DeadLetter{Err: err}
	}
	done := make(chan error, 1)
	go func() {
		err := errEnded
		defer func() { done <- err }()
		err = l.deliver(ctx, e, deliveries(msg))
	}()
	return <-done
}

// deliveries returns how often the server has handed out the event, this time included.
func deliveries(msg jetstream.Msg) int {
	meta, err := msg.Metadata()
	if err != nil {
		return 1 // it is a message of JetStream, which has them
	}
	return int(meta.NumDelivered) //nolint:gosec // nobody tries that often
}
