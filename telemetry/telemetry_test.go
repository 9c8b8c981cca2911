package telemetry_test

import (
	"log/slog"
	"testing"

	"go.opentelemetry.io/otel"
	metricnoop "go.opentelemetry.io/otel/metric/noop"
	"go.opentelemetry.io/otel/propagation"
	tracenoop "go.opentelemetry.io/otel/trace/noop"

	"github.com/neuroglia-go/neuroglia/telemetry"
)

func TestNilFieldsStandForTheGlobals(t *testing.T) {
	t.Parallel()
	got := telemetry.Providers{}.OrGlobal()
	if got.Tracer != otel.GetTracerProvider() || got.Meter != otel.GetMeterProvider() ||
		got.Propagator != otel.GetTextMapPropagator() || got.Logger != slog.Default() {
		t.Errorf("OrGlobal() = %+v, want the globals", got)
	}
}

func TestFieldsThatAreSetStay(t *testing.T) {
	t.Parallel()
	want := telemetry.Providers{
		Tracer: tracenoop.NewTracerProvider(), Meter: metricnoop.NewMeterProvider(),
		Propagator: propagation.TraceContext{}, Logger: slog.New(slog.DiscardHandler),
	}
	if got := want.OrGlobal(); got != want {
		t.Errorf("OrGlobal() = %+v, want %+v", got, want)
	}
}
