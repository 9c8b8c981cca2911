package observability_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
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

// takes reports whether the gate is open.
func (g *gate) takes() bool {
	if g.mu.TryLock() {
		g.mu.Unlock()
		return true
	}
	return false
}

func (g *gate) String() string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.text.String()
}

func TestALineIsThereWhenItHasBeenWritten(t *testing.T) {
	t.Parallel()
	g := &gate{}
	q := observability.NewStdoutQueue(g, g.takes, 10, func(int) {})
	long := strings.Repeat("x", 3<<20) + "\n"
	for _, line := range []string{"short\n", long, "last\n"} {
		if n, err := io.WriteString(q, line); n != len(line) || err != nil {
			t.Errorf("Write() = %d, %v", n, err)
		}
	}
	if got := g.String(); got != "short\n"+long+"last\n" || q.Lost() != 0 {
		t.Errorf("got %d bytes, and %d lines are lost", len(got), q.Lost())
	}
}

func TestNobodyWaitsForAFileThatTakesNothing(t *testing.T) {
	t.Parallel()
	g, told := &gate{}, make(chan int, 50)
	q := observability.NewStdoutQueue(g, g.takes, 100, func(n int) { told <- n })
	g.mu.Lock()
	for range 50 {
		if _, err := io.WriteString(q, "123456789\n"); err != nil {
			t.Error(err)
		}
	}
	if q.Flush(time.Millisecond) {
		t.Error("flushed what nobody takes")
	}
	lost := int(q.Lost())
	g.mu.Unlock()
	if !q.Flush(10 * time.Second) {
		t.Fatal("what waited is not written")
	}
	if lines := strings.Count(g.String(), "123456789\n"); lines < 10 || lines > 21 || lines+lost != 50 {
		t.Errorf("%d lines written and %d lost of 50, want what two lists have room for", lines, lost)
	}
	for got := 0; got < lost; {
		select {
		case n := <-told:
			got += n
		case <-time.After(10 * time.Second):
			t.Fatalf("told of %d lost lines, want %d", got, lost)
		}
	}
	if _, err := io.WriteString(q, "after\n"); err != nil || !q.Flush(10*time.Second) || !strings.HasSuffix(g.String(), "after\n") {
		t.Errorf("nothing is written any more (%v)", err)
	}
}

func TestALongLineThatBeganIsWrittenWhole(t *testing.T) {
	t.Parallel()
	g := &gate{}
	long := strings.Repeat("x", 1<<20) + "\n"
	pieces := 0
	q := observability.NewStdoutQueue(g, func() bool { pieces++; return pieces < 3 }, 2<<20, func(int) {})
	for _, line := range []string{long, "next\n"} {
		if _, err := io.WriteString(q, line); err != nil {
			t.Error(err)
		}
	}
	if !q.Flush(10*time.Second) || g.String() != long+"next\n" {
		t.Errorf("got %d bytes, want %d", len(g.String()), len(long)+5)
	}
}

func TestWhatIsWrittenKeepsItsOrder(t *testing.T) {
	t.Parallel()
	g, n := &gate{}, 0
	q := observability.NewStdoutQueue(g, func() bool { n++; return n%7 != 0 }, 1<<20, func(int) {})
	var want strings.Builder
	for i := range 10_000 {
		fmt.Fprintln(q, i)
		fmt.Fprintln(&want, i)
	}
	if !q.Flush(10*time.Second) || g.String() != want.String() {
		t.Errorf("got %d bytes in another order", len(g.String()))
	}
}

func TestWhatAFileRefusesIsCounted(t *testing.T) {
	t.Parallel()
	for name, takes := range map[string]bool{"at once": true, "later": false} {
		g := &gate{err: errors.New("no space left on device")}
		q := observability.NewStdoutQueue(g, func() bool { return takes }, 100, func(int) {})
		for _, line := range []string{"a\n", "b\n"} {
			fmt.Fprint(q, line)
		}
		if q.Flush(10 * time.Second); q.Lost() != 2 {
			t.Errorf("%s: %d lost, want 2", name, q.Lost())
		}
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
	limit := time.AfterFunc(time.Minute, func() { _ = cmd.Process.Kill() })
	defer limit.Stop()
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
func TestWhatAProcessEndsWithIsWritten(t *testing.T) {
	t.Parallel()
	for _, mode := range []string{"exit", "fatal", "panic"} {
		for range 5 {
			out, err := command(t, mode, "OTEL_SDK_DISABLED=true").Output()
			var exit *exec.ExitError
			if !errors.As(err, &exit) || strings.Count(string(out), `"msg":"first"`) != 100 || !strings.Contains(string(out), `"msg":"last"`) {
				t.Fatalf("%s: got %v and\n%s", mode, err, out)
			}
		}
	}
}

func ending(end func()) func(context.Context) error {
	return func(ctx context.Context) error {
		if _, err := observability.Start(ctx, "pizzeria"); err != nil {
			return err
		}
		for range 100 {
			slog.InfoContext(ctx, "first")
		}
		end()
		return nil
	}
}

// Lines of standard error on the same pipe are not torn, and tear none.
func TestLinesOnOnePipeAreWhole(t *testing.T) {
	t.Parallel()
	cmd := command(t, "both outputs", "OTEL_SDK_DISABLED=true")
	cmd.Stderr = nil
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for line := range strings.Lines(string(out)) {
		if !json.Valid([]byte(line)) {
			t.Errorf("torn: %s", line)
		}
	}
	if n := strings.Count(string(out), "\n"); n < 3300 {
		t.Errorf("%d lines, want 3300", n)
	}
}

func bothOutputs(ctx context.Context) error {
	t, err := observability.Start(ctx, "pizzeria")
	if err != nil {
		return err
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for range 300 {
			fmt.Fprintf(os.Stderr, "{\"error\":%q}\n", strings.Repeat("e", 300))
		}
	}()
	for range 3000 {
		slog.InfoContext(ctx, "line", "text", strings.Repeat("x", 200))
	}
	<-done
	return t.Shutdown(ctx)
}

// Nobody waits, however many log errors to a pipe that is not read.
func TestNobodyWaitsForAPipeThatIsNotRead(t *testing.T) {
	t.Parallel()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	logger := observability.NewLogger(w, nil, slog.LevelInfo)
	var all sync.WaitGroup
	done := make(chan struct{})
	for range 200 {
		all.Go(func() {
			for range 100 {
				logger.Error("no oven", "text", strings.Repeat("x", 1000))
			}
		})
	}
	go func() { all.Wait(); close(done) }()
	select {
	case <-done:
	case <-time.After(20 * time.Second):
		t.Error("who logs waits for the reader")
	}
}
