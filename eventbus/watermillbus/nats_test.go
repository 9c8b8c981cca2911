package watermillbus_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/ThreeDotsLabs/watermill/message"
	"github.com/ThreeDotsLabs/watermill/pubsub/tests"
	"github.com/nats-io/nats-server/v2/server"

	"github.com/neuroglia-go/neuroglia/eventbus/natsbus"
	"github.com/neuroglia-go/neuroglia/eventbus/watermillbus"
)

// broker starts a NATS server and returns its URL.
func broker(t *testing.T) string {
	t.Helper()
	s, err := server.NewServer(&server.Options{
		Host: "127.0.0.1", Port: server.RANDOM_PORT, JetStream: true, StoreDir: t.TempDir(), NoLog: true, NoSigs: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	go s.Start()
	t.Cleanup(func() {
		s.Shutdown()
		s.WaitForShutdown()
	})
	if !s.ReadyForConnections(30 * time.Second) {
		t.Fatal("the server does not start")
	}
	return s.ClientURL()
}

// member is a subscriber with a connection of its own, which it closes.
type member struct {
	message.Subscriber
	message.SubscribeInitializer
	close func()
}

func (m member) Close() error {
	err := m.Subscriber.Close()
	m.close()
	return err
}

func join(t *testing.T, url, group string) (message.Publisher, message.Subscriber) {
	t.Helper()
	transport, err := natsbus.Open(context.WithoutCancel(t.Context()), url)
	if err != nil {
		t.Fatal(err)
	}
	s := watermillbus.Subscriber(transport, group)
	return watermillbus.Publisher(transport), member{s, s.(message.SubscribeInitializer), sync.OnceFunc(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		defer cancel()
		_ = transport.Close(ctx)
	})}
}

func TestNATSPassesTheSuiteOfWatermillWithGroupsThatOutliveProcesses(t *testing.T) {
	t.Parallel()
	url := broker(t)
	tests.TestPubSub(t, tests.Features{
		ConsumerGroups: true, GuaranteedOrder: true, Persistent: true,
		ForceShort: true, // the long tests publish 10,000 messages at a time, each of which is stored
	}, func(t *testing.T) (message.Publisher, message.Subscriber) {
		t.Helper()
		return join(t, url, "kitchen")
	}, func(t *testing.T, group string) (message.Publisher, message.Subscriber) {
		t.Helper()
		return join(t, url, group)
	})
}
