package benchmarks_test

import (
	"context"
	"fmt"
	"testing"

	wm "github.com/ThreeDotsLabs/watermill"
	"github.com/ThreeDotsLabs/watermill/components/cqrs"
	"github.com/ThreeDotsLabs/watermill/message"
	"github.com/ThreeDotsLabs/watermill/pubsub/gochannel"
)

// watermillBus is Watermill's CQRS component over its GoChannel, which publishes until the handlers have acknowledged: as
// near to a call as it comes. It does more than the others: every message becomes JSON and is decoded by each handler, in
// another goroutine, so that the same code works with a broker; handlers of an event run at the same time. It has no
// telemetry, and no answers.
type watermillBus struct {
	channel *gochannel.GoChannel
	router  *message.Router
	json    cqrs.JSONMarshaler
}

func newWatermill(tb testing.TB) *watermillBus {
	tb.Helper()
	router, err := message.NewRouter(message.RouterConfig{}, wm.NopLogger{})
	if err != nil {
		tb.Fatal(err)
	}
	return &watermillBus{
		channel: gochannel.NewGoChannel(gochannel.Config{BlockPublishUntilSubscriberAck: true}, wm.NopLogger{}), router: router,
	}
}

// run starts the handlers, until the end of the test.
func (w *watermillBus) run(tb testing.TB) {
	tb.Helper()
	stopped := make(chan error, 1)
	go func() { stopped <- w.router.Run(context.Background()) }()
	select {
	case <-w.router.Running():
	case err := <-stopped:
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		_ = w.router.Close()
		_ = w.channel.Close()
		<-stopped
	})
}

func watermillCommand(tb testing.TB, msg PlaceOrder) op {
	tb.Helper()
	w := newWatermill(tb)
	processor, err := cqrs.NewCommandProcessorWithConfig(w.router, cqrs.CommandProcessorConfig{
		GenerateSubscribeTopic: func(p cqrs.CommandProcessorGenerateSubscribeTopicParams) (string, error) {
			return p.CommandName, nil
		},
		SubscriberConstructor: func(cqrs.CommandProcessorSubscriberConstructorParams) (message.Subscriber, error) {
			return w.channel, nil
		},
		Marshaler: w.json,
	})
	if err != nil {
		tb.Fatal(err)
	}
	if err := processor.AddHandlers(cqrs.NewCommandHandler("place", func(ctx context.Context, cmd *PlaceOrder) error {
		_, err := place(ctx, *cmd)
		return err
	})); err != nil {
		tb.Fatal(err)
	}
	bus, err := cqrs.NewCommandBusWithConfig(w.channel, cqrs.CommandBusConfig{
		GeneratePublishTopic: func(p cqrs.CommandBusGeneratePublishTopicParams) (string, error) { return p.CommandName, nil },
		Marshaler:            w.json,
	})
	if err != nil {
		tb.Fatal(err)
	}
	w.run(tb)
	return func(ctx context.Context) error { return bus.Send(ctx, &msg) }
}

func watermillEvent(tb testing.TB, handlers int) op {
	tb.Helper()
	w, e := newWatermill(tb), placed()
	processor, err := cqrs.NewEventProcessorWithConfig(w.router, cqrs.EventProcessorConfig{
		GenerateSubscribeTopic: func(p cqrs.EventProcessorGenerateSubscribeTopicParams) (string, error) {
			return p.EventName, nil
		},
		SubscriberConstructor: func(cqrs.EventProcessorSubscriberConstructorParams) (message.Subscriber, error) {
			return w.channel, nil
		},
		Marshaler: w.json,
	})
	if err != nil {
		tb.Fatal(err)
	}
	for i := range handlers {
		if err := processor.AddHandlers(cqrs.NewEventHandler(fmt.Sprintf("cook%d", i), func(ctx context.Context, e *OrderPlaced) error {
			return cook(ctx, *e)
		})); err != nil {
			tb.Fatal(err)
		}
	}
	bus := watermillEventBus(tb, w.channel)
	w.run(tb)
	return func(ctx context.Context) error { return bus.Publish(ctx, &e) }
}

// nowhere is a publisher that takes messages nowhere, as wire does.
type nowhere struct{}

func (nowhere) Publish(string, ...*message.Message) error { return nil }
func (nowhere) Close() error                              { return nil }

func watermillPublish(tb testing.TB, event OrderPlaced) op {
	tb.Helper()
	bus := watermillEventBus(tb, nowhere{})
	return func(ctx context.Context) error { return bus.Publish(ctx, &event) }
}

func watermillEventBus(tb testing.TB, to message.Publisher) *cqrs.EventBus {
	tb.Helper()
	bus, err := cqrs.NewEventBusWithConfig(to, cqrs.EventBusConfig{
		GeneratePublishTopic: func(p cqrs.GenerateEventPublishTopicParams) (string, error) { return p.EventName, nil },
		Marshaler:            cqrs.JSONMarshaler{},
	})
	if err != nil {
		tb.Fatal(err)
	}
	return bus
}
