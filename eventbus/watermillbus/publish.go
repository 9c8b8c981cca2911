package watermillbus

import (
	"bytes"
	"context"
	"maps"

	"github.com/ThreeDotsLabs/watermill/message"
	"github.com/google/uuid"

	"github.com/neuroglia-go/neuroglia/cloudevent"
	"github.com/neuroglia-go/neuroglia/eventbus"
	"github.com/neuroglia-go/neuroglia/fault"
)

// Publish implements eventbus.Transport. How long it takes is the publisher's to bound: Watermill's have no context.
func (t *Transport) Publish(ctx context.Context, e cloudevent.Event) error {
	if !t.begin() {
		return eventbus.ErrClosed
	}
	defer t.working.Done()
	if err := ctx.Err(); err != nil {
		return err
	}
	msg, err := encode(ctx, e)
	if err != nil {
		return err
	}
	if err := t.publisher.Publish(t.topic(e.Type), msg); err != nil {
		return fault.New(fault.Unavailable, "give the event to the broker: %w", err)
	}
	return nil
}

// encode returns the message of an event. Its UUID is the same whenever the same event is published, so that brokers can
// see that it was.
func encode(ctx context.Context, e cloudevent.Event) (*message.Message, error) {
	id := uuid.NewSHA1(uuid.NameSpaceURL, []byte(e.Source+"#"+e.ID)).String()
	msg := message.NewMessageWithContext(ctx, id, nil)
	data, err := cloudevent.EncodeBinary(e, msg.Metadata.Set)
	if err != nil {
		return nil, fault.New(fault.Invalid, "%w", err)
	}
	msg.Payload = bytes.Clone(data)
	return msg, nil
}

func decode(msg *message.Message) (cloudevent.Event, error) {
	return cloudevent.DecodeBinary(msg.Metadata.Get, maps.Keys(msg.Metadata), bytes.Clone(msg.Payload))
}
