package natsbus

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// verb is what a consumer says of an event, as
// https://docs.nats.io/using-nats/developer/develop_jetstream/consumers has it.
type verb string

const (
	ack      verb = "+ACK"
	progress verb = "+WPI"
	term     verb = "+TERM"
)

// again asks for an event to be handed out again.
func again(after time.Duration) verb {
	if after <= 0 {
		return "-NAK"
	}
	return verb(fmt.Sprintf(`-NAK {"delay": %d}`, after.Nanoseconds()))
}

// say says something of an event, and waits until the server has heard it.
func (t *Transport) say(ctx context.Context, msg jetstream.Msg, v verb) error {
	_, err := t.nc.RequestMsgWithContext(ctx, &nats.Msg{Subject: msg.Reply(), Data: []byte(v)})
	return err //nolint:wrapcheck // the callers say what it was about
}

// settle says what came of an event until the server has heard it, or hands the event out again since it heard nothing.
func (t *Transport) settle(msg jetstream.Msg, v verb) {
	ctx, cancel := context.WithTimeout(context.Background(), t.ackWait)
	defer cancel()
	err := eventually(ctx, func(ctx context.Context) error {
		ctx, cancel := context.WithTimeout(ctx, max(t.ackWait/3, 500*time.Millisecond))
		defer cancel()
		if t.nc.IsClosed() {
			return &finalError{nats.ErrConnectionClosed}
		}
		return t.say(ctx, msg, v)
	})
	if err != nil {
		t.logger.LogAttrs(ctx, slog.LevelWarn, "the event broker does not hear what came of an event: it will come again",
			slog.String("subject", msg.Subject()), reason(err))
	}
}

// lease is a message that is ours as long as the server hears that we are at it.
type lease struct {
	ctx  context.Context
	stop func()
}

// hold keeps a message ours until the lease is released. The context it returns ends when the server has not heard of us
// for so long that it hands the event to another process.
func (t *Transport) hold(msg jetstream.Msg) (context.Context, *lease) {
	ctx, cancel := context.WithCancelCause(t.delivery)
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		t.beat(ctx, done, msg, cancel)
	}()
	return ctx, &lease{ctx: ctx, stop: sync.OnceFunc(func() {
		close(done)
		<-ended
		cancel(nil)
	})}
}

func (t *Transport) beat(ctx context.Context, done <-chan struct{}, msg jetstream.Msg, cancel context.CancelCauseFunc) {
	each := t.ackWait / 3
	ticker := time.NewTicker(each)
	defer ticker.Stop()
	heard := time.Now()
	for {
		select {
		case <-done:
			return
		case <-ctx.Done():
			return
		case asked := <-ticker.C:
			asking, stop := context.WithTimeout(ctx, each)
			if err := t.say(asking, msg, progress); err == nil {
				heard = asked
			} else if time.Since(heard) >= t.ackWait {
				cancel(errLost)
			}
			stop()
		}
	}
}

// release ends the signs of life. It may be called again.
func (l *lease) release() { l.stop() }

// lost reports whether the event is another process's.
func (l *lease) lost() bool { return context.Cause(l.ctx) == errLost } //nolint:errorlint // it is this very error
