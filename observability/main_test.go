package observability_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

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
		"start and stop": func(ctx context.Context) error {
			t, err := observability.Start(ctx, "pizzeria")
			if err != nil {
				return err
			}
			return t.Shutdown(ctx)
		},
		"one order": oneOrder,
		"host":      hosted,
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
	spanCtx, span := otel.Tracer("test").Start(ctx, "place order")
	orders.Add(spanCtx, 1, metric.WithAttributes(attribute.String("size", "l")))
	slog.ErrorContext(spanCtx, "order failed", "error", errors.New("no ovens"), "took", 1500*time.Millisecond)
	span.End()
	return t.Shutdown(ctx)
}

// hosted is a service that is told to stop as soon as it runs.
func hosted(ctx context.Context) error {
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

// outcome is what came of a life.
type outcome struct {
	stdout, stderr string
	failed         bool
	took           time.Duration
}

// live lives a life in an environment that has only the given OTEL_* variables.
func live(t *testing.T, name string, env ...string) outcome {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0]) //nolint:gosec // this binary
	for _, entry := range os.Environ() {
		if !strings.HasPrefix(entry, "OTEL_") {
			cmd.Env = append(cmd.Env, entry)
		}
	}
	cmd.Env = append(append(cmd.Env, lifeVariable+"="+name), env...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	begin := time.Now()
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return outcome{stdout.String(), stderr.String(), err != nil, time.Since(begin)}
}
