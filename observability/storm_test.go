package observability_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"github.com/neuroglia-go/neuroglia/observability"
)

// newSlow returns the address of a server that reads one byte at a time, ten times a second.
func newSlow(t *testing.T) string {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()
	go func() {
		for {
			conn, err := listener.Accept()
			if errors.Is(err, net.ErrClosed) {
				return
			}
			go func() {
				defer conn.Close()
				for one := make([]byte, 1); ctx.Err() == nil; time.Sleep(100 * time.Millisecond) {
					if _, err := conn.Read(one); err != nil {
						return
					}
				}
			}()
		}
	}()
	t.Cleanup(func() { _ = listener.Close() })
	return listener.Addr().String()
}

// A storm of spans and of log records, some with megabytes of text, from many goroutines: what waits is bounded in number and in
// bytes, and nobody waits for it.
func TestAStormIsBoundedWhateverTheCollectorDoes(t *testing.T) {
	t.Parallel()
	for name, address := range map[string]string{
		"slow": newSlow(t), "black hole": newBlackHole(t), "refused": "127.0.0.1:" + freePort(t),
	} {
		for _, protocol := range []string{"http/protobuf", "grpc"} {
			t.Run(name+" "+protocol, func(t *testing.T) {
				t.Parallel()
				o := live(t, "storm", "OTEL_EXPORTER_OTLP_ENDPOINT=http://"+address, "OTEL_EXPORTER_OTLP_PROTOCOL="+protocol, "OTEL_LOG_LEVEL=none")
				stall := o.took(t, "stall")
				if got := o.took(t, "slowest"); got > time.Second/2+stall {
					t.Errorf("the slowest took %s", got)
				}
				if got := o.took(t, "stop"); got > 6*time.Second+stall {
					t.Errorf("the stop took %s", got)
				}
				var heap int
				_, after, _ := strings.Cut(o.stdout, "heap ")
				if _, err := fmt.Sscan(after, &heap); err != nil || heap > 60 {
					t.Errorf("%d MiB are kept, %v", heap, err)
				}
				t.Logf("slowest %s, stop %s, stall %s, heap %d MiB", o.took(t, "slowest"), o.took(t, "stop"), stall, heap)
			})
		}
	}
}

// storm prints how long the slowest of its turns and the stop took, and how many MiB were kept.
func storm(ctx context.Context) error {
	const workers, turns = 16, 300
	stall := stalls()
	t, err := observability.Start(ctx, "pizzeria", observability.Stdout(io.Discard))
	if err != nil {
		return err
	}
	text := strings.Repeat("x", 1<<20)
	took := make([]time.Duration, workers)
	var wg sync.WaitGroup
	for i := range took {
		wg.Go(func() {
			for range turns {
				begin := time.Now()
				spanCtx, span := otel.Tracer("test").Start(ctx, "place order")
				slog.Default().LogAttrs(spanCtx, slog.LevelInfo, "order placed", slog.Int("worker", i))
				span.End()
				took[i] = max(took[i], time.Since(begin))
			}
			for range 5 {
				spanCtx, span := otel.Tracer("test").Start(ctx, "place order", trace.WithAttributes(attribute.String("body", strings.Clone(text))))
				span.RecordError(errors.New(strings.Clone(text)))
				span.SetStatus(codes.Error, strings.Clone(text))
				slog.ErrorContext(spanCtx, strings.Clone(text), "body", strings.Clone(text), slog.Group("request", "body", strings.Clone(text)))
				span.End()
			}
		})
	}
	wg.Wait()
	runtime.GC()
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	fmt.Println("heap", memory.HeapAlloc>>20)
	var slowest time.Duration
	for _, d := range took {
		slowest = max(slowest, d)
	}
	fmt.Println("slowest", slowest.Milliseconds())
	begin := time.Now()
	_ = t.Shutdown(ctx)
	fmt.Println("stop", time.Since(begin).Milliseconds())
	fmt.Println("stall", stall().Milliseconds())
	return nil
}
