package natsbus

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/nats-io/nats.go"
)

// connect waits until the server can be reached, or ctx ends. After that, the connection is made again whenever it is
// lost. Nothing is buffered meanwhile: who publishes is told.
func (t *Transport) connect(ctx context.Context, to target) (*nats.Conn, error) {
	opts := []nats.Option{
		nats.Name(filepath.Base(os.Args[0])), nats.Timeout(2 * time.Second),
		nats.MaxReconnects(-1), nats.ReconnectWait(250 * time.Millisecond), nats.ReconnectJitter(500*time.Millisecond, time.Second),
		nats.IgnoreAuthErrorAbort(), nats.ReconnectBufSize(-1),
		nats.PingInterval(5 * time.Second), nats.MaxPingsOutstanding(2),
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) {
			if !t.stopped() {
				t.logger.LogAttrs(context.Background(), slog.LevelWarn, "the connection to the event broker is lost", reason(err))
			}
		}),
		nats.ReconnectHandler(func(nc *nats.Conn) {
			t.logger.LogAttrs(context.Background(), slog.LevelInfo, "the event broker is connected again",
				slog.String("server.address", nc.ConnectedAddr()))
			go t.reconnected()
		}),
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) {
			t.logger.LogAttrs(context.Background(), slog.LevelWarn, "the event broker reports an error", reason(err))
		}),
	}
	if to.embedded {
		opts = append(opts, nats.InProcessServer(t.embedded))
	}
	opts = append(opts, t.nats...)
	var nc *nats.Conn
	err := eventually(ctx, func(context.Context) (err error) {
		nc, err = nats.Connect(to.servers, opts...)
		return err //nolint:wrapcheck // below
	})
	if err != nil {
		return nil, fmt.Errorf("connect within %s: %w: is it running, and is the address right?", t.startTimeout, err)
	}
	return nc, nil
}

// reconnected makes what a broker that lost its files needs.
func (t *Transport) reconnected() {
	ctx, cancel := context.WithTimeout(t.delivery, t.startTimeout)
	defer cancel()
	t.breaker.close()
	if err := eventually(ctx, t.makeStreams); err != nil && !t.stopped() {
		t.logger.LogAttrs(ctx, slog.LevelWarn, "the streams of the event broker cannot be looked at", reason(err))
	}
}

func reason(err error) slog.Attr {
	if err == nil {
		return slog.String("reason", "it was closed")
	}
	return slog.String("reason", err.Error())
}
