package observability

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/go-logr/logr"
	"go.opentelemetry.io/contrib/bridges/otelslog"
	"go.opentelemetry.io/contrib/propagators/autoprop"
	"go.opentelemetry.io/otel"
	lognoop "go.opentelemetry.io/otel/log/noop"
	"go.opentelemetry.io/otel/propagation"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"

	"github.com/neuroglia-go/neuroglia/observability/internal/otelenv"
	"github.com/neuroglia-go/neuroglia/telemetry"
)

// scopeName is the instrumentation scope of log records.
const scopeName = "github.com/neuroglia-go/neuroglia/observability"

// flushTimeout bounds the end of telemetry: what a collector has not taken by then is lost.
const flushTimeout = 5 * time.Second

// Telemetry is the running telemetry of a process.
type Telemetry struct {
	providers telemetry.Providers
	pipelines []pipeline
	errors    *errorLog
	out       *stdout
	stdout    *slog.Logger
	restore   []func()

	once sync.Once
	err  error
}

// pipeline is what there is to flush and to shut down of one signal.
type pipeline struct {
	signal string
	flusher
}

type flusher interface {
	ForceFlush(ctx context.Context) error
	Shutdown(ctx context.Context) error
}

// Start starts telemetry for a service of the given name, which OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES may
// replace, and makes it OpenTelemetry's and slog's global one. It never waits for a collector. An environment that is
// wrong is an error that names every wrong variable.
//
// A signal for which somebody else has already installed a global provider, such as compile-time instrumentation, is
// left to it. While Start runs, OTEL_GO_X_OBSERVABILITY is set in the process's environment, unless it was set before: call
// it before what reads the environment at the same time or starts other processes. [Telemetry.Shutdown] must be called at
// the end.
func Start(ctx context.Context, name string, opts ...Option) (*Telemetry, error) {
	c := newConfig(name, opts)
	settings, err := otelenv.Read(c.environ)
	if err != nil {
		return nil, fmt.Errorf("environment: %w", err)
	}
	out := newStdout(c.stdout, c.level)
	c.stdout = out
	t := &Telemetry{out: out, stdout: slog.New(out.handler), errors: newErrorLog(slog.New(out.handler))}
	if settings.SDKLogLevel == "none" {
		t.errors.logger = slog.New(slog.DiscardHandler)
	}
	otel.SetErrorHandler(t.errors)
	otel.SetLogger(logr.FromSlogHandler(newSDKLog(out.handler, settings.SDKLogLevel, t.errors)))

	from, propagator, err := t.source(ctx, c, settings)
	if err != nil {
		out.close()
		return nil, err
	}
	all, err := t.install(ctx, from)
	if err == nil && !settings.Disabled && !slices.Contains(all.foreign, "metrics") {
		err = startProcessMetrics(all.meter, c.hostMetrics, out.lost)
	}
	if err != nil {
		return nil, errors.Join(err, t.Shutdown(ctx))
	}
	installPropagator(&all, trustedBaggage{propagator, c.baggage})

	var export slog.Handler
	if _, none := all.logger.(lognoop.LoggerProvider); !none {
		export = otelslog.NewHandler(scopeName,
			otelslog.WithLoggerProvider(all.logger), otelslog.WithSchemaURL(semconv.SchemaURL))
	}
	t.providers = telemetry.Providers{
		Tracer: all.tracer, Meter: all.meter, Propagator: all.propagator,
		Logger: slog.New(newHandler(c.level, out.handler, export, c.baggage)),
	}
	slog.SetDefault(t.providers.Logger)
	report(ctx, t.providers.Logger, settings, all)
	return t, nil
}

// source decides where providers come from.
func (t *Telemetry) source(ctx context.Context, c *config, s otelenv.Settings) (source, propagation.TextMapPropagator, error) {
	if s.ConfigFile != "" {
		file, err := newConfigFile(ctx, c, s.ConfigFile, t.stdout)
		if err != nil {
			return nil, nil, err
		}
		return file, file.sdk.Propagator(), nil
	}
	propagator, err := autoprop.TextMapPropagator(s.Propagators...)
	switch {
	case err != nil:
		return nil, nil, fmt.Errorf("environment: OTEL_PROPAGATORS: %w, want some of "+
			"tracecontext, baggage, b3, b3multi, jaeger, xray, ottrace, none", err)
	case s.Disabled:
		return nothing{}, propagator, nil
	}
	return &pipelines{config: c, settings: s, resource: describe(ctx, c, t.stdout)}, propagator, nil
}

// Providers returns what instrumentation uses. They are the globals.
func (t *Telemetry) Providers() telemetry.Providers { return t.providers }

// ForceFlush sends everything that is waiting, all signals at the same time, within five seconds.
func (t *Telemetry) ForceFlush(ctx context.Context) error {
	return t.each(ctx, func(ctx context.Context, p pipeline) error { return p.ForceFlush(ctx) })
}

// Shutdown sends everything that is waiting and ends telemetry, all signals at the same time. It returns within six
// seconds, whatever the exporters do; a context that has already ended, as that of a signal has, does not shorten it.
// Further calls return the result of the first. Afterwards the globals are no-ops and logs go to standard output only, at
// once.
func (t *Telemetry) Shutdown(ctx context.Context) error {
	t.once.Do(func() {
		t.err = t.each(ctx, func(ctx context.Context, p pipeline) error { return p.Shutdown(ctx) })
		for _, restore := range t.restore {
			restore()
		}
		if n := t.errors.rest(); n > 0 {
			t.stdout.WarnContext(ctx, "telemetry errors that were not shown", "suppressed", n)
		}
		t.out.close()
	})
	return t.err
}

// each does something to all pipelines at the same time and does not wait for those that hang.
func (t *Telemetry) each(ctx context.Context, do func(context.Context, pipeline) error) error {
	if ctx.Err() != nil {
		ctx = context.WithoutCancel(ctx)
	}
	ctx, cancel := context.WithTimeout(ctx, flushTimeout)
	defer cancel()
	errs := make([]error, len(t.pipelines))
	var wg sync.WaitGroup
	for i, p := range t.pipelines {
		wg.Go(func() {
			done := make(chan error, 1)
			go func() { done <- do(ctx, p) }()
			var err error
			select {
			case err = <-done:
			case <-ctx.Done():
				err = ctx.Err()
			}
			if err != nil {
				errs[i] = fmt.Errorf("flush %s: %w", p.signal, err)
			}
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}
