package observability_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
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
		"one order":        oneOrder,
		"with options":     withOptions,
		"installed before": installedBefore,
		"host":             host,
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
		"wild text":       wildText,
		"more than fits":  moreThanFits,
		"storm of lines":  stormOfLines,
		"both outputs":    bothOutputs,
		"exit":            ending(func() { slog.Info("last"); os.Exit(3) }),
		"fatal":           ending(func() { log.Fatal("last") }),
		"panic":           ending(func() { slog.Info("last"); go panic("no oven"); select {} }),
		"storm":           storm,
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

// command is a life in an environment that has only the given OTEL_* variables.
func command(t *testing.T, name string, env ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	for _, entry := range os.Environ() {
		if !strings.HasPrefix(entry, "OTEL_") {
			cmd.Env = append(cmd.Env, entry)
		}
	}
	cmd.Env = append(append(cmd.Env, lifeVariable+"="+name, "GORACE=atexit_sleep_ms=0"), env...)
	return cmd
}

// live lives a life.
func live(t *testing.T, name string, env ...string) outcome {
	t.Helper()
	cmd := command(t, name, env...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return outcome{stdout.String(), stderr.String(), err != nil}
}
