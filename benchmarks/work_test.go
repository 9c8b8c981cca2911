package benchmarks_test

import (
	"context"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/neuroglia-go/neuroglia/telemetry"
)

// op is what is measured: some work once, with what is around it.
type op func(context.Context) error

// work is something that a service does, by each of those who do it.
type work struct {
	name     string
	variants []variant
}

// variant is one way to do a piece of work, in the modes in which it differs.
type variant struct {
	name  string
	modes []mode
	make  func(testing.TB, telemetry.Providers) op
}

// The variants.
const (
	direct    = "direct"     // the work itself
	neuroglia = "neuroglia"  // the framework
	naive     = "naive"      // the same telemetry, as tutorials show it
	tuned     = "tuned"      // the same telemetry, by somebody who knows what OpenTelemetry's calls cost: options made once
	tunedMost = "tuned-most" // and has profiled it too
	watermill = "watermill"  // Watermill's CQRS component, which has no telemetry
	library   = "library"    // otelhttp around a ServeMux, and a command that is tuned
	otelhttpd = "otelhttp"   // otelhttp around a ServeMux: a span less than the others
)

func BenchmarkCommand(b *testing.B)    { command().measure(b) }
func BenchmarkQuery(b *testing.B)      { query().measure(b) }
func BenchmarkEvent1(b *testing.B)     { event(1).measure(b) }
func BenchmarkEvent10(b *testing.B)    { event(10).measure(b) }
func BenchmarkRepository(b *testing.B) { repositoryGet().measure(b) }
func BenchmarkUpdate(b *testing.B)     { repositoryUpdate().measure(b) }
func BenchmarkRoute(b *testing.B)      { route().measure(b) }
func BenchmarkPublish(b *testing.B)    { publish().measure(b) }
func BenchmarkConsume(b *testing.B)    { consume().measure(b) }

func (w work) measure(b *testing.B) {
	b.Helper()
	for _, v := range w.variants {
		b.Run(v.name, func(b *testing.B) {
			for _, m := range v.modes {
				if m.here() {
					b.Run(string(m), func(b *testing.B) { measure(b, v.make(b, m.providers(b))) })
				}
			}
		})
	}
}

func measure(b *testing.B, do op) {
	b.Helper()
	b.ReportAllocs()
	ctx := context.Background() // the cheapest, so that nothing of the test is measured
	if err := do(ctx); err != nil {
		b.Fatal(err) // what only the first does is not measured either
	}
	before := processorTime()
	for b.Loop() {
		if err := do(ctx); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(processorTime()-before)/float64(b.N), "cpu-ns/op")
}

// processorTime is what this process has used, which other programs hardly change.
func processorTime() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return 0
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// here reports whether the mode is one of this process, which has the SDK disabled or has it not.
func (m mode) here() bool { return (m == disabled) == (os.Getenv("OTEL_SDK_DISABLED") == "true") }
