package benchmarks_test

import (
	"fmt"
	"log/slog"
	"testing"

	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"github.com/neuroglia-go/neuroglia/telemetry"
)

// byhand is what hand-written instrumentation has of OpenTelemetry. Its instruments are declared as the framework's are, so
// they have the same names and buckets.
type byhand struct {
	tracer     trace.Tracer
	meter      metric.Meter
	propagator propagation.TextMapPropagator
	logger     *slog.Logger
}

func newByHand(p telemetry.Providers) byhand {
	return byhand{
		tracer: p.Tracer.Tracer("byhand"), meter: p.Meter.Meter("byhand"), propagator: p.Propagator, logger: p.Logger,
	}
}

func (h byhand) histogram(tb testing.TB, declared telemetry.Metric) metric.Float64Histogram {
	tb.Helper()
	return made(tb, declared.Float64Histogram, h.meter)
}

func (h byhand) counter(tb testing.TB, declared telemetry.Metric) metric.Int64Counter {
	tb.Helper()
	return made(tb, declared.Int64Counter, h.meter)
}

func made[I any](tb testing.TB, instrument func(metric.Meter) (I, error), meter metric.Meter) I {
	tb.Helper()
	i, err := instrument(meter)
	if err != nil {
		tb.Fatal(err)
	}
	return i
}

// recovered must be deferred. It turns a panic into an error, as the framework does.
func recovered(err *error) {
	if v := recover(); v != nil {
		*err = fmt.Errorf("panic: %v", v)
	}
}
