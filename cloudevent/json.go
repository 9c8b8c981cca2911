package cloudevent

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"strconv"
	"strings"
	"time"
)

// reserved reports whether the specification gives the name a meaning, so that no extension can have it.
func reserved(name string) bool {
	switch name {
	case "specversion", "id", "source", "type", "subject", "time", "datacontenttype", "dataschema", "data", "data_base64":
		return true
	}
	return false
}

// MarshalJSON returns the event in structured mode. JSON data stays JSON, other data becomes base64.
//
// See https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md.
func (e Event) MarshalJSON() ([]byte, error) {
	if err := e.Validate(); err != nil {
		return nil, err
	}
	members := map[string]any{"specversion": SpecVersion, "id": e.ID, "source": e.Source, "type": e.Type}
	for name, value := range map[string]string{
		"subject": e.Subject, "datacontenttype": e.DataContentType, "dataschema": e.DataSchema,
	} {
		if value != "" {
			members[name] = value
		}
	}
	if !e.Time.IsZero() {
		members["time"] = e.Time.Format(time.RFC3339Nano)
	}
	for name, value := range e.Extensions {
		members[name] = value
	}
	switch {
	case e.Data == nil:
	case isJSON(e.DataContentType) && json.Valid(e.Data):
		members["data"] = json.RawMessage(e.Data)
	default:
		members["data_base64"] = base64.StdEncoding.EncodeToString(e.Data)
	}
	raw, err := json.Marshal(members)
	if err != nil {
		return nil, fmt.Errorf("cloudevent: encode %s %s: %w", e.Type, e.ID, err)
	}
	return raw, nil
}

// UnmarshalJSON reads an event in structured mode. It refuses other versions than 1.x and events that [Event.Validate]
// refuses. Extensions that are numbers or booleans are kept as text.
func (e *Event) UnmarshalJSON(raw []byte) error {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(raw, &members); err != nil {
		return fmt.Errorf("cloudevent: %w", err)
	}
	var read Event
	if err := read.fill(members); err != nil {
		return fmt.Errorf("cloudevent: %w", err)
	}
	if err := read.Validate(); err != nil {
		return err
	}
	*e = read
	return nil
}

func (e *Event) fill(members map[string]json.RawMessage) error {
	texts, extensions := map[string]string{}, map[string]string{}
	for name, raw := range members {
		if name == "data" || string(raw) == "null" {
			continue
		}
		text, err := scalar(raw)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		switch {
		case !reserved(name):
			extensions[name] = text
		case raw[0] == '"':
			texts[name] = text
		default:
			return fmt.Errorf("%s: want a string", name)
		}
	}
	if err := e.fillAttributes(texts, extensions); err != nil {
		return err
	}
	return e.fillData(members["data"], texts)
}

// fillAttributes takes the attributes of the specification from texts.
func (e *Event) fillAttributes(texts, extensions map[string]string) error {
	if len(extensions) > 0 {
		e.Extensions = extensions
	}
	if v := texts["specversion"]; !strings.HasPrefix(v, "1.") {
		return fmt.Errorf("specversion is %q, want 1.x", v)
	}
	e.ID, e.Source, e.Type, e.Subject = texts["id"], texts["source"], texts["type"], texts["subject"]
	e.DataContentType, e.DataSchema = texts["datacontenttype"], texts["dataschema"]
	if at, ok := texts["time"]; ok {
		var err error
		if e.Time, err = time.Parse(time.RFC3339Nano, at); err != nil {
			return fmt.Errorf("time: %w", err)
		}
	}
	return nil
}

func (e *Event) fillData(data json.RawMessage, texts map[string]string) error {
	encoded, binary := texts["data_base64"]
	var text string
	switch {
	case binary && data != nil:
		return errors.New("there is both data and data_base64")
	case binary:
		decoded, err := base64.StdEncoding.DecodeString(encoded)
		if err != nil {
			return fmt.Errorf("data_base64: %w", err)
		}
		e.Data = decoded
	case data == nil:
	case !isJSON(e.DataContentType) && json.Unmarshal(data, &text) == nil:
		e.Data = []byte(text) // data of another type that is text may be a JSON string
	default:
		e.Data = []byte(data) // a copy already
	}
	return nil
}

// scalar returns the canonical text of a JSON string, number or boolean.
func scalar(raw json.RawMessage) (string, error) {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	var v any
	if err := decoder.Decode(&v); err != nil {
		return "", fmt.Errorf("decode: %w", err)
	}
	switch v := v.(type) {
	case string:
		return v, nil
	case json.Number:
		return v.String(), nil
	case bool:
		return strconv.FormatBool(v), nil
	default:
		return "", errors.New("want a string, number or boolean")
	}
}

// isJSON reports whether data of this content type is JSON, as the specification defines it.
func isJSON(contentType string) bool {
	if contentType == "" {
		return true
	}
	media, _, err := mime.ParseMediaType(contentType)
	return err == nil && (strings.HasSuffix(media, "/json") || strings.HasSuffix(media, "+json"))
}
