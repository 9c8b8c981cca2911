package natsbus

import (
	"context"
	"errors"
	"fmt"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/neuroglia-go/neuroglia/cloudevent"
	"github.com/neuroglia-go/neuroglia/eventbus"
	"github.com/neuroglia-go/neuroglia/fault"
)

// headroom is what a dead letter may be longer than its event, in bytes.
const headroom = 8 << 10

// Publish implements eventbus.Transport. It returns when the server has stored the event. If there is no connection, or if
// the broker has not answered others a moment ago, it returns an error of kind fault.Unavailable at once, and if the broker
// does not answer in time, then. The event may have been stored all the same: published again within [Duplicates], it is
// there once.
func (t *Transport) Publish(ctx context.Context, e cloudevent.Event) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if !t.beginPublish() {
		return eventbus.ErrClosed
	}
	defer t.publishing.Done()
	msg, err := t.encode(e)
	if err != nil {
		return err
	}
	if most := t.nc.MaxPayload() - headroom; int64(msg.Size()) > most {
		return fault.New(fault.Invalid, "the event has %d bytes and the broker takes %d: "+
			"publish less, such as where to find the data", msg.Size(), most)
	}
	if !t.nc.IsConnected() {
		return fault.New(fault.Unavailable, "there is no connection to the event broker")
	}
	if !t.breaker.allow() {
		return fault.New(fault.Unavailable, "the event broker did not answer a moment ago")
	}
	return t.store(ctx, msg)
}

func (t *Transport) beginPublish() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed {
		return false
	}
	t.publishing.Add(1)
	return true
}

// store waits until the server has stored a message.
func (t *Transport) store(ctx context.Context, msg *nats.Msg) error {
	limited, cancel := context.WithTimeout(ctx, t.publishTimeout)
	defer cancel()
	_, err := t.js.PublishMsg(limited, msg)
	switch {
	case err == nil:
		t.breaker.close()
		return nil
	case ctx.Err() != nil:
		return fmt.Errorf("wait for the event broker: %w", ctx.Err())
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, nats.ErrTimeout), errors.Is(err, jetstream.ErrNoStreamResponse):
		t.breaker.open()
		return fault.New(fault.Unavailable, "the event broker does not answer within %s: %w", t.publishTimeout, err)
	default:
		return fault.New(fault.Unavailable, "the event broker does not take the event: %w", err)
	}
}
