package natsbus

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/neuroglia-go/neuroglia/cloudevent"
	"github.com/neuroglia-go/neuroglia/fault"
)

// DeadLetter is an event that a group gave up.
type DeadLetter struct {
	ID        uint64
	Group     string
	Event     cloudevent.Event // only type and data, if it could not be decoded
	Reason    string
	Attempts  int
	Published time.Time
	GivenUp   time.Time
}

// DeadLetters are the events that groups gave up. They are kept until they are replayed or discarded.
type DeadLetters struct{ t *Transport }

// DeadLetters returns the dead letters of all groups of the namespace.
func (t *Transport) DeadLetters() *DeadLetters { return &DeadLetters{t} }

// All returns the dead letters of a group and type, or of all groups or types if one of them is empty, the oldest first.
func (d *DeadLetters) All(ctx context.Context, group, eventType string) iter.Seq2[DeadLetter, error] {
	filter := []string{d.t.namespace, "dead", "*", ">"}
	if group != "" {
		filter[2] = token(group)
	}
	if eventType != "" {
		filter[3] = tokens(eventType) + ".*"
	}
	return func(yield func(DeadLetter, error) bool) {
		stream, err := d.stream(ctx)
		for next := uint64(1); err == nil; {
			var msg *jetstream.RawStreamMsg
			msg, err = stream.GetMsg(ctx, next, jetstream.WithGetMsgSubject(strings.Join(filter, ".")))
			if errors.Is(err, jetstream.ErrMsgNotFound) {
				return
			}
			if err == nil {
				if !yield(letterOf(msg), nil) {
					return
				}
				next = msg.Sequence + 1
			}
		}
		yield(DeadLetter{}, fmt.Errorf("natsbus: list dead letters: %w", err))
	}
}

// Get returns a dead letter. Returns an error of kind fault.NotFound if there is none with the identity.
func (d *DeadLetters) Get(ctx context.Context, id uint64) (DeadLetter, error) {
	_, msg, err := d.find(ctx, id)
	if err != nil {
		return DeadLetter{}, err
	}
	return letterOf(msg), nil
}

// Replay hands the event to its group again, as if for the first time, and marks it as replayed. Other groups do not get
// it. Returns an error of kind fault.NotFound if there is no dead letter with the identity.
func (d *DeadLetters) Replay(ctx context.Context, id uint64) error {
	stream, letter, err := d.find(ctx, id)
	if err != nil {
		return err
	}
	lane, err := strconv.Atoi(letter.Header.Get(headerLane))
	if err != nil {
		return fmt.Errorf("natsbus: replay dead letter %d: it does not say its lane: %w", id, err)
	}
	of := letterOf(letter)
	msg := &nats.Msg{Subject: d.t.replaySubject(of.Group, of.Event.Type, lane), Header: nats.Header{}, Data: letter.Data}
	maps.Copy(msg.Header, letter.Header)
	for _, name := range []string{headerGroup, headerType, headerLane, headerReason, headerAttempts, headerPublished} {
		msg.Header.Del(name)
	}
	msg.Header.Set(headerReplayed, "true")
	msg.Header.Set(nats.MsgIdHdr, "replay#"+letter.Header.Get(nats.MsgIdHdr))
	if err := d.t.store(ctx, msg); err != nil {
		return fmt.Errorf("natsbus: replay dead letter %d: %w", id, err)
	}
	if err := stream.DeleteMsg(ctx, id); err != nil {
		return fmt.Errorf("natsbus: remove dead letter %d, which has been replayed: %w", id, err)
	}
	return nil
}

// Discard removes a dead letter for good. Returns an error of kind fault.NotFound if there is none with the identity.
func (d *DeadLetters) Discard(ctx context.Context, id uint64) error {
	stream, _, err := d.find(ctx, id)
	if err != nil {
		return err
	}
	if err := stream.DeleteMsg(ctx, id); err != nil {
		return fmt.Errorf("natsbus: discard dead letter %d: %w", id, err)
	}
	return nil
}

func (d *DeadLetters) stream(ctx context.Context) (jetstream.Stream, error) {
	stream, err := d.t.js.Stream(ctx, d.t.deadStream())
	if err != nil {
		return nil, fmt.Errorf("look at the stream %s: %w", d.t.deadStream(), err)
	}
	return stream, nil
}

func (d *DeadLetters) find(ctx context.Context, id uint64) (jetstream.Stream, *jetstream.RawStreamMsg, error) {
	stream, err := d.stream(ctx)
	if err != nil {
		return nil, nil, fmt.Errorf("natsbus: %w", err)
	}
	msg, err := stream.GetMsg(ctx, id)
	if errors.Is(err, jetstream.ErrMsgNotFound) || id == 0 {
		return nil, nil, fault.New(fault.NotFound, "there is no dead letter %d", id)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("natsbus: get dead letter %d: %w", id, err)
	}
	return stream, msg, nil
}

func letterOf(msg *jetstream.RawStreamMsg) DeadLetter {
	header := msg.Header
	letter := DeadLetter{
		ID: msg.Sequence, Group: unescaped(header.Get(headerGroup)), Reason: header.Get(headerReason), GivenUp: msg.Time,
	}
	letter.Attempts, _ = strconv.Atoi(header.Get(headerAttempts)) // 0 says that nobody knows
	letter.Published, _ = time.Parse(time.RFC3339Nano, header.Get(headerPublished))
	var err error
	if letter.Event, err = decode(header, msg.Data); err != nil {
		letter.Event = cloudevent.Event{Type: unescaped(header.Get(headerType)), Data: msg.Data}
	}
	return letter
}

func unescaped(text string) string {
	if plain, err := url.PathUnescape(text); err == nil {
		return plain
	}
	return text
}
