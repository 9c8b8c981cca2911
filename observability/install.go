package observability

import (
	"context"
	"reflect"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/log"
	lognoop "go.opentelemetry.io/otel/log/noop"
	"go.opentelemetry.io/otel/metric"
	metricnoop "go.opentelemetry.io/otel/metric/noop"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
	tracenoop "go.opentelemetry.io/otel/trace/noop"
)

// providers are what instrumentation uses.
type providers struct {
	tracer     trace.TracerProvider
	meter      metric.MeterProvider
	logger     log.LoggerProvider
	propagator propagation.TextMapPropagator
	foreign    []string // what somebody else installed before
}

// source makes one provider of each kind.
type source interface {
	meterProvider(ctx context.Context) (metric.MeterProvider, error)
	tracerProvider(ctx context.Context) (trace.TracerProvider, error)
	loggerProvider(ctx context.Context) (log.LoggerProvider, error)
}

// nothing is the source of no-ops.
type nothing struct{}

func (nothing) meterProvider(context.Context) (metric.MeterProvider, error) {
	return metricnoop.NewMeterProvider(), nil
}

func (nothing) tracerProvider(context.Context) (trace.TracerProvider, error) {
	return tracenoop.NewTracerProvider(), nil
}

func (nothing) loggerProvider(context.Context) (log.LoggerProvider, error) {
	return lognoop.NewLoggerProvider(), nil
}

// install makes the providers of a source global. Metrics come first, because the SDK's parts measure themselves.
func (t *Telemetry) install(ctx context.Context, from source) (providers, error) {
	var all providers
	var err error
	all.meter, err = claim(ctx, t, &all, "metrics",
		otel.GetMeterProvider, otel.SetMeterProvider, from.meterProvider, nothing{}.meterProvider)
	if err != nil {
		return all, err
	}
	all.tracer, err = claim(ctx, t, &all, "traces",
		otel.GetTracerProvider, otel.SetTracerProvider, from.tracerProvider, nothing{}.tracerProvider)
	if err != nil {
		return all, err
	}
	all.logger, err = claim(ctx, t, &all, "logs",
		otel.GetLoggerProvider, otel.SetLoggerProvider, from.loggerProvider, nothing{}.loggerProvider)
	return all, err
}

// claim makes one global provider, takes over the end of its life, and arranges that the global is a no-op afterwards.
// If somebody else has installed one, that one is used and left alone.
func claim[P any](ctx context.Context, t *Telemetry, all *providers, signal string,
	get func() P, set func(P), create, noop func(context.Context) (P, error),
) (P, error) {
	if there := get(); installed(there) {
		all.foreign = append(all.foreign, signal)
		return there, nil
	}
	end := measuring()
	provider, err := create(ctx)
	end()
	if err != nil {
		return provider, err
	}
	t.adopt(signal, provider)
	set(provider)
	t.restore = append(t.restore, func() {
		if any(get()) == any(provider) {
			empty, _ := noop(ctx)
			set(empty)
		}
	})
	return provider, nil
}

// adopt takes over the end of a provider's life, unless it is a no-op.
func (t *Telemetry) adopt(signal string, provider any) {
	if f, ok := provider.(flusher); ok {
		t.pipelines = append(t.pipelines, pipeline{signal, f})
	}
}

// installPropagator makes the propagator global, unless somebody else has installed one.
func installPropagator(all *providers, p trustedBaggage) {
	there := otel.GetTextMapPropagator()
	if _, ours := there.(trustedBaggage); !ours && installed(there) {
		all.propagator = there
		all.foreign = append(all.foreign, "propagators")
		return
	}
	otel.SetTextMapPropagator(p)
	all.propagator = p
}

// installed reports whether a global is neither OpenTelemetry's stand-in nor a no-op.
func installed(global any) bool {
	switch global.(type) {
	case tracenoop.TracerProvider, metricnoop.MeterProvider, lognoop.LoggerProvider:
		return false
	}
	typ := reflect.TypeOf(global)
	if typ.Kind() == reflect.Pointer {
		typ = typ.Elem()
	}
	return typ.PkgPath() != "go.opentelemetry.io/otel/internal/global"
}
