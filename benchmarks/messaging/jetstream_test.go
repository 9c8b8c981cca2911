package messaging_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/ThreeDotsLabs/watermill"
	"github.com/ThreeDotsLabs/watermill/message"

	"github.com/neuroglia-go/neuroglia/eventbus"
)

// publishOne returns a function that publishes one event, and returns when the broker has stored it.
func publishOne(b *testing.B, bus *eventbus.Bus) func() error {
	b.Helper()
	var n atomic.Int64
	return func() error { return bus.Publish(b.Context(), event(b, n.Add(1))) }
}

func publishOneByWatermill(b *testing.B, publisher message.Publisher, topics []string) func() error {
	b.Helper()
	var n atomic.Int64
	return func() error {
		m := message.NewMessage(watermill.NewUUID(), encoded(b, placed()))
		return publisher.Publish(topics[n.Add(1)%int64(len(topics))], m)
	}
}

// BenchmarkPublish measures publishing to JetStream, each event acknowledged before the next of its goroutine.
func BenchmarkPublish(b *testing.B) {
	for _, n := range []int{1, 16} {
		b.Run(fmt.Sprintf("publishers=%d/by=neuroglia", n), func(b *testing.B) {
			publish := publishOne(b, newBus(b, broker(b)))
			done := measure(b)
			clients(b, n, publish)
			done()
		})
		b.Run(fmt.Sprintf("publishers=%d/by=watermill", n), func(b *testing.B) {
			nc, topics := newStream(b, broker(b))
			publish := publishOneByWatermill(b, newPublisher(b, nc), topics)
			done := measure(b)
			clients(b, n, publish)
			done()
		})
	}
}

// BenchmarkConsume measures how fast events that wait in JetStream are handled by a handler that does nothing, 16 at a
// time, from subscribing on.
func BenchmarkConsume(b *testing.B) {
	b.Run("by=neuroglia", func(b *testing.B) {
		url, events := broker(b), newCountdown(b.N)
		clients(b, lanes, publishOne(b, newBus(b, url)))
		bus := newBus(b, url)
		handle := func(_ context.Context, e OrderPlaced) error { events.handle(e); return nil }
		if err := eventbus.Subscribe(bus, "kitchen", eventType, handle, eventbus.WithConcurrency(lanes)); err != nil {
			b.Fatal(err)
		}
		done := measure(b)
		if err := bus.Start(b.Context()); err != nil {
			b.Fatal(err)
		}
		events.wait(b)
		done()
	})
	for _, ordered := range []bool{true, false} {
		by, consumed := "watermill", []string{"placed.>"}
		b.Run("by="+map[bool]string{true: by + "-ordered", false: by}[ordered], func(b *testing.B) {
			events := newCountdown(b.N)
			nc, topics := newStream(b, broker(b))
			clients(b, lanes, publishOneByWatermill(b, newPublisher(b, nc), topics))
			if ordered {
				consumed = topics
			}
			done := measure(b)
			consume(b, newSubscriber(b, nc, ordered), events.handleEncoded, consumed...)
			events.wait(b)
			done()
		})
	}
}
