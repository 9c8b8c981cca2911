// Package watermillbus takes events through any publisher and subscriber of Watermill, and so through Kafka, AMQP, Redis
// and others: https://watermill.io/pubsubs/.
//
// An event is one message, in the binary mode of CloudEvents: its attributes are metadata, its data the payload. Its topic
// is its type. A message is acknowledged when its event has been handled or given up; until then it is held, and an event
// that is to be delivered again is delivered from here, so that the order holds whatever the broker does after a Nack. The
// next event of the type waits meanwhile: short waits between attempts are right. What a process that dies was holding, the
// broker hands out again.
//
//	bus := watermillbus.New(publisher, func(group string) (message.Subscriber, error) {
//		return kafka.NewSubscriber(kafka.SubscriberConfig{ConsumerGroup: group, ...}, logger)
//	}, watermillbus.Keeps(eventbus.Processes, eventbus.Durability))
//
// The other way around, [Publisher] and [Subscriber] are Watermill's over any of our transports.
package watermillbus

import (
	"context"
	"log/slog"
	"slices"
	"sync"

	"github.com/ThreeDotsLabs/watermill/message"

	"github.com/neuroglia-go/neuroglia/eventbus"
)

// Transport is an eventbus.Transport over Watermill.
type Transport struct {
	publisher     message.Publisher
	subscriberFor func(group string) (message.Subscriber, error)
	system        string
	topic         func(eventType string) string
	deadTopic     func(group, eventType string) string // nil if dead letters are not kept
	keeps         []eventbus.Promise
	logger        *slog.Logger
	delivery      context.Context // of the deliveries; ends with the transport
	cancel        context.CancelFunc
	closing       chan struct{} // closed when no message is begun any more

	mu          sync.Mutex // of what follows
	closed      bool
	working     sync.WaitGroup // publishing, and loops of consumers; begun under mu
	subscribers map[string]message.Subscriber
	consumers   map[[2]string]*consumer // by group and type
}

var _ eventbus.Transport = (*Transport)(nil)

// Option changes a default of [New].
type Option func(*Transport)

// System is the value of the messaging.system attribute, such as "kafka". Defaults to "watermill".
func System(name string) Option { return func(t *Transport) { t.system = name } }

// Topic makes a topic of a type of events, for brokers whose topics cannot be any text. Defaults to the type itself.
func Topic(of func(eventType string) string) Option { return func(t *Transport) { t.topic = of } }

// Keeps says which promises the broker keeps: eventbus.Processes and eventbus.Durability. Defaults to none.
func Keeps(promises ...eventbus.Promise) Option {
	return func(t *Transport) { t.keeps = append(t.keeps, promises...) }
}

// DeadLetters publishes what is given up to the topic that it returns, with the metadata of Watermill's poison queue.
// Defaults to acknowledging it, so that it is gone.
func DeadLetters(topic func(group, eventType string) string) Option {
	return func(t *Transport) { t.deadTopic = topic }
}

// WithLogger is told of messages that are no events. Defaults to slog's default logger.
func WithLogger(l *slog.Logger) Option { return func(t *Transport) { t.logger = l } }

// New returns a transport over a publisher, and the subscriber that subscriberFor returns for each group, which is called
// once. Both are closed with the transport. A subscriber hands out the next message of a topic when the one before has been
// acknowledged, if there is to be an order.
func New(
	publisher message.Publisher, subscriberFor func(group string) (message.Subscriber, error), opts ...Option,
) *Transport {
	t := &Transport{
		publisher: publisher, subscriberFor: subscriberFor, system: "watermill", logger: slog.Default(),
		topic:       func(eventType string) string { return eventType },
		closing:     make(chan struct{}),
		subscribers: map[string]message.Subscriber{}, consumers: map[[2]string]*consumer{},
	}
	for _, option := range opts {
		option(t)
	}
	t.delivery, t.cancel = context.WithCancel(context.Background())
	return t
}

// System implements eventbus.Transport.
func (t *Transport) System() string { return t.system }

// Exceptions implements eventbus.Transport.
func (t *Transport) Exceptions() map[eventbus.Promise]string {
	exceptions := map[eventbus.Promise]string{}
	for _, p := range []eventbus.Promise{eventbus.Processes, eventbus.Durability} {
		if !slices.Contains(t.keeps, p) {
			exceptions[p] = "it depends on the broker: watermillbus.Keeps says that it does"
		}
	}
	if t.deadTopic == nil {
		exceptions[eventbus.DeadLetters] = "there is no topic for them: watermillbus.DeadLetters gives one"
	}
	return exceptions
}

// begin reports whether the transport is open, and if so makes Close wait for t.working.Done.
func (t *Transport) begin() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.closed {
		t.working.Add(1)
	}
	return !t.closed
}
