package watermillbus

import (
	"encoding/json"
	"fmt"
	"net/url"

	"github.com/ThreeDotsLabs/watermill/message"
	"github.com/google/uuid"

	"github.com/neuroglia-go/neuroglia/cloudevent"
	"github.com/neuroglia-go/neuroglia/eventbus"
)

// metadata is the extension that holds a message's metadata, as JSON.
const metadata = "watermillmetadata"

type publisher struct{ transport eventbus.Transport }

// Publisher returns a publisher of Watermill over a transport of ours, which it does not close. A message is an event whose
// type is the topic and whose data is the payload; all messages of a topic keep their order.
func Publisher(t eventbus.Transport) message.Publisher { return publisher{t} }

// Publish implements message.Publisher.
func (p publisher) Publish(topic string, messages ...*message.Message) error {
	for _, msg := range messages {
		id := msg.UUID
		if id == "" {
			id = uuid.NewString()
		}
		text, err := json.Marshal(msg.Metadata)
		if err != nil {
			return fmt.Errorf("encode the metadata of %s: %w", id, err)
		}
		e := cloudevent.Event{
			ID: id, Source: "/watermill/" + url.PathEscape(topic), Type: topic, DataContentType: "application/octet-stream",
			Extensions: map[string]string{metadata: string(text)}, Data: msg.Payload,
		}
		if err := p.transport.Publish(msg.Context(), e); err != nil {
			return fmt.Errorf("publish %s to %s: %w", id, topic, err)
		}
	}
	return nil
}

// Close implements message.Publisher. It does nothing.
func (publisher) Close() error { return nil }
