package prove_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"time"

	"go.opentelemetry.io/otel"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"

	"github.com/neuroglia-go/neuroglia/observability"
)

// lossyVariable makes this test binary the lossy service.
const lossyVariable = "NEUROGLIA_PROVE_LOSSY"

// lose runs a service that makes more spans and log records than it has room for, and cannot send the rest: only its metrics
// arrive.
func lose(ctx context.Context, collector string) error {
	nobody, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("find a port: %w", err)
	}
	defer nobody.Close() // it accepts no connection
	hole := "http://" + nobody.Addr().String()
	lossy := exec.CommandContext(ctx, os.Args[0])
	lossy.Env = append(os.Environ(), lossyVariable+"=true",
		"OTEL_EXPORTER_OTLP_ENDPOINT="+collector, fmt.Sprintf("OTEL_METRIC_EXPORT_INTERVAL=%d", interval.Milliseconds()),
		"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT="+hole, "OTEL_BSP_EXPORT_TIMEOUT=100", "OTEL_BSP_MAX_QUEUE_SIZE=10",
		"OTEL_EXPORTER_OTLP_LOGS_ENDPOINT="+hole, "OTEL_BLRP_EXPORT_TIMEOUT=100", "OTEL_BLRP_MAX_QUEUE_SIZE=10")
	lossy.SysProcAttr = dieWithUs()
	if out, err := lossy.CombinedOutput(); err != nil {
		return fmt.Errorf("run the lossy service: %w: %s", err, out)
	}
	return nil
}

// lossy is that service.
func lossy(ctx context.Context) error {
	t, err := observability.Start(ctx, "lossy", observability.Stdout(io.Discard),
		observability.Attributes(semconv.DeploymentEnvironmentNameKey.String("proof")))
	if err != nil {
		return fmt.Errorf("start a service: %w", err)
	}
	for end := time.Now().Add(5 * interval); time.Now().Before(end); _ = t.ForceFlush(ctx) { // nobody answers
		for range 100 {
			_, span := otel.Tracer("prove").Start(ctx, "lost")
			span.End()
			slog.InfoContext(ctx, "lost")
		}
	}
	_ = t.Shutdown(ctx)
	return nil
}
