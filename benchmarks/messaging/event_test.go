package messaging_test

import (
	"encoding/json"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	metricnoop "go.opentelemetry.io/otel/metric/noop"
	tracenoop "go.opentelemetry.io/otel/trace/noop"

	"github.com/neuroglia-go/neuroglia/aggregate"
	"github.com/neuroglia-go/neuroglia/telemetry"
)

// OrderPlaced is an event of 1 KB.
type OrderPlaced struct {
	At    time.Time `json:"at"`
	Items []string  `json:"items"`
}

const eventType = "order.placed.v1"

// EventType implements aggregate.Integration.
func (OrderPlaced) EventType() string { return eventType }

var items = slices.Repeat([]string{strings.Repeat("margherita ", 4)}, 20)

func placed() OrderPlaced { return OrderPlaced{At: time.Now(), Items: items} }

func encoded(tb testing.TB, e OrderPlaced) []byte {
	tb.Helper()
	data, err := json.Marshal(e)
	if err != nil {
		tb.Fatal(err)
	}
	return data
}

// Order is an aggregate that raises OrderPlaced.
type Order struct {
	aggregate.Root `json:"-"`

	Status string `json:"status"`
}

func newOrder(id string) *Order { return &Order{Root: aggregate.NewRoot(id), Status: "placed"} }

func quiet() telemetry.Providers {
	return telemetry.Providers{
		Tracer: tracenoop.NewTracerProvider(), Meter: metricnoop.NewMeterProvider(), Logger: slog.New(slog.DiscardHandler),
	}
}

// countdown waits for the last of n events.
type countdown struct {
	left  atomic.Int64
	waits atomic.Int64 // since they were placed, added up
	done  chan struct{}
}

func newCountdown(n int) *countdown {
	c := &countdown{done: make(chan struct{})}
	c.left.Store(int64(n))
	return c
}

// handle is the handler that does nothing.
func (c *countdown) handle(e OrderPlaced) {
	c.waits.Add(int64(time.Since(e.At)))
	if c.left.Add(-1) == 0 {
		close(c.done)
	}
}

// handleEncoded is handle for who has no types.
func (c *countdown) handleEncoded(data []byte) error {
	var e OrderPlaced
	if err := json.Unmarshal(data, &e); err != nil {
		return err
	}
	c.handle(e)
	return nil
}

func (c *countdown) wait(b *testing.B) {
	b.Helper()
	select {
	case <-c.done:
	case <-time.After(5 * time.Minute):
		b.Fatalf("%d events are not there", c.left.Load())
	}
}

// measure begins to measure, until the function that it returns is called. CPU-us is what an event costs this process,
// with the NATS server and without PostgreSQL: other programs hardly change it.
func measure(b *testing.B) func() {
	b.Helper()
	before := processorTime()
	b.ResetTimer()
	return func() {
		b.StopTimer()
		b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
		b.ReportMetric(float64((processorTime()-before).Microseconds())/float64(b.N), "cpu-us")
	}
}

func processorTime() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return 0
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

func (c *countdown) reportWait(b *testing.B) {
	b.Helper()
	b.ReportMetric(float64(c.waits.Load())/float64(b.N)/float64(time.Millisecond), "wait-ms")
}

// clients calls do b.N times, from so many goroutines.
func clients(b *testing.B, n int, do func() error) {
	b.Helper()
	var left atomic.Int64
	left.Store(int64(b.N))
	var working sync.WaitGroup
	for range n {
		working.Go(func() {
			for left.Add(-1) >= 0 {
				if err := do(); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	working.Wait()
}
