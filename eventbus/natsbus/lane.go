package natsbus

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"time"

	"github.com/nats-io/nats.go"
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
	stream       time.Time     // when the consumer's stream was made
	from         uint64        // where in the stream what is not handled begins
	slots        chan struct{} // of all lanes of the subscription
	bell         chan struct{} // rings when there may be something
	deliver      eventbus.Deliver
}

const (
	// expiry is how long the server keeps a request for an event. The lane has a slot meanwhile.
	expiry = 50 * time.Millisecond
	// idle is after how long a lane looks for what the bell does not tell, such as the event of a process that died.
	idle = 2 * time.Second
)

// work handles events until the transport is closed. It asks for one only when it has a slot for it: what the server hands
// out counts as an attempt, and another process may have time for it.
func (l *lane) work() {
	for l.begin() {
		select { // it has rung for what comes now
		case <-l.bell:
		default:
		}
		rest, err := l.next()
		if err != nil && !l.stopped() && l.nc.IsConnected() {
			l.logger.LogAttrs(l.delivery, slog.LevelDebug, "a consumer of the event broker is looked for again",
				slog.String("messaging.consumer.group.name", l.subscription.Group),
				slog.String("messaging.destination.name", l.subscription.Type), slog.Int("lane", l.number), reason(err))
			l.again()
		}
		l.rest(rest)
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

// next gives the slot to the next event, if there is one, and then up. It returns after how long there may be another.
func (l *lane) next() (time.Duration, error) {
	if !l.nc.IsConnected() {
		<-l.slots
		return idle / 4, nil
	}
	switch msg, err := l.consumer.Next(jetstream.FetchMaxWait(expiry)); {
	case err == nil:
		return l.handle(msg), nil
	case errors.Is(err, nats.ErrTimeout):
		<-l.slots
		return idle, nil
	default:
		<-l.slots
		return idle / 8, err //nolint:wrapcheck // it is only logged
	}
}

// rest waits until there may be an event: for so long, or until the bell rings.
func (l *lane) rest(d time.Duration) {
	if d <= 0 {
		return
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-l.bell:
	case <-l.closing:
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

// handle has one event handled, and tells the server what came of it. It returns after how long there may be another.
func (l *lane) handle(msg jetstream.Msg) time.Duration {
	ctx, lease := l.hold(msg)
	err := l.run(ctx, msg)
	<-l.slots
	var dead *eventbus.DeadLetter
	switch {
	case err == nil:
		lease.release()
		l.settle(msg, ack)
	case errors.As(err, &dead):
		l.bury(msg, dead, lease)
	case lease.lost(): // another process has it
		lease.release()
		return idle
	default:
		lease.release()
		l.settle(msg, again(wait(err)))
		return wait(err)
	}
	meta, err := msg.Metadata()
	if err != nil {
		return 0 // it is a message of JetStream, which has them
	}
	l.from = max(l.from, meta.Sequence.Stream+1)
	if meta.NumPending == 0 {
		return idle
	}
	return 0
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
		return &eventbus.DeadLetter{Err: l.refuse(ctx, msg, err)}
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
