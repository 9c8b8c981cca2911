package messaging_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/neuroglia-go/neuroglia/aggregate"
	"github.com/neuroglia-go/neuroglia/outbox"
)

// BenchmarkRelay measures how fast a backlog is handed on, from PostgreSQL to a handler in the process that does nothing.
// "neuroglia-64" handles 64 events at once, and so takes as many from the database, instead of 8.
func BenchmarkRelay(b *testing.B) {
	for _, streams := range []int{1, 100, 1000} {
		for by, concurrency := range map[string]int{"neuroglia": 8, "neuroglia-64": 64} {
			b.Run(fmt.Sprintf("streams=%d/by=%s", streams, by), func(b *testing.B) {
				events := newCountdown(b.N)
				s := newService(b, func(_ context.Context, e OrderPlaced) error { events.handle(e); return nil },
					outbox.WithConcurrency(concurrency))
				s.backlog(b, min(streams, b.N), b.N)
				done := measure(b)
				s.start(b)
				events.wait(b)
				done()
			})
		}
		b.Run(fmt.Sprintf("streams=%d/by=watermill", streams), func(b *testing.B) {
			events := newCountdown(b.N)
			s := newWatermillService(b)
			s.backlog(b, b.N, false)
			done := measure(b)
			consume(b, s.subscriber, events.handleEncoded, topic)
			events.wait(b)
			done()
		})
	}
}

// BenchmarkRelayToSlowHandler measures how fast a backlog of 100 aggregates is handed on to a handler that waits for 5 ms,
// as for another service.
func BenchmarkRelayToSlowHandler(b *testing.B) {
	const slow = 5 * time.Millisecond
	b.Run("by=neuroglia", func(b *testing.B) {
		events := newCountdown(b.N)
		s := newService(b, func(_ context.Context, e OrderPlaced) error { <-time.After(slow); events.handle(e); return nil })
		s.backlog(b, min(100, b.N), b.N)
		done := measure(b)
		s.start(b)
		events.wait(b)
		done()
	})
	b.Run("by=watermill", func(b *testing.B) {
		events := newCountdown(b.N)
		s := newWatermillService(b)
		s.backlog(b, b.N, false)
		done := measure(b)
		consume(b, s.subscriber, func(data []byte) error { <-time.After(slow); return events.handleEncoded(data) }, topic)
		events.wait(b)
		done()
	})
}

// BenchmarkRelayToJetStream measures how fast a backlog is handed on, from PostgreSQL to a broker that has stored it.
func BenchmarkRelayToJetStream(b *testing.B) {
	for _, streams := range []int{1, 100, 1000} {
		b.Run(fmt.Sprintf("streams=%d/by=neuroglia", streams), func(b *testing.B) {
			events, bus := newCountdown(b.N), newBus(b, broker(b))
			s := newService(b, func(ctx context.Context, e OrderPlaced) error {
				var integration aggregate.Integration = e
				if err := bus.Forward(ctx, integration); err != nil {
					return err
				}
				events.handle(e)
				return nil
			})
			s.backlog(b, min(streams, b.N), b.N)
			done := measure(b)
			s.start(b)
			events.wait(b)
			done()
		})
		b.Run(fmt.Sprintf("streams=%d/by=watermill", streams), func(b *testing.B) {
			events := newCountdown(b.N)
			nc, _ := newStream(b, broker(b))
			s := newWatermillService(b)
			s.backlog(b, b.N, true)
			done := measure(b)
			s.forward(b, counting{Publisher: newPublisher(b, nc), of: events})
			events.wait(b)
			done()
		})
	}
}

// BenchmarkChange measures changes that raise an event each, until the last event is handled in the process. Wait-ms is
// how long an event waits for its handler on average, from the start of its change.
func BenchmarkChange(b *testing.B) {
	for _, n := range []int{1, 16} {
		b.Run(fmt.Sprintf("clients=%d/by=neuroglia", n), func(b *testing.B) {
			events := newCountdown(b.N)
			s := newService(b, func(_ context.Context, e OrderPlaced) error { events.handle(e); return nil })
			s.start(b)
			done := measure(b)
			clients(b, n, func() error { return s.place(b.Context()) })
			events.wait(b)
			done()
			events.reportWait(b)
		})
		b.Run(fmt.Sprintf("clients=%d/by=watermill", n), func(b *testing.B) {
			events := newCountdown(b.N)
			s := newWatermillService(b)
			consume(b, s.subscriber, events.handleEncoded, topic)
			done := measure(b)
			clients(b, n, func() error { return s.place(b.Context(), b) })
			events.wait(b)
			done()
			events.reportWait(b)
		})
	}
}
