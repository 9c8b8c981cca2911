package natsbus_test

import (
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"github.com/neuroglia-go/neuroglia/eventbus/natsbus"
)

// patience is how long something that must happen may take.
const patience = 30 * time.Second

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
}

func (b *broker) stop() {
	b.Shutdown()
	b.WaitForShutdown()
}

// open returns a transport that the caller closes.
func (b *broker) open(t *testing.T, opts ...natsbus.Option) *natsbus.Transport {
	t.Helper()
	transport, err := natsbus.Open(t.Context(), b.ClientURL(), opts...)
	if err != nil {
		t.Fatal(err)
	}
	return transport
}
