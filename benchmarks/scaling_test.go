package benchmarks_test

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
	"testing"

	"github.com/neuroglia-go/neuroglia/mediator"
	"github.com/neuroglia-go/neuroglia/telemetry"
)

// BenchmarkTypes sends one command among so many types of commands, and all of them in turn, which also fills the caches of
// the processor. What the SDK keeps of each type makes the collector of garbage work more, so that there are those without.
func BenchmarkTypes(b *testing.B) {
	for _, m := range []mode{bare, sampled} {
		ofTypes(b, "one/"+string(m), m, alone)
		ofTypes(b, "turn/"+string(m), m, inTurn)
	}
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	ofTypes(b, "one/sampled/GC-off", sampled, alone)
	ofTypes(b, "turn/sampled/GC-off", sampled, inTurn)
}

func ofTypes(b *testing.B, name string, m mode, one func(senders []op) op) {
	b.Helper()
	for _, n := range []int{1, 10, 100, 1000} {
		b.Run(fmt.Sprintf("%s/%d", name, n), func(b *testing.B) {
			do := one(sendersOf(b, n, m.providers(b)))
			debug.FreeOSMemory() // so that none has the memory of the one before
			measure(b, do)
		})
	}
}

// alone sends the last type.
func alone(senders []op) op { return senders[len(senders)-1] }

// inTurn sends one type after the other.
func inTurn(senders []op) op {
	turn := 0
	return func(ctx context.Context) error {
		if turn++; turn == len(senders) {
			turn = 0
		}
		return senders[turn](ctx)
	}
}

// BenchmarkBehaviors sends a command through so many behaviors.
func BenchmarkBehaviors(b *testing.B) {
	for _, m := range []mode{bare, sampled} {
		for _, n := range []int{0, 1, 5, 10} {
			b.Run(fmt.Sprintf("%s/%d", m, n), func(b *testing.B) { measure(b, surrounded(n, m.providers(b))) })
		}
	}
}

func surrounded(behaviors int, p telemetry.Providers) op {
	m, msg := mediator.New(mediator.WithTelemetry(p)), PlaceOrder{CustomerID: "ada", Items: 2}
	for range behaviors {
		m.Use(mediator.All, func(ctx context.Context, _ mediator.Message, next func(context.Context) error) error {
			return next(ctx)
		})
	}
	mediator.Handle(m, place)
	return func(ctx context.Context) error {
		_, err := mediator.Send(ctx, m, msg)
		return err
	}
}

// BenchmarkGoroutines sends commands from so many goroutines, on all processors.
func BenchmarkGoroutines(b *testing.B) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(runtime.NumCPU()))
	for _, m := range []mode{bare, sampled} {
		for _, by := range []string{neuroglia, tuned} {
			for _, n := range []int{1, 4, 16, 64} {
				b.Run(fmt.Sprintf("%s/%s/%d", m, by, n), func(b *testing.B) {
					together(b, n, variantOf(b, command(), by).make(b, m.providers(b)))
				})
			}
		}
	}
}

func variantOf(tb testing.TB, w work, name string) variant {
	tb.Helper()
	for _, v := range w.variants {
		if v.name == name {
			return v
		}
	}
	tb.Fatalf("%s has no %s", w.name, name)
	return variant{}
}

// together does b.N operations in n goroutines.
func together(b *testing.B, n int, do op) {
	b.Helper()
	b.ReportAllocs()
	ctx := context.Background()
	if err := do(ctx); err != nil {
		b.Fatal(err)
	}
	before := processorTime()
	b.ResetTimer()
	var working sync.WaitGroup
	for i := range n {
		working.Go(func() {
			for range (b.N + i) / n { // adds up to b.N
				if err := do(ctx); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	working.Wait()
	b.ReportMetric(float64(processorTime()-before)/float64(b.N), "cpu-ns/op")
}

// BenchmarkPayload takes payloads of so many bytes through a command, by value, through an event that is published and
// through the body of a request.
func BenchmarkPayload(b *testing.B) {
	for _, size := range []struct {
		name  string
		bytes int
	}{{"100B", 100}, {"1KB", 1 << 10}, {"10KB", 10 << 10}, {"100KB", 100 << 10}, {"1MB", 1 << 20}} {
		text := strings.Repeat("margherita ", size.bytes/11+1)[:size.bytes]
		upload := Upload{Data: []byte(text)}
		for _, w := range []struct {
			work
			by string
		}{
			{sending("Command", mediator.KindCommand, upload, receive), neuroglia},
			{publishing(OrderPlaced{Total: 1, Note: text}), neuroglia},
			{publishing(OrderPlaced{Total: 1, Note: text}), tuned},
			{routing(`{"note":"`+text+`"}`, note), neuroglia},
			{routing(`{"note":"`+text+`"}`, note), tuned},
		} {
			b.Run(fmt.Sprintf("%s/%s/%s", w.name, w.by, size.name), func(b *testing.B) {
				measure(b, variantOf(b, w.work, w.by).make(b, sampled.providers(b)))
			})
		}
	}
}

// Upload is a command with a payload.
type Upload struct {
	mediator.Command[Order]

	Data []byte
}

func receive(_ context.Context, u Upload) (Order, error) { return Order{Total: len(u.Data)}, nil }

// Note is a command whose payload is in a body.
type Note struct {
	mediator.Command[Order]

	Note string `json:"note"`
}

func note(_ context.Context, n Note) (Order, error) { return Order{Total: len(n.Note)}, nil }
