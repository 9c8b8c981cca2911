package natsbus_test

import (
	"context"
	"fmt"
	"net"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/neuroglia-go/neuroglia/cloudevent"
	"github.com/neuroglia-go/neuroglia/eventbus"
	"github.com/neuroglia-go/neuroglia/eventbus/natsbus"
)

// patience is how long something that must happen may take.
const patience = 30 * time.Second

const created = "order.created.v1"

// broker is a NATS server in this process, on a port of its own.
type broker struct {
	*server.Server

	opts *server.Options
}

func newServer(t *testing.T) *broker {
	t.Helper()
	b := &broker{opts: &server.Options{
		Host: "127.0.0.1", Port: server.RANDOM_PORT, JetStream: true, StoreDir: t.TempDir(), NoLog: true, NoSigs: true,
	}}
	b.start(t)
	t.Cleanup(b.stop)
	return b
}

// start starts the server; once it has been started, on the same port.
func (b *broker) start(t *testing.T) {
	t.Helper()
	var err error
	if b.Server, err = server.NewServer(b.opts); err != nil {
		t.Fatal(err)
	}
	go b.Start()
	if !b.ReadyForConnections(patience) {
		t.Fatal("the server does not start")
	}
	if addr, ok := b.Addr().(*net.TCPAddr); ok {
		b.opts.Port = addr.Port
	}
}

func (b *broker) stop() {
	b.Shutdown()
	b.WaitForShutdown()
}

// open returns a transport that the caller closes.
func (b *broker) open(t *testing.T, opts ...natsbus.Option) *natsbus.Transport {
	t.Helper()
	return open(t, b.ClientURL(), opts...)
}

func open(t *testing.T, url string, opts ...natsbus.Option) *natsbus.Transport {
	t.Helper()
	transport, err := natsbus.Open(t.Context(), url, opts...)
	if err != nil {
		t.Fatal(err)
	}
	return transport
}

// process returns a transport that is closed at the end of the test.
func (b *broker) process(t *testing.T, opts ...natsbus.Option) *natsbus.Transport {
	t.Helper()
	return closing(t, b.open(t, opts...))
}

func closing(t *testing.T, transport *natsbus.Transport) *natsbus.Transport {
	t.Helper()
	t.Cleanup(func() { stop(t, transport) })
	return transport
}

func stop(t *testing.T, transport *natsbus.Transport) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), patience)
	defer cancel()
	if err := transport.Close(ctx); err != nil {
		t.Errorf("Close: %v", err)
	}
}

// link is a process's way to the server, which can fail.
type link struct {
	mu    sync.Mutex
	down  bool
	conns []*conn
}

// option makes a connection go over the link.
func (l *link) option() natsbus.Option {
	return natsbus.WithNATS(nats.SetCustomDialer(l))
}

// Dial implements nats.CustomDialer.
func (l *link) Dial(network, address string) (net.Conn, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.down {
		return nil, fmt.Errorf("dial %s: the link is down", address)
	}
	c, err := net.DialTimeout(network, address, time.Second)
	if err != nil {
		return nil, err
	}
	wrapped := &conn{Conn: c, link: l}
	l.conns = append(l.conns, wrapped)
	return wrapped, nil
}

// kill ends all connections for good, as the end of a process does.
func (l *link) kill() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.down = true
	for _, c := range l.conns {
		_ = c.Close()
	}
}

// partition drops all that is sent, until it is mended.
func (l *link) partition(down bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.down = down
}

func (l *link) isDown() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.down
}

type conn struct {
	net.Conn

	link *link
}

func (c *conn) Write(b []byte) (int, error) {
	if c.link.isDown() {
		return len(b), nil
	}
	return c.Conn.Write(b)
}

// js returns somebody else's way to the server.
func js(t *testing.T, b *broker) jetstream.JetStream {
	t.Helper()
	nc, err := nats.Connect(b.ClientURL())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(nc.Close)
	js, err := jetstream.New(nc)
	if err != nil {
		t.Fatal(err)
	}
	return js
}

func event(id, subject string) cloudevent.Event {
	return cloudevent.Event{
		ID: id, Source: "/natsbus", Type: created, Subject: subject, DataContentType: "application/json", Data: []byte(`{}`),
	}
}

// numbered returns the events 0 to n-1 of a subject.
func numbered(subject string, n int) []cloudevent.Event {
	events := make([]cloudevent.Event, n)
	for i := range events {
		events[i] = event(fmt.Sprintf("%s-%03d", subject, i), subject)
	}
	return events
}

func publish(t *testing.T, transport *natsbus.Transport, events ...cloudevent.Event) {
	t.Helper()
	for _, e := range events {
		if err := transport.Publish(t.Context(), e); err != nil {
			t.Fatalf("Publish(%s): %v", e.ID, err)
		}
	}
}

func subscribe(t *testing.T, transport *natsbus.Transport, group string, concurrency int, deliver eventbus.Deliver) {
	t.Helper()
	s := eventbus.Subscription{Group: group, Type: created, Concurrency: concurrency}
	if err := transport.Subscribe(t.Context(), s, deliver); err != nil {
		t.Fatalf("Subscribe: %v", err)
	}
}

// delivered is one event as a subscriber got it.
type delivered struct {
	cloudevent.Event
	attempt int
}

func (d delivered) String() string { return fmt.Sprintf("%s(%d)", d.ID, d.attempt) }

// inbox takes the events of subscribers.
type inbox chan delivered

func newInbox() inbox { return make(inbox, 100_000) }

func (in inbox) deliver(_ context.Context, e cloudevent.Event, attempt int) error {
	in <- delivered{e, attempt}
	return nil
}

// want fails the test if the next events, with their attempts as "a-000(1)", are not those wanted, in order.
func (in inbox) want(t *testing.T, want ...string) {
	t.Helper()
	got := make([]string, len(want))
	for i := range got {
		got[i] = await(t, "event "+want[i], in).String()
	}
	if !slices.Equal(got, want) {
		t.Errorf("got the events %v, want %v", got, want)
	}
}

// await returns what comes next, and fails the test if nothing does.
func await[T any](t *testing.T, what string, from <-chan T) T {
	t.Helper()
	select {
	case next := <-from:
		return next
	case <-time.After(patience):
		t.Fatalf("%s: nothing within %s", what, patience)
		panic("unreachable")
	}
}

// eventually waits until something holds.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	deadline := time.Now().Add(patience)
	for !holds() {
		if time.Now().After(deadline) {
			t.Fatalf("%s: not within %s", what, patience)
		}
		<-time.After(10 * time.Millisecond)
	}
}
