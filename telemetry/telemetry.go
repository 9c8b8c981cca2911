// Package telemetry says where instrumentation sends what it measures.
//
// Every type of the framework that is instrumented takes [Providers]. The zero value means OpenTelemetry's globals and
// slog's default logger, read once when the type is made.
package telemetry

import (
	"log/slog"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
)

// Providers are the receivers of traces, metrics and logs. A nil field stands for the global one.
type Providers struct {
	Tracer     trace.TracerProvider          // defaults to otel.GetTracerProvider()
	Meter      metric.MeterProvider          // defaults to otel.GetMeterProvider()
	Propagator propagation.TextMapPropagator // defaults to otel.GetTextMapPropagator()
	Logger     *slog.Logger                  // defaults to slog.Default()
}

// OrGlobal returns p with the globals in place of nil fields.
func (p Providers) OrGlobal() Providers {
	if p.Tracer == nil {
		p.Tracer = otel.GetTracerProvider()
	}
	if p.Meter == nil {
		p.Meter = otel.GetMeterProvider()
	}
	if p.Propagator == nil {
		p.Propagator = otel.GetTextMapPropagator()
	}
	if p.Logger == nil {
		p.Logger = slog.Default()
	}
	return p
}
