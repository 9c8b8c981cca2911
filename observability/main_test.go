package observability_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"runtime"
	"runtime/pprof"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/neuroglia-go/neuroglia/app"
	"github.com/neuroglia-go/neuroglia/observability"
)

// The SDK reads its variables from the process, and telemetry is global. So each test of a whole life runs one in a
// process of its own: this test binary, told by this variable which life to live.
const lifeVariable = "NEUROGLIA_TEST_LIFE"

func TestMain(m *testing.M) {
	if name := os.Getenv(lifeVariable); name != "" {
		if err := lives()[name](context.Background()); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

func lives() map[string]func(context.Context) error {
	return map[string]func(context.Context) error{
		"one order": oneOrder,
		"host":      host,
		"timed host": func(ctx context.Context) error {
			stall, begin := stalls(), time.Now()
			err := host(ctx)
			fmt.Println("life", (time.Since(begin) - stall()).Milliseconds())
			return err
		},
		"left behind":     leftBehind,
		"scraped":         scraped,
		"flushed twice":   flushedTwice,
		"globals":         globals,
		"busy":            busy,
		"traced before":   tracedBefore,
		"started again":   startedAgain,
		"without context": withoutContext,
	}
}

// oneOrder makes one span, one metric and one log record, and stops.
func oneOrder(ctx context.Context) error {
	t, err := observability.Start(ctx, "pizzeria", observability.Version("1.2.3"))
	if err != nil {
		return err
	}
	orders, err := otel.Meter("test").Int64Counter("orders")
	if err != nil {
		return err
	}
	spanCtx, span := otel.Tracer("test").Start(ctx, "place order", trace.WithAttributes(attribute.String("order.id", "123456789")))
	orders.Add(spanCtx, 1, metric.WithAttributes(attribute.String("size", "l")))
	slog.ErrorContext(spanCtx, "order failed", "error", errors.New("no ovens"), "took", 1500*time.Millisecond)
	span.End()
	return t.Shutdown(ctx)
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

// scraped prints the metrics that Prometheus would read.
func scraped(ctx context.Context) error {
	t, err := observability.Start(ctx, "pizzeria", observability.Stdout(os.Stderr))
	if err != nil {
		return err
	}
	in := observability.NewInstruments(t.Providers())
	orders := in.Counter("orders", "{order}", "Orders placed.", observability.Each("size", "s", "l")...)
	spanCtx, span := otel.Tracer("test").Start(ctx, "place order")
	orders.Add(spanCtx, 1, metric.WithAttributes(attribute.String("size", "l")))
	span.End()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://127.0.0.1:"+os.Getenv("OTEL_EXPORTER_PROMETHEUS_PORT")+"/metrics", http.NoBody)
	if err != nil {
		return err
	}
	req.Header.Set("Accept", "application/openmetrics-text")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	_, err = io.Copy(os.Stdout, resp.Body)
	http.DefaultClient.CloseIdleConnections()
	return errors.Join(err, resp.Body.Close(), in.Err(), t.Shutdown(ctx))
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

// host is a service that is told to stop as soon as it runs.
func host(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	return app.Run(ctx, "pizzeria", observability.Setup, func(_ context.Context, h *app.Host) error {
		h.Add(app.Part{Name: "orders", Start: func(ctx context.Context) error {
			_, span := otel.Tracer("test").Start(ctx, "place order")
			span.End()
			slog.InfoContext(ctx, "order placed")
			cancel()
			return nil
		}})
		return nil
	})
}

// globals prints what is installed, and what is carried to other processes.
func globals(ctx context.Context) error {
	t, err := observability.Start(ctx, "pizzeria", observability.Stdout(os.Stderr))
	if err != nil {
		return err
	}
	fmt.Printf("%T %T %T\n", otel.GetTracerProvider(), otel.GetMeterProvider(), otel.GetLoggerProvider())
	spanCtx, span := otel.Tracer("test").Start(ctx, "place order")
	if !span.SpanContext().IsValid() {
		spanCtx = observability.Extract(ctx, map[string]string{"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"})
	}
	for key := range observability.Inject(spanCtx) {
		fmt.Println(key)
	}
	span.End()
	return t.Shutdown(ctx)
}

// busy makes telemetry without end for a while, and prints how long the start, the slowest request and the stop took, and
// for how long the machine did not let the process run in that time.
func busy(ctx context.Context) error {
	stall := stalls()
	begin := time.Now()
	t, err := observability.Start(ctx, "pizzeria", observability.Stdout(errorLines{os.Stdout}))
	if err != nil {
		return err
	}
	fmt.Println("start", time.Since(begin).Milliseconds())
	var slowest time.Duration
	for begin := time.Now(); time.Since(begin) < 1500*time.Millisecond; time.Sleep(time.Millisecond) {
		request := time.Now()
		for range 20 {
			spanCtx, span := otel.Tracer("test").Start(ctx, "place order")
			slog.InfoContext(spanCtx, "order placed")
			span.End()
		}
		slowest = max(slowest, time.Since(request))
	}
	fmt.Println("slowest", slowest.Milliseconds())
	begin = time.Now()
	_ = t.Shutdown(ctx)
	fmt.Println("stop", time.Since(begin).Milliseconds())
	fmt.Println("stall", stall().Milliseconds())
	return nil
}

// stalls returns for how long in all the process should have run and did not.
func stalls() func() time.Duration {
	var total atomic.Int64
	go func() {
		const tick = 10 * time.Millisecond
		for {
			begin := time.Now()
			time.Sleep(tick)
			total.Add(int64(time.Since(begin) - tick))
		}
	}()
	return func() time.Duration { return time.Duration(total.Load()) }
}

// errorLines writes only what telemetry says about its own errors.
type errorLines struct{ io.Writer }

func (w errorLines) Write(line []byte) (int, error) {
	if bytes.Contains(line, []byte("telemetry error")) {
		return w.Writer.Write(line)
	}
	return len(line), nil
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

// outcome is what came of a life.
type outcome struct {
	stdout, stderr string
	failed         bool
}

// took returns a number of milliseconds that a life printed after a word.
func (o outcome) took(t *testing.T, what string) time.Duration {
	t.Helper()
	var ms int64
	_, after, _ := strings.Cut("\n"+o.stdout, "\n"+what+" ")
	if _, err := fmt.Sscan(after, &ms); err != nil {
		t.Fatalf("no %s in %s: %v", what, o.stdout, err)
	}
	return time.Duration(ms) * time.Millisecond
}

// live lives a life in an environment that has only the given OTEL_* variables.
func live(t *testing.T, name string, env ...string) outcome {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	for _, entry := range os.Environ() {
		if !strings.HasPrefix(entry, "OTEL_") {
			cmd.Env = append(cmd.Env, entry)
		}
	}
	cmd.Env = append(append(cmd.Env, lifeVariable+"="+name, "GORACE=atexit_sleep_ms=0"), env...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return outcome{stdout.String(), stderr.String(), err != nil}
}
