package httpbus

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/neuroglia-go/neuroglia/cloudevent"
	"github.com/neuroglia-go/neuroglia/eventbus"
	"github.com/neuroglia-go/neuroglia/fault"
)

// Publish implements eventbus.Transport. The error is of kind fault.Invalid if the sink says that it will never take this
// event, and fault.Unavailable if another try may succeed; the method RetryAfter of an error in its tree then says how long
// the sink asks to wait, or 0.
func (t *Transport) Publish(ctx context.Context, e cloudevent.Event) error {
	if !t.begin() {
		return eventbus.ErrClosed
	}
	defer t.working.Done()
	if t.sink == nil {
		return fault.New(fault.Invalid, "there is no sink to post events to: give httpbus.New its URL")
	}
	request, err := t.request(ctx, e)
	if err != nil {
		return err
	}
	response, err := t.client.Do(request)
	if err != nil {
		if ctx.Err() != nil {
			return fmt.Errorf("post to the sink: %w", err)
		}
		return fault.New(fault.Unavailable, "post to the sink: %w", err)
	}
	defer func() { _ = response.Body.Close() }()
	const enough = 64 << 10
	body, _ := io.ReadAll(io.LimitReader(response.Body, enough)) // read, so that the connection can be used again
	return answered(response, body)
}

func (t *Transport) request(ctx context.Context, e cloudevent.Event) (*http.Request, error) {
	header := http.Header{}
	var body []byte
	var err error
	if t.structured {
		body, err = json.Marshal(e)
		header.Set("Content-Type", "application/cloudevents+json; charset=utf-8")
	} else {
		body, err = cloudevent.EncodeBinary(e, header.Set)
	}
	if err != nil {
		return nil, fault.New(fault.Invalid, "%w", err)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, t.sink.String(), bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("post to the sink: %w", err)
	}
	request.Header = header
	return request, nil
}

// answered returns what the answer of the sink means.
func answered(response *http.Response, body []byte) error {
	status := response.StatusCode
	if status >= http.StatusOK && status < http.StatusMultipleChoices {
		return nil
	}
	kind := fault.Unavailable
	switch status {
	case http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType,
		http.StatusUnprocessableEntity:
		kind = fault.Invalid
	}
	var problem struct {
		Detail string `json:"detail"`
	}
	text := http.StatusText(status)
	if json.Unmarshal(body, &problem) == nil && problem.Detail != "" {
		text = problem.Detail
	}
	seconds, _ := strconv.ParseUint(response.Header.Get("Retry-After"), 10, 16) // a date is not understood
	later := &later{error: errors.New(text), after: time.Duration(seconds) * time.Second}
	return fault.New(kind, "the sink answered %d: %w", status, later)
}
