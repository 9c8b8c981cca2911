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

// bury keeps an event that is given up as a dead letter, and then tells the server that it is settled. While the letter
// cannot be kept, the event stays ours, so that it is given up once and with its reason, until the transport gives up
// waiting. If the server does not hear of it the event comes again, and the second dead letter is the first.
func (l *lane) bury(msg jetstream.Msg, dead *eventbus.DeadLetter, lease *lease) {
	defer lease.release()
	letter, err := l.letter(msg, dead)
	told := false
	for err == nil {
		if err = l.keep(letter); err == nil {
			lease.release()
			l.settle(msg, term)
			return
		}
		if !told {
			told = true
			l.logger.LogAttrs(lease.ctx, slog.LevelWarn, "a dead letter cannot be kept: it is tried again until it can",
				slog.String("subject", msg.Subject()), reason(err))
		}
		select {
		case <-lease.ctx.Done():
		case <-time.After(time.Second):
			err = nil
		}
	}
	if !lease.lost() {
		lease.release()
		l.settle(msg, again(0))
	}
}

func (l *lane) keep(letter *nats.Msg) error {
	ctx, cancel := context.WithTimeout(context.Background(), l.publishTimeout)
	defer cancel()
	_, err := l.js.PublishMsg(ctx, letter)
	return err //nolint:wrapcheck // it is only logged
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
