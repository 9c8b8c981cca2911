package natsbus

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"strings"

	"github.com/nats-io/nats.go"

	"github.com/neuroglia-go/neuroglia/cloudevent"
	"github.com/neuroglia-go/neuroglia/eventbus"
)

const structuredType = "application/cloudevents+json"

// encode returns an event as CloudEvents' binding to NATS has it:
// https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/nats-protocol-binding.md. Binary mode, with
// attributes in headers, is what the working draft after it adds.
func (t *Transport) encode(e cloudevent.Event) (*nats.Msg, error) {
	msg := &nats.Msg{Subject: t.eventSubject(e.Type, t.lane(e.Subject)), Header: nats.Header{}}
	var err error
	if t.structured {
		msg.Header.Set("content-type", structuredType)
		msg.Data, err = json.Marshal(e)
	} else {
		msg.Data, err = cloudevent.EncodeBinary(e, msg.Header.Set)
	}
	if err != nil {
		return nil, fmt.Errorf("encode: %w", err)
	}
	msg.Header.Set(nats.MsgIdHdr, url.PathEscape(e.Source)+"#"+url.PathEscape(e.ID))
	return msg, nil
}

// decode returns the event of a message in either mode.
func decode(header nats.Header, data []byte) (e cloudevent.Event, err error) {
	if mode(header) == structuredType {
		err = json.Unmarshal(data, &e)
	} else {
		e, err = cloudevent.DecodeBinary(header.Get, maps.Keys(header), data)
	}
	if err != nil {
		return cloudevent.Event{}, fmt.Errorf("decode: %w", err)
	}
	if header.Get(headerReplayed) != "" {
		if e.Extensions == nil {
			e.Extensions = map[string]string{}
		}
		e.Extensions[eventbus.ReplayedExtension] = "true"
	}
	return e, nil
}

// mode returns the content type of a message without its parameters.
func mode(header nats.Header) string {
	for name, values := range header {
		if strings.EqualFold(name, "content-type") && len(values) > 0 {
			media, _, _ := strings.Cut(values[0], ";")
			return strings.ToLower(strings.TrimSpace(media))
		}
	}
	return ""
}
