package observability_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/neuroglia-go/neuroglia/observability"
)

// gate is a writer that takes nothing while it is shut.
type gate struct {
	mu   sync.Mutex
	text bytes.Buffer
	err  error
}

func (g *gate) Write(p []byte) (int, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.err != nil {
		return 0, g.err
	}
	return g.text.Write(p)
}

func TestNobodyWaitsForAFileThatTakesNothing(t *testing.T) {
	t.Parallel()
	g, told := &gate{}, make(chan int, 2)
	q := observability.NewStdoutQueue(g, 100, func(n int) { told <- n })
	g.mu.Lock()
	for range 50 {
		if _, err := io.WriteString(q, "123456789\n"); err != nil {
			t.Error(err)
		}
	}
	begin := time.Now()
	for range 50 {
		if q.Flush(10 * time.Millisecond) {
			t.Fatal("flushed what nobody takes")
		}
	}
	if took := time.Since(begin); took > 250*time.Millisecond {
		t.Errorf("not only the first waited: %s", took)
	}
	lost := q.Lost()
	g.mu.Unlock()
	for !q.Flush(10 * time.Second) { // what nobody took stands in the way until it is taken
		time.Sleep(time.Millisecond)
	}
	if lines := strings.Count(g.text.String(), "123456789\n"); lines < 10 || lines > 20 || lines+int(lost) != 50 {
		t.Errorf("%d lines written and %d lost of 50, want 10 of each list", lines, lost)
	}
	if _, err := io.WriteString(q, "after\n"); err != nil || !q.Flush(10*time.Second) {
		t.Fatal("nothing is written any more")
	}
	if got := <-told; got != int(lost) {
		t.Errorf("told %d lost, want %d", got, lost)
	}
}

func TestWhatIsWrittenKeepsItsOrder(t *testing.T) {
	t.Parallel()
	g := &gate{}
	q := observability.NewStdoutQueue(g, 1<<20, func(int) {})
	var want strings.Builder
	for i := range 1000 {
		fmt.Fprintln(q, i)
		fmt.Fprintln(&want, i)
	}
	q.Close(10 * time.Second)
	fmt.Fprintln(q, "at once")
	if got := g.text.String(); got != want.String()+"at once\n" {
		t.Errorf("got %d bytes in another order", len(got))
	}
}

func TestWhatAFileRefusesIsCounted(t *testing.T) {
	t.Parallel()
	g := &gate{err: errors.New("no space left on device")}
	q := observability.NewStdoutQueue(g, 100, func(int) {})
	fmt.Fprint(q, "a\nb\n")
	if q.Close(10 * time.Second); q.Lost() != 2 {
		t.Errorf("%d lost, want 2", q.Lost())
	}
}

// A process whose output nobody reads logs on, and ends in time.
func TestAPipeThatIsNotReadHoldsUpNothing(t *testing.T) {
	t.Parallel()
	cmd := command(t, "storm of lines", "OTEL_SDK_DISABLED=true")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	said, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	words := bufio.NewScanner(said)
	if !words.Scan() || words.Text() != "logged" {
		t.Fatalf("the process did not get on: %q", words.Text())
	}
	text, err := io.ReadAll(out)
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
	lines := strings.Count(string(text), `"msg":"storm"`)
	if lines == 0 || lines == stormLines {
		t.Errorf("%d of %d lines, want some dropped", lines, stormLines)
	}
	for _, want := range []string{`"msg":"standard output was not read in time, and log records were dropped","dropped":`, `"msg":"the end"`} {
		if !strings.Contains(string(text), want) {
			t.Errorf("no %s", want)
		}
	}
}

const stormLines = 100_000

func stormOfLines(ctx context.Context) error {
	t, err := observability.Start(ctx, "pizzeria")
	if err != nil {
		return err
	}
	for range stormLines {
		slog.InfoContext(ctx, "storm", "text", strings.Repeat("x", 50))
	}
	slog.ErrorContext(ctx, "storm")
	fmt.Fprintln(os.Stderr, "logged")
	for !observability.Written(t) { // the test reads now
		time.Sleep(time.Millisecond)
	}
	slog.InfoContext(ctx, "the end")
	return t.Shutdown(ctx)
}

// What a process says last is there, also if it does not shut down.
func TestTheErrorThatAProcessEndsWithIsWritten(t *testing.T) {
	t.Parallel()
	for range 10 {
		out, err := command(t, "fatal", "OTEL_SDK_DISABLED=true").Output()
		var exit *exec.ExitError
		if !errors.As(err, &exit) || !strings.Contains(string(out), `"msg":"first"`) || !strings.Contains(string(out), `"msg":"last"`) {
			t.Fatalf("got %v and\n%s", err, out)
		}
	}
}

func fatal(ctx context.Context) error {
	if _, err := observability.Start(ctx, "pizzeria"); err != nil {
		return err
	}
	slog.InfoContext(ctx, "first")
	slog.ErrorContext(ctx, "last")
	os.Exit(3)
	return nil
}
