package observability_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"runtime/pprof"
	"strings"
	"testing"
	"time"

	"go.opentelemetry.io/otel"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/neuroglia-go/neuroglia/observability"
	"github.com/neuroglia-go/neuroglia/observability/observabilitytest"
)

func TestTheSDKMeasuresItselfIfAsked(t *testing.T) {
	t.Parallel()
	r, url := newHTTPReceiver(t)
	live(t, "flushed twice", "OTEL_EXPORTER_OTLP_ENDPOINT="+url, "OTEL_GO_X_OBSERVABILITY=true")
	for _, want := range []string{"otel.sdk.span.started", "otel.sdk.processor.span.processed", "otel.sdk.exporter.span.exported"} {
		if !strings.Contains(r.got("metric otel."), want) {
			t.Errorf("no %s in\n%s", want, r.got("metric otel."))
		}
	}
}

func TestAProviderInstalledBeforeIsLeftAlone(t *testing.T) {
	t.Parallel()
	r, url := newHTTPReceiver(t)
	o := live(t, "traced before", "OTEL_EXPORTER_OTLP_ENDPOINT="+url)
	observabilitytest.Diff(t, o.stdout, "kept: true true\nstill records: true")
	if !strings.Contains(o.stderr, `"traces":"left to the provider installed before"`) || !strings.Contains(r.got("log "), "telemetry") || r.got("span ") != "" {
		t.Errorf("got\n%s\n%s", o.stderr, r.got("log ", "span "))
	}
}

func TestTelemetryCanStartAgain(t *testing.T) {
	t.Parallel()
	_, url := newHTTPReceiver(t)
	o := live(t, "started again", "OTEL_EXPORTER_OTLP_ENDPOINT="+url)
	observabilitytest.Diff(t, o.stdout, "records: true\nrecords after: false\nrecords: true\nrecords after: false")
	if o.failed {
		t.Error(o.stderr)
	}
}

func TestAContextThatHasEndedStillFlushes(t *testing.T) {
	t.Parallel()
	r, url := newHTTPReceiver(t)
	o := live(t, "without context", "OTEL_EXPORTER_OTLP_ENDPOINT="+url)
	observabilitytest.Diff(t, r.got("span "), "span place order")
	if o.failed {
		t.Error(o.stderr)
	}
}

func TestNoGoroutineIsLeftBehind(t *testing.T) {
	t.Parallel()
	_, httpURL := newHTTPReceiver(t)
	_, grpcURL := newGRPCReceiver(t)
	for name, env := range map[string][]string{
		"http":       {"OTEL_EXPORTER_OTLP_ENDPOINT=" + httpURL},
		"grpc":       {"OTEL_EXPORTER_OTLP_ENDPOINT=" + grpcURL, "OTEL_EXPORTER_OTLP_PROTOCOL=grpc"},
		"console":    {"OTEL_TRACES_EXPORTER=console", "OTEL_METRICS_EXPORTER=console", "OTEL_LOGS_EXPORTER=console"},
		"prometheus": {"OTEL_TRACES_EXPORTER=none", "OTEL_METRICS_EXPORTER=prometheus", "OTEL_LOGS_EXPORTER=none", "OTEL_EXPORTER_PROMETHEUS_PORT=" + freePort(t)},
		"disabled":   {"OTEL_SDK_DISABLED=true"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if o := live(t, "left behind", env...); o.failed || !strings.HasSuffix(o.stdout, "nothing\n") {
				t.Errorf("got\n%s\n%s", o.stdout, o.stderr)
			}
		})
	}
}

func TestTheHostFlushesAtTheEnd(t *testing.T) {
	t.Parallel()
	r, url := newHTTPReceiver(t)
	o := live(t, "host", "OTEL_EXPORTER_OTLP_ENDPOINT="+url)
	observabilitytest.Diff(t, r.got("span ", "log INFO order", "log INFO stopping"), `
		log INFO order placed  span=false
		log INFO stopping reason=context canceled span=false
		span place order
	`)
	if o.failed {
		t.Error(o.stderr)
	}
}

// withoutContext stops with the context of a signal, which has ended.
func withoutContext(ctx context.Context) error {
	t, err := observability.Start(ctx, "pizzeria")
	if err != nil {
		return err
	}
	_, span := otel.Tracer("test").Start(ctx, "place order")
	span.End()
	ended, cancel := context.WithCancel(ctx)
	cancel()
	return errors.Join(t.Shutdown(ended), t.Shutdown(ctx))
}

// flushedTwice sends what the first flush has changed in the SDK's own metrics.
func flushedTwice(ctx context.Context) error {
	t, err := observability.Start(ctx, "pizzeria")
	if err != nil {
		return err
	}
	_, span := otel.Tracer("test").Start(ctx, "place order")
	span.End()
	return errors.Join(t.ForceFlush(ctx), t.ForceFlush(ctx), t.Shutdown(ctx))
}

// leftBehind fails if a goroutine of telemetry is there after the end.
func leftBehind(ctx context.Context) error {
	before := runtime.NumGoroutine()
	if err := oneOrder(ctx); err != nil {
		return err
	}
	for deadline := time.Now().Add(5 * time.Second); runtime.NumGoroutine() > before; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			return pprof.Lookup("goroutine").WriteTo(os.Stdout, 1)
		}
	}
	fmt.Println("nothing")
	return nil
}

// tracedBefore has a tracer provider when telemetry starts, as a program built with compile-time instrumentation has.
func tracedBefore(ctx context.Context) error {
	there := sdktrace.NewTracerProvider()
	otel.SetTracerProvider(there)
	t, err := observability.Start(ctx, "pizzeria", observability.Stdout(os.Stderr))
	if err != nil {
		return err
	}
	fmt.Println("kept:", otel.GetTracerProvider() == trace.TracerProvider(there), t.Providers().Tracer == trace.TracerProvider(there))
	err = t.Shutdown(ctx)
	fmt.Println("still records:", records(ctx))
	return err
}

// startedAgain lives twice in one process.
func startedAgain(ctx context.Context) error {
	for range 2 {
		t, err := observability.Start(ctx, "pizzeria", observability.Stdout(os.Stderr))
		if err != nil {
			return err
		}
		fmt.Println("records:", records(ctx))
		if err := t.Shutdown(ctx); err != nil {
			return err
		}
		fmt.Println("records after:", records(ctx))
	}
	return nil
}

func records(ctx context.Context) bool {
	_, span := otel.Tracer("test").Start(ctx, "place order")
	defer span.End()
	return span.IsRecording()
}
