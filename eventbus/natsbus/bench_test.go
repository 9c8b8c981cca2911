package natsbus_test

import (
	"context"
	"fmt"
	"log/slog"
	"strconv"
	"sync/atomic"
	"testing"

	"github.com/nats-io/nats-server/v2/server"
	"go.opentelemetry.io/otel/metric/noop"
	tracenoop "go.opentelemetry.io/otel/trace/noop"

	"github.com/neuroglia-go/neuroglia/cloudevent"
	"github.com/neuroglia-go/neuroglia/eventbus"
	"github.com/neuroglia-go/neuroglia/eventbus/natsbus"
	"github.com/neuroglia-go/neuroglia/telemetry"
)

// brokers are the kinds of servers to measure: one that leaves it to the system when to write to disk, as a server with
// its defaults does, and the embedded one, which waits for the disk.
func brokers(b *testing.B, measure func(b *testing.B, url func() string)) {
	b.Helper()
	b.Run("server", func(b *testing.B) {
		s, err := server.NewServer(&server.Options{
			Host: "127.0.0.1", Port: server.RANDOM_PORT, JetStream: true, StoreDir: b.TempDir(), NoLog: true, NoSigs: true,
		})
		if err != nil {
			b.Fatal(err)
		}
		go s.Start()
		if !s.ReadyForConnections(patience) {
			b.Fatal("the server does not start")
		}
		b.Cleanup(func() { s.Shutdown(); s.WaitForShutdown() })
		measure(b, s.ClientURL)
	})
	b.Run("embedded", func(b *testing.B) {
		measure(b, func() string { return "nats:embedded?dir=" + b.TempDir() })
	})
}

func opened(b *testing.B, url string, opts ...natsbus.Option) *natsbus.Transport {
	b.Helper()
	transport, err := natsbus.Open(b.Context(), url, append(opts, natsbus.WithTelemetry(quiet()))...)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = transport.Close(context.Background()) })
	return transport
}

func quiet() telemetry.Providers {
	return telemetry.Providers{
		Tracer: tracenoop.NewTracerProvider(), Meter: noop.NewMeterProvider(), Logger: slog.New(slog.DiscardHandler),
	}
}

// order returns an event of 200 bytes about one of 64 subjects.
func order(n int64) cloudevent.Event {
	e := event(strconv.FormatInt(n, 10), "order "+strconv.FormatInt(n%64, 10))
	e.Data = fmt.Appendf(nil, `{"pad":"%0200d"}`, n)
	return e
}

func BenchmarkPublish(b *testing.B) {
	brokers(b, func(b *testing.B, url func() string) {
		b.Helper()
		transport := opened(b, url())
		var n atomic.Int64
		for _, publishers := range []int{1, 64} {
			b.Run(fmt.Sprintf("publishers=%d", publishers), func(b *testing.B) {
				b.SetParallelism(publishers)
				b.RunParallel(func(pb *testing.PB) {
					for pb.Next() {
						if err := transport.Publish(b.Context(), order(n.Add(1))); err != nil {
							b.Error(err)
						}
					}
				})
				b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
			})
		}
	})
}

func BenchmarkConsume(b *testing.B) {
	brokers(b, func(b *testing.B, url func() string) {
		b.Helper()
		for _, concurrency := range []int{1, 16} {
			b.Run(fmt.Sprintf("concurrency=%d", concurrency), func(b *testing.B) {
				namespace := natsbus.WithNamespace(fmt.Sprintf("bench-%d-%d", concurrency, b.N))
				transport := opened(b, url(), namespace, natsbus.WithHistory())
				b.SetParallelism(64)
				var n atomic.Int64
				b.RunParallel(func(pb *testing.PB) {
					for pb.Next() {
						if err := transport.Publish(b.Context(), order(n.Add(1))); err != nil {
							b.Error(err)
						}
					}
				})
				left, done := atomic.Int64{}, make(chan struct{})
				left.Store(int64(b.N))
				handle := func(context.Context, cloudevent.Event) error {
					if left.Add(-1) == 0 {
						close(done)
					}
					return nil
				}
				bus := eventbus.New(transport, "/bench", eventbus.WithTelemetry(quiet()))
				if err := eventbus.Subscribe(bus, "kitchen", created, handle, eventbus.WithConcurrency(concurrency)); err != nil {
					b.Fatal(err)
				}
				b.ResetTimer()
				if err := bus.Start(b.Context()); err != nil {
					b.Fatal(err)
				}
				<-done
				b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
			})
		}
	})
}
