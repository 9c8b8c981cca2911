package benchmarks_test

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/neuroglia-go/neuroglia/cloudevent"
	"github.com/neuroglia-go/neuroglia/eventbus"
	"github.com/neuroglia-go/neuroglia/telemetry"
)

const (
	eventType = "order.placed.v1"
	source    = "/orders"
	group     = "kitchen"
)

// wire is a transport that takes events nowhere, and gives its subscriber those that it is asked to.
type wire struct{ deliver eventbus.Deliver }

var _ eventbus.Transport = (*wire)(nil)

func (*wire) System() string                                  { return "memory" }
func (*wire) Exceptions() map[eventbus.Promise]string         { return nil }
func (*wire) Publish(context.Context, cloudevent.Event) error { return nil }
func (*wire) Close(context.Context) error                     { return nil }
func (w *wire) Subscribe(_ context.Context, _ eventbus.Subscription, d eventbus.Deliver) error {
	w.deliver = d
	return nil
}

// publisher publishes an event, with what is around that.
type publisher func(context.Context, cloudevent.Event) error

// of makes a CloudEvent of what an aggregate raised, as all who publish one must, and publishes it.
func (p publisher) of(event OrderPlaced) op {
	r := raised()
	r.Event = event
	return func(ctx context.Context) error {
		e, err := cloudevent.FromRaised(&r, source)
		if err != nil {
			return err
		}
		return p(ctx, e)
	}
}

// publish is the work of publishing an event: to make it, to encode it and to give it to the transport.
func publish() work { return publishing(placed()) }

func publishing(event OrderPlaced) work {
	return work{"Publish", []variant{
		{direct, []mode{bare}, func(testing.TB, telemetry.Providers) op { return publisher((&wire{}).Publish).of(event) }},
		{neuroglia, framed(), func(_ testing.TB, p telemetry.Providers) op {
			return publisher(eventbus.New(&wire{}, source, eventbus.WithTelemetry(p)).Publish).of(event)
		}},
		{tuned, byHand(), func(tb testing.TB, p telemetry.Providers) op {
			tb.Helper()
			return publisher(newTunedPublisher(tb, p, &wire{}).publish).of(event)
		}},
		{naive, byHand(), func(tb testing.TB, p telemetry.Providers) op {
			tb.Helper()
			return publisher(newNaivePublisher(tb, p, &wire{}).publish).of(event)
		}},
		{watermill, []mode{bare}, func(tb testing.TB, _ telemetry.Providers) op {
			tb.Helper()
			return watermillPublish(tb, event)
		}},
	}}
}

// arrived is the event as it comes to a subscriber, with the trace of its publisher.
func arrived(tb testing.TB) cloudevent.Event {
	tb.Helper()
	data, err := json.Marshal(placed())
	if err != nil {
		tb.Fatal(err)
	}
	return cloudevent.Event{
		ID: "4711-1", Source: source, Type: eventType, Subject: "4711", Time: time.Now(), DataContentType: "application/json", Data: data,
		Extensions: map[string]string{"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"},
	}
}

// decode is the work of a subscriber: to decode the event and to handle it.
func decode(ctx context.Context, e *cloudevent.Event) error {
	var event OrderPlaced
	if err := json.Unmarshal(e.Data, &event); err != nil {
		return err
	}
	return cook(ctx, event)
}

// decoding is decode, with the panics and the time limit that a subscription sees to.
func decoding(ctx context.Context, e *cloudevent.Event) (err error) {
	defer recovered(&err)
	ctx, cancel := context.WithTimeout(ctx, eventbus.Timeout)
	defer cancel()
	return decode(ctx, e)
}

// consume is the work of processing an event that has come.
func consume() work {
	return work{"Consume", []variant{
		{direct, []mode{bare}, func(tb testing.TB, _ telemetry.Providers) op {
			tb.Helper()
			e := arrived(tb)
			return func(ctx context.Context) error { return decode(ctx, &e) }
		}},
		{neuroglia, framed(), subscribed},
		{tuned, byHand(), func(tb testing.TB, p telemetry.Providers) op {
			tb.Helper()
			c, e := newTunedConsumer(tb, p), arrived(tb)
			return func(ctx context.Context) error { return c.process(ctx, &e) }
		}},
		{naive, byHand(), func(tb testing.TB, p telemetry.Providers) op {
			tb.Helper()
			c, e := newNaiveConsumer(tb, p), arrived(tb)
			return func(ctx context.Context) error { return c.process(ctx, &e) }
		}},
	}}
}

func subscribed(tb testing.TB, p telemetry.Providers) op {
	tb.Helper()
	w, e := &wire{}, arrived(tb)
	bus := eventbus.New(w, source, eventbus.WithTelemetry(p))
	if err := eventbus.Subscribe(bus, group, eventType, cook); err != nil {
		tb.Fatal(err)
	}
	if err := bus.Start(tb.Context()); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = bus.Stop(context.Background()) })
	return func(ctx context.Context) error { return w.deliver(ctx, e, 1) }
}
