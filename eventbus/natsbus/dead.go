package natsbus

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/neuroglia-go/neuroglia/eventbus"
	"github.com/neuroglia-go/neuroglia/internal/instrument"
)

// The headers of dead letters, beside those of their events, and of what is replayed.
const (
	headerGroup     = "Neuroglia-Group"
	headerType      = "Neuroglia-Type"
	headerLane      = "Neuroglia-Lane"
	headerReason    = "Neuroglia-Reason"
	headerAttempts  = "Neuroglia-Attempts"
	headerPublished = "Neuroglia-Published"
	headerReplayed  = "Neuroglia-Replayed"
)

// errLost is why the handling of an event is given up that another process has.
var errLost = errors.New("the event broker has not heard of this process and hands the event to another")

// bury keeps an event that is given up as a dead letter, and then tells the server that it is settled. If either fails the
// event comes again, and the second dead letter is the first.
func (l *lane) bury(msg jetstream.Msg, dead *eventbus.DeadLetter) {
	ctx, cancel := context.WithTimeout(context.Background(), l.publishTimeout)
	defer cancel()
	letter, err := l.letter(msg, dead)
	if err == nil {
		_, err = l.js.PublishMsg(ctx, letter)
	}
	if err != nil {
		l.logger.LogAttrs(ctx, slog.LevelWarn, "a dead letter cannot be kept: the event will come again",
			slog.String("subject", msg.Subject()), reason(err))
		l.settle(msg, again(5*time.Second))
		return
	}
	l.settle(msg, term)
}

func (l *lane) letter(msg jetstream.Msg, dead *eventbus.DeadLetter) (*nats.Msg, error) {
	meta, err := msg.Metadata()
	if err != nil {
		return nil, err //nolint:wrapcheck // it is only logged
	}
	letter := &nats.Msg{
		Subject: l.deadSubject(l.subscription.Group, l.subscription.Type, l.number), Data: msg.Data(), Header: nats.Header{},
	}
	maps.Copy(letter.Header, msg.Headers())
	letter.Header.Set(nats.MsgIdHdr, l.name+"#"+strconv.FormatUint(meta.Sequence.Stream, 10))
	letter.Header.Set(headerGroup, url.PathEscape(l.subscription.Group))
	letter.Header.Set(headerType, url.PathEscape(l.subscription.Type))
	letter.Header.Set(headerLane, strconv.Itoa(l.number))
	letter.Header.Set(headerReason, strings.Join(strings.Fields(instrument.Text(dead)), " "))
	letter.Header.Set(headerAttempts, strconv.FormatUint(meta.NumDelivered, 10))
	letter.Header.Set(headerPublished, meta.Timestamp.UTC().Format(time.RFC3339Nano))
	return letter, nil
}
