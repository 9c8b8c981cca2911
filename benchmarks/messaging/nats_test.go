package messaging_test

import (
	"context"
	"fmt"
	"strconv"
	"testing"
	"time"

	"github.com/ThreeDotsLabs/watermill"
	wmnats "github.com/ThreeDotsLabs/watermill-nats/v2/pkg/nats"
	"github.com/ThreeDotsLabs/watermill/message"
	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/neuroglia-go/neuroglia/cloudevent"
	"github.com/neuroglia-go/neuroglia/eventbus"
	"github.com/neuroglia-go/neuroglia/eventbus/natsbus"
)

const lanes = 16

// broker returns the URL of a JetStream server that keeps its streams in files, and leaves it to the system when to write
// them to disk, as is its default.
func broker(b *testing.B) string {
	b.Helper()
	s, err := server.NewServer(&server.Options{
		Host: "127.0.0.1", Port: server.RANDOM_PORT, JetStream: true, StoreDir: b.TempDir(), NoLog: true, NoSigs: true,
	})
	if err != nil {
		b.Fatal(err)
	}
	go s.Start()
	if !s.ReadyForConnections(time.Minute) {
		b.Fatal("the server does not start")
	}
	b.Cleanup(func() { s.Shutdown(); s.WaitForShutdown() })
	return s.ClientURL()
}

func newBus(b *testing.B, url string) *eventbus.Bus {
	b.Helper()
	transport, err := natsbus.Open(b.Context(), url, natsbus.WithTelemetry(quiet()), natsbus.WithHistory(), natsbus.WithLanes(lanes))
	if err != nil {
		b.Fatal(err)
	}
	bus := eventbus.New(transport, "/orders", eventbus.WithTelemetry(quiet()))
	b.Cleanup(func() { _ = bus.Stop(context.Background()) })
	return bus
}

// event is one about one of 64 orders.
func event(b *testing.B, n int64) cloudevent.Event {
	b.Helper()
	return cloudevent.Event{
		ID: watermill.NewUUID(), Source: "/orders", Type: eventType, Subject: "order-" + strconv.FormatInt(n%64, 10),
		DataContentType: "application/json", Time: time.Now(), Data: encoded(b, placed()),
	}
}

// newStream makes a stream for Watermill like that of the bus, with a topic for each lane.
func newStream(b *testing.B, url string) (*nats.Conn, []string) {
	b.Helper()
	nc, err := nats.Connect(url)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(nc.Close)
	js, err := jetstream.New(nc)
	if err != nil {
		b.Fatal(err)
	}
	if _, err := js.CreateStream(b.Context(), jetstream.StreamConfig{
		Name: "placed", Subjects: []string{"placed.>"}, MaxAge: 7 * 24 * time.Hour, Duplicates: natsbus.Duplicates,
	}); err != nil {
		b.Fatal(err)
	}
	topics := make([]string, lanes)
	for i := range topics {
		topics[i] = fmt.Sprintf("placed.%d", i)
	}
	return nc, topics
}

func newPublisher(b *testing.B, nc *nats.Conn) message.Publisher {
	b.Helper()
	publisher, err := wmnats.NewPublisherWithNatsConn(nc, wmnats.PublisherPublishConfig{
		Marshaler: &wmnats.NATSMarshaler{}, SubjectCalculator: wmnats.DefaultSubjectCalculator,
		JetStream: wmnats.JetStreamConfig{TrackMsgId: true},
	}, nil)
	if err != nil {
		b.Fatal(err)
	}
	return publisher
}

// newSubscriber returns one that has 16 consumers of all topics together, or one of each.
func newSubscriber(b *testing.B, nc *nats.Conn, ordered bool) message.Subscriber {
	b.Helper()
	config := wmnats.SubscriberSubscriptionConfig{
		QueueGroupPrefix: "kitchen", SubscribersCount: lanes,
		JetStream: wmnats.JetStreamConfig{
			SubscribeOptions: []nats.SubOpt{nats.DeliverAll(), nats.AckExplicit()}, DurablePrefix: "kitchen",
		},
	}
	if ordered {
		config.SubscribersCount = 1
		config.JetStream.SubscribeOptions = append(config.JetStream.SubscribeOptions, nats.MaxAckPending(1))
		config.SubjectCalculator = func(group, topic string) *wmnats.SubjectDetail {
			return &wmnats.SubjectDetail{Primary: topic, QueueGroup: durable(group, topic)}
		}
		config.JetStream.DurableCalculator = durable
	}
	subscriber, err := wmnats.NewSubscriberWithNatsConn(nc, config, nil)
	if err != nil {
		b.Fatal(err)
	}
	return subscriber
}

func durable(group, topic string) string { return group + "-" + topic[len("placed."):] }
