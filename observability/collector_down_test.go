package observability_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"go.opentelemetry.io/otel"

	"github.com/neuroglia-go/neuroglia/observability"
)

// newBlackHole returns the address of a listener that accepts connections and never answers.
func newBlackHole(t *testing.T) string {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	wg.Go(func() {
		var held []net.Conn
		for {
			conn, err := listener.Accept()
			if errors.Is(err, net.ErrClosed) {
				for _, c := range held {
					_ = c.Close()
				}
				return
			}
			held = append(held, conn)
		}
	})
	t.Cleanup(func() {
		_ = listener.Close()
		wg.Wait()
	})
	return listener.Addr().String()
}

// newFullBacklog returns an address at which connections are neither accepted nor refused: the packets get no answer.
func newFullBacklog(t *testing.T) string {
	t.Helper()
	socket, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = syscall.Close(socket) })
	if err := errors.Join(syscall.Bind(socket, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}), syscall.Listen(socket, 0)); err != nil {
		t.Fatal(err)
	}
	name, err := syscall.Getsockname(socket)
	if err != nil {
		t.Fatal(err)
	}
	address := fmt.Sprintf("127.0.0.1:%d", name.(*syscall.SockaddrInet4).Port)
	for range 10 {
		conn, err := net.DialTimeout("tcp", address, 100*time.Millisecond)
		if err != nil {
			return address
		}
		t.Cleanup(func() { _ = conn.Close() })
	}
	t.Fatal("the backlog takes every connection")
	return ""
}

// A busy service against a collector that is not there: it starts at once, no request waits, few lines tell of it, and
// it stops in time.
func TestACollectorThatIsDownCostsNothingButAFewLines(t *testing.T) {
	t.Parallel()
	dead := "127.0.0.1:" + freePort(t)
	hole := newBlackHole(t)
	unanswered := newFullBacklog(t)
	for name, test := range map[string]struct{ address, protocol string }{
		"dead http":       {dead, "http/protobuf"},
		"dead grpc":       {dead, "grpc"},
		"black hole http": {hole, "http/protobuf"},
		"black hole grpc": {hole, "grpc"},
		"dropped http":    {unanswered, "http/protobuf"},
		"dropped grpc":    {unanswered, "grpc"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := live(t, "busy", "OTEL_EXPORTER_OTLP_ENDPOINT=http://"+test.address, "OTEL_EXPORTER_OTLP_PROTOCOL="+test.protocol,
				"OTEL_BSP_SCHEDULE_DELAY=50", "OTEL_BLRP_SCHEDULE_DELAY=50", "OTEL_METRIC_EXPORT_INTERVAL=50", "OTEL_EXPORTER_OTLP_TIMEOUT=500")
			stall := o.took(t, "stall") // a machine with other work to do
			for what, most := range map[string]time.Duration{"start": 5 * time.Second, "slowest": time.Second / 2, "stop": 6 * time.Second} {
				if got := o.took(t, what); got > most+stall {
					t.Errorf("%s took %s", what, got)
				}
			}
			if o.stderr != "" {
				t.Errorf("got on standard error: %s", o.stderr)
			}
			for _, signal := range []string{"traces", "metrics", "logs"} {
				if !strings.Contains(o.stdout, signal) && test.address == dead {
					t.Errorf("nothing is told about %s in %s", signal, o.stdout)
				}
			}
			told := strings.Count(o.stdout, `"msg":"telemetry error"`)
			if told == 0 || told > 12 {
				t.Errorf("got %d lines about it", told)
			}
			t.Logf("start %s, slowest request %s, stop %s, stalled %s, %d lines about it",
				o.took(t, "start"), o.took(t, "slowest"), o.took(t, "stop"), stall, told)
		})
	}
}

func TestNothingIsToldIfNothingIsWanted(t *testing.T) {
	t.Parallel()
	o := live(t, "one order", "OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:"+freePort(t), "OTEL_LOG_LEVEL=none")
	if strings.Contains(o.stdout, "telemetry error") {
		t.Errorf("got %s", o.stdout)
	}
}

// With the default timeouts the exporters hang longer than the end may last.
func TestTheEndIsBoundedWhateverTheExportersDo(t *testing.T) {
	t.Parallel()
	for _, protocol := range []string{"http/protobuf", "grpc"} {
		t.Run(protocol, func(t *testing.T) {
			t.Parallel()
			o := live(t, "timed host", "OTEL_EXPORTER_OTLP_ENDPOINT=http://"+newBlackHole(t), "OTEL_EXPORTER_OTLP_PROTOCOL="+protocol)
			if got := o.took(t, "life"); got > 6*time.Second {
				t.Errorf("the whole life took %s", got)
			}
			if o.failed || !strings.Contains(o.stdout, "telemetry was lost at the end") {
				t.Errorf("got\n%s\n%s", o.stdout, o.stderr)
			}
		})
	}
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
