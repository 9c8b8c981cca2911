package eventbus_test

import (
	"context"
	"log/slog"
	"testing"

	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace/noop"

	"github.com/neuroglia-go/neuroglia/cloudevent"
	"github.com/neuroglia-go/neuroglia/eventbus"
	"github.com/neuroglia-go/neuroglia/telemetry"
)

const created = "order.created.v1"

type orderCreated struct {
	OrderID string `json:"order_id"`
}

func (orderCreated) EventType() string { return created }

// recorder is a transport that keeps what it is asked to do. It is not safe for concurrent use.
type recorder struct {
	published     []cloudevent.Event
	subscriptions []eventbus.Subscription
	delivers      []eventbus.Deliver
	closed        int
	err           error // of everything
	exceptions    map[eventbus.Promise]string
}

var _ eventbus.Transport = (*recorder)(nil)

func (*recorder) System() string { return "recorder" }

func (r *recorder) Exceptions() map[eventbus.Promise]string { return r.exceptions }

func (r *recorder) Publish(_ context.Context, e cloudevent.Event) error {
	r.published = append(r.published, e)
	return r.err
}

func (r *recorder) Subscribe(_ context.Context, s eventbus.Subscription, deliver eventbus.Deliver) error {
	r.subscriptions = append(r.subscriptions, s)
	r.delivers = append(r.delivers, deliver)
	return r.err
}

func (r *recorder) Close(context.Context) error {
	r.closed++
	return r.err
}

// newBus returns a bus whose only telemetry is the propagation of W3C's trace context and baggage.
func newBus(t *testing.T, transport eventbus.Transport, opts ...eventbus.Option) *eventbus.Bus {
	t.Helper()
	with := eventbus.WithTelemetry(telemetry.Providers{
		Tracer:     noop.NewTracerProvider(),
		Propagator: propagation.NewCompositeTextMapPropagator(propagation.TraceContext{}, propagation.Baggage{}),
		Logger:     slog.New(slog.DiscardHandler),
	})
	bus := eventbus.New(transport, "/mario-pizzeria", append(opts, with)...)
	return bus
}

// subscribed returns what the transport calls for each event that comes for h.
func subscribed[E any](t *testing.T, h func(context.Context, E) error, opts ...eventbus.SubscribeOption) eventbus.Deliver {
	t.Helper()
	var transport recorder
	return transport.subscribed(t, newBus(t, &transport), func(b *eventbus.Bus) error {
		return eventbus.Subscribe(b, "kitchen", created, h, opts...)
	})
}

// subscribed starts a bus of the transport and returns what it calls for each event of its subscription.
func (r *recorder) subscribed(t *testing.T, bus *eventbus.Bus, subscribe func(*eventbus.Bus) error) eventbus.Deliver {
	t.Helper()
	if err := subscribe(bus); err != nil {
		t.Fatalf("Subscribe: %v", err)
	}
	if err := bus.Start(t.Context()); err != nil {
		t.Fatalf("Start: %v", err)
	}
	return r.delivers[0]
}

func event(data string) cloudevent.Event {
	return cloudevent.Event{ID: "1", Source: "/mario-pizzeria", Type: created, Subject: "4711", Data: []byte(data)}
}
