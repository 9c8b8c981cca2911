package natsbus

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"strings"

	"github.com/nats-io/nats.go"

	"github.com/neuroglia-go/neuroglia/cloudevent"
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

func decode(header nats.Header, data []byte) (cloudevent.Event, error) {
	var e cloudevent.Event
	for name, values := range header {
		if strings.EqualFold(name, "content-type") && strings.HasPrefix(values[0], structuredType) {
			if err := json.Unmarshal(data, &e); err != nil {
				return e, fmt.Errorf("decode: %w", err)
			}
			return e, nil
		}
	}
	e, err := cloudevent.DecodeBinary(header.Get, maps.Keys(header), data)
	if err != nil {
		return e, fmt.Errorf("decode: %w", err)
	}
	return e, nil
}
