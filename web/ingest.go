package web

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/neuroglia-go/neuroglia/cloudevent"
	"github.com/neuroglia-go/neuroglia/fault"
)

const eventModes = "expected an event in binary mode, with headers such as ce-id, " +
	"or application/cloudevents+json or application/cloudevents-batch+json, in UTF-8"

// Ingest takes CloudEvents that are posted to the path, in binary, structured and batched mode, and gives each to
// receive: the Receiver of an httpbus.Transport, which returns when its subscribers have handled the event, or the method
// Publish of another transport, which returns when the event is safe there.
//
//	api.Ingest("/events", bus.Receiver())
//
// The answer is 204 if every event was received; 400, 413 or 415 for what is no event; what a refusal says if receive
// refuses, so that the sender gives the event up; and for any other error 503 with Retry-After, so that the sender sends it
// again: after the time that a method RetryAfter of the error says, if it has one. The events of a batch are received in
// order; the first that has to be sent again ends it, and is sent again with the whole batch.
//
// Senders that ask for permission first get it, see
// https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/http-webhook.md#4-abuse-protection.
func (a *API) Ingest(path string, receive func(context.Context, cloudevent.Event) error) {
	if receive == nil {
		a.problems = append(a.problems, fmt.Errorf("web: ingest %s: the receiver is nil", path))
		return
	}
	a.handle("OPTIONS "+path, &endpoint{handler: permit})
	a.handle("POST "+path, &endpoint{handler: func(w http.ResponseWriter, r *http.Request) error {
		events, batch, err := readEvents(w, r, a.config.MaxBodyBytes)
		if err != nil {
			return err
		}
		if err := receiveAll(r.Context(), events, batch, receive); err != nil {
			return sendAgain(w, err)
		}
		w.WriteHeader(http.StatusNoContent)
		return nil
	}})
}

// permit answers a sender that asks whether it may post events. Who may not is not for this handler to know.
func permit(w http.ResponseWriter, r *http.Request) error {
	header := w.Header()
	header.Set("Allow", "OPTIONS, POST")
	if origin := r.Header.Get("Webhook-Request-Origin"); origin != "" {
		header.Set("Webhook-Allowed-Origin", origin)
		header.Set("Webhook-Allowed-Rate", "*")
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// receiveAll returns the first error that is no refusal, else all refusals. Each says which event of a batch it is about.
func receiveAll(
	ctx context.Context, events []cloudevent.Event, batch bool, receive func(context.Context, cloudevent.Event) error,
) error {
	var refused []error
	for i, e := range events {
		err := receive(ctx, e)
		switch {
		case err == nil:
		case !fault.KindOf(err).Refusal():
			return err
		case !batch:
			return err
		default:
			one, _ := errors.AsType[*fault.Error](err)
			refused = append(refused, one.At(fmt.Sprintf("body[%d]", i)))
		}
	}
	return errors.Join(refused...)
}

// sendAgain makes an error that is no refusal one that the sender tries again.
func sendAgain(w http.ResponseWriter, err error) error {
	if fault.KindOf(err).Refusal() {
		return err
	}
	if later, ok := errors.AsType[interface {
		error
		RetryAfter() time.Duration
	}](err); ok {
		seconds := max(1, int(math.Ceil(later.RetryAfter().Seconds())))
		w.Header().Set("Retry-After", strconv.Itoa(seconds))
	}
	return fault.New(fault.Unavailable, "%w", err)
}

// readEvents returns the events of a request, and whether they came as a batch.
func readEvents(w http.ResponseWriter, r *http.Request, limit int64) (events []cloudevent.Event, batch bool, err error) {
	if encoding := r.Header.Get("Content-Encoding"); encoding != "" && encoding != "identity" {
		return nil, false, refuse(http.StatusUnsupportedMediaType, "header.Content-Encoding", "expected none")
	}
	text := r.Header.Get("Content-Type")
	media, params, err := mime.ParseMediaType(text)
	structured := strings.HasPrefix(strings.ToLower(text), "application/cloudevents")
	batch = media == "application/cloudevents-batch+json"
	single := media == "application/cloudevents+json"
	charset := params["charset"]
	if structured && (err != nil || !batch && !single || charset != "" && !strings.EqualFold(charset, "utf-8")) ||
		!structured && r.Header.Get("Ce-Specversion") == "" {
		return nil, false, refuse(http.StatusUnsupportedMediaType, "header.Content-Type", eventModes)
	}
	var data bytes.Buffer
	if err := readAll(w, r, limit, &data); err != nil {
		return nil, false, err
	}
	switch {
	case batch:
		events, err = readBatch(data.Bytes())
		return events, true, err
	case single:
		events, err = readStructured(data.Bytes(), "body")
	default:
		events, err = readBinary(r.Header, data.Bytes())
	}
	return events, false, err
}

func readBinary(header http.Header, data []byte) ([]cloudevent.Event, error) {
	for name, values := range header {
		if strings.HasPrefix(name, "Ce-") && len(values) > 1 {
			return nil, refuse(http.StatusBadRequest, "header", strings.ToLower(name)+" is there twice")
		}
	}
	e, err := cloudevent.DecodeBinary(header.Get, maps.Keys(header), data)
	if err != nil {
		return nil, broken("header", err)
	}
	return []cloudevent.Event{e}, nil
}

func readStructured(data []byte, location string) ([]cloudevent.Event, error) {
	var e cloudevent.Event
	if err := e.UnmarshalJSON(data); err != nil {
		return nil, broken(location, err)
	}
	return []cloudevent.Event{e}, nil
}

func readBatch(data []byte) ([]cloudevent.Event, error) {
	var all []json.RawMessage
	if err := json.Unmarshal(data, &all); err != nil {
		return nil, refuse(http.StatusBadRequest, "body", "expected a JSON array of events: "+err.Error())
	}
	var events []cloudevent.Event
	for i, one := range all {
		e, err := readStructured(one, fmt.Sprintf("body[%d]", i))
		if err != nil {
			return nil, err
		}
		events = append(events, e...)
	}
	return events, nil
}

// broken refuses what is no event, with everything that is wrong with it.
func broken(location string, err error) *refusal {
	all := []error{err}
	if several, ok := errors.Unwrap(err).(interface{ Unwrap() []error }); ok {
		all = several.Unwrap()
	}
	r := &refusal{status: http.StatusBadRequest}
	for _, one := range all {
		message := strings.TrimPrefix(one.Error(), "cloudevent: ")
		r.errors = append(r.errors, ProblemDetail{Message: message, Location: location})
	}
	r.detail = location + ": " + r.errors[0].Message
	return r
}
