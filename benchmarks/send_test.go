package benchmarks_test

import (
	"context"
	"testing"

	"github.com/neuroglia-go/neuroglia/mediator"
	"github.com/neuroglia-go/neuroglia/telemetry"
)

// handler is what is measured: place, or something around it.
type handler func(context.Context, PlaceOrder) (Order, error)

func sent(p telemetry.Providers) handler {
	m := mediator.New(mediator.WithTelemetry(p))
	mediator.Handle(m, place)
	return func(ctx context.Context, cmd PlaceOrder) (Order, error) { return mediator.Send(ctx, m, cmd) }
}

func BenchmarkSend(b *testing.B) {
	b.Run("direct", func(b *testing.B) { measure(b, place) })
	b.Run("bare", func(b *testing.B) { measure(b, sent(bare(b))) })
	b.Run("off", func(b *testing.B) { measure(b, sent(off(b))) })
	b.Run("metrics", func(b *testing.B) { measure(b, sent(metrics(b))) })
	b.Run("unsampled", func(b *testing.B) { measure(b, sent(unsampled(b))) })
	b.Run("sampled", func(b *testing.B) { measure(b, sent(sampled(b))) })
	b.Run("logged", func(b *testing.B) { measure(b, sent(logged(b))) })
}

func BenchmarkNaive(b *testing.B) {
	b.Run("unsampled", func(b *testing.B) { measure(b, naive{newInstruments(unsampled(b))}.place) })
	b.Run("sampled", func(b *testing.B) { measure(b, naive{newInstruments(sampled(b))}.place) })
	b.Run("logged", func(b *testing.B) { measure(b, naive{newInstruments(logged(b))}.place) })
}

func BenchmarkTuned(b *testing.B) {
	b.Run("unsampled", func(b *testing.B) { measure(b, newTuned(unsampled(b)).place) })
	b.Run("sampled", func(b *testing.B) { measure(b, newTuned(sampled(b)).place) })
	b.Run("logged", func(b *testing.B) { measure(b, newTuned(logged(b)).place) })
}

func measure(b *testing.B, h handler) {
	b.Helper()
	b.ReportAllocs()
	ctx := context.Background()
	for b.Loop() {
		if _, err := h(ctx, PlaceOrder{CustomerID: "ada", Items: 2}); err != nil {
			b.Fatal(err)
		}
	}
}
