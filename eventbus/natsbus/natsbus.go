// Package natsbus takes events to other processes over NATS JetStream, which keeps them until every group has handled
// them or given them up.
//
// Events of one type are spread over lanes by their subjects. Each group has a durable consumer for each lane, which hands
// out one event at a time: that keeps the order of a subject, whichever processes the group has and however often an event
// is tried.
package natsbus

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"go.opentelemetry.io/otel/metric"

	"github.com/neuroglia-go/neuroglia/eventbus"
)

// Transport is an eventbus.Transport over a connection to a NATS server or cluster. Make one with [Open].
type Transport struct {
	options

	embedded *embedded // nil if the server is another process
	nc       *nats.Conn
	js       jetstream.JetStream
	breaker  breaker
	refused  metric.Int64Counter

	delivery context.Context // of the deliveries; ends when Close gives up
	cancel   context.CancelFunc
	closing  chan struct{} // closed when no more events are to be taken
	working  sync.WaitGroup

	mu         sync.Mutex
	closed     bool // refuses to publish
	publishing sync.WaitGroup
	lanes      []*lane
}

var (
	_ eventbus.Transport = (*Transport)(nil)
	_ eventbus.Lagging   = (*Transport)(nil)
)

// Open connects to the server or cluster at url and makes the streams, if they are not there. The url is one of
//
//	nats://host:port,host:port?replicas=3                a cluster; tls:// too
//	nats:embedded?dir=data/nats&listen=127.0.0.1:4222    a server in this process
//
// An embedded server keeps its files in dir, by default data/nats, and is for this process alone unless it listens.
// Replicas are how many servers of the cluster keep each event; by default what the streams have, or 1.
//
// If the server cannot be reached in time ([WithStartTimeout]) it returns an error. After that the transport connects
// again whenever it has to, for ever.
func Open(ctx context.Context, url string, opts ...Option) (*Transport, error) {
	target, err := parse(url)
	if err != nil {
		return nil, err
	}
	t := &Transport{options: defaults(), closing: make(chan struct{})}
	for _, option := range opts {
		option(&t.options)
	}
	if err := t.check(); err != nil {
		return nil, fmt.Errorf("natsbus: %w", err)
	}
	t.replicas = target.replicas
	t.instrument()
	t.delivery, t.cancel = context.WithCancel(context.Background())
	ctx, cancel := context.WithTimeout(ctx, t.startTimeout)
	defer cancel()
	if err := t.open(ctx, target); err != nil {
		t.release()
		return nil, fmt.Errorf("natsbus: open %s: %w", &target, err)
	}
	return t, nil
}

func (t *Transport) open(ctx context.Context, to target) (err error) {
	if to.embedded {
		if t.embedded, err = startEmbedded(to, t.logger); err != nil {
			return err
		}
	}
	if t.nc, err = t.connect(ctx, to); err != nil {
		return err
	}
	if t.js, err = jetstream.New(t.nc); err != nil {
		return fmt.Errorf("use JetStream: %w", err)
	}
	return eventually(ctx, t.makeStreams)
}

// System implements eventbus.Transport.
func (*Transport) System() string { return "nats" }

// Exceptions implements eventbus.Transport: there are none.
func (*Transport) Exceptions() map[eventbus.Promise]string { return nil }

// Close implements eventbus.Transport. Handlers that are at work may publish until they have come to their end.
func (t *Transport) Close(ctx context.Context) error {
	if !t.beginClose() {
		return nil
	}
	idle := make(chan struct{})
	go func() {
		t.working.Wait()
		close(idle)
	}()
	select {
	case <-idle:
	case <-ctx.Done():
		t.cancel()
		select { // those that obey give their events back
		case <-idle:
		case <-time.After(500 * time.Millisecond):
			t.logger.LogAttrs(ctx, slog.LevelWarn, "the event bus is closed before all handlers have come to their end: "+
				"the broker will hand out what they are at to others")
		}
	}
	t.mu.Lock()
	t.closed = true
	t.mu.Unlock()
	t.publishing.Wait() // not for long: publishing has a limit
	t.release()
	return nil // what was not handled is kept
}

// beginClose stops taking events. It reports whether it is the first to.
func (t *Transport) beginClose() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.stopped() {
		return false
	}
	close(t.closing)
	return true
}

// release ends everything. It may be called again.
func (t *Transport) release() {
	t.cancel()
	if t.nc != nil {
		t.nc.Close()
	}
	if t.embedded != nil {
		t.embedded.stop()
	}
}

func (t *Transport) stopped() bool {
	select {
	case <-t.closing:
		return true
	default:
		return false
	}
}

// eventually tries until it succeeds, the error is final or ctx ends.
func eventually(ctx context.Context, try func(context.Context) error) error {
	for {
		err := try(ctx)
		if final := (*finalError)(nil); err == nil || errors.As(err, &final) {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(250 * time.Millisecond):
		}
	}
}

// finalError is an error that time does not heal.
type finalError struct{ error }

func (e *finalError) Unwrap() error { return e.error }
