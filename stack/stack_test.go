package stack_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/neuroglia-go/neuroglia/stack"
)

// start starts a stack of the three parts that are built here, on free ports.
func start(t *testing.T, change func(*stack.Config)) *stack.Stack {
	t.Helper()
	ports, err := stack.FreePorts()
	if err != nil {
		t.Fatal(err)
	}
	c := stack.Config{
		Root: "..", Data: t.TempDir(), Ports: ports, Interval: time.Second, Without: []string{"tempo", "grafana"}, Output: t.Output(),
	}
	if change != nil {
		change(&c)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	s, err := stack.Start(ctx, c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if err := s.Stop(ctx); err != nil {
			t.Error(err)
		}
	})
	return s
}

func TestAStartedStackIsReadyAndAStoppedOneIsGone(t *testing.T) {
	t.Parallel()
	s := start(t, nil)
	for _, name := range []string{"collector", "prometheus", "loki"} {
		if !s.Process(name).Running() {
			t.Errorf("%s does not run", name)
		}
	}
	for _, url := range []string{s.URL("prometheus") + "/-/ready", s.URL("loki") + "/ready"} {
		response, err := http.Get(url)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode != http.StatusOK {
			t.Errorf("%s answers %s", url, response.Status)
		}
	}
	if err := s.Stop(t.Context()); err != nil {
		t.Error(err)
	}
	if _, err := http.Get(s.URL("prometheus")); err == nil {
		t.Error("Prometheus still answers after the stop")
	}
	select {
	case err := <-s.Failed():
		t.Errorf("a stop is told as a failure: %v", err)
	default:
	}
}

func TestAStoreCanBeStoppedAndStarted(t *testing.T) {
	t.Parallel()
	s := start(t, nil)
	prometheus := s.Process("prometheus")
	if err := prometheus.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if prometheus.Running() {
		t.Error("it runs after it was stopped")
	}
	if err := prometheus.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	prometheus.Kill()
	if prometheus.Running() {
		t.Error("it runs after it was killed")
	}
	if err := prometheus.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func TestAProcessThatEndsByItselfIsToldWithWhatItPrinted(t *testing.T) {
	t.Parallel()
	s := start(t, nil)
	response, err := http.Post(s.URL("prometheus")+"/-/quit", "", nil)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	select {
	case err := <-s.Failed():
		if !strings.Contains(err.Error(), "prometheus ended by itself") || !strings.Contains(err.Error(), "See you next time") {
			t.Error(err)
		}
	case <-time.After(30 * time.Second):
		t.Error("nothing is told")
	}
}

func TestAProcessThatCannotStartIsToldWithItsExitStatus(t *testing.T) {
	t.Parallel()
	ports, err := stack.FreePorts()
	if err != nil {
		t.Fatal(err)
	}
	data := t.TempDir()
	if err := os.MkdirAll(filepath.Join(data, "prometheus", "data"), 0o700); err != nil {
		t.Fatal(err)
	}
	// A folder is where it would write.
	if err := os.MkdirAll(filepath.Join(data, "prometheus", "data", "lock"), 0o700); err != nil {
		t.Fatal(err)
	}
	_, err = stack.Start(t.Context(), stack.Config{Root: "..", Data: data, Ports: ports, Without: []string{"tempo", "grafana"}})
	if err == nil || !strings.Contains(err.Error(), "prometheus ended by itself (exit status 1)") {
		t.Error(err)
	}
}

func TestALogIsThatOfOneStart(t *testing.T) {
	t.Parallel()
	prometheus := start(t, nil).Process("prometheus")
	first, err := os.ReadFile(prometheus.LogFile)
	if err != nil || len(first) == 0 {
		t.Fatalf("the log is %q, %v", first, err)
	}
	prometheus.Kill()
	if err := prometheus.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	before, _ := os.ReadFile(prometheus.LogFile + ".1")
	now, _ := os.ReadFile(prometheus.LogFile)
	line, _, _ := strings.Cut(string(first), "\n")
	if !strings.Contains(string(before), line) || strings.Contains(string(now), line) {
		t.Errorf("after another start, %q is not put aside", line)
	}
}

func TestATakenPortIsNamed(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	ports, err := stack.FreePorts()
	if err != nil {
		t.Fatal(err)
	}
	ports.Loki = listener.Addr().(*net.TCPAddr).Port
	_, err = stack.Start(t.Context(), stack.Config{Root: "..", Data: t.TempDir(), Ports: ports, Without: []string{"tempo", "grafana"}})
	if err == nil || !strings.Contains(err.Error(), "port "+strconv.Itoa(ports.Loki)+", for Loki,") || strings.Contains(err.Error(), "Prometheus") {
		t.Error(err)
	}
}

func TestTwoStacksDoNotShareAFolder(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	start(t, func(c *stack.Config) { c.Data = data })
	ports, err := stack.FreePorts()
	if err != nil {
		t.Fatal(err)
	}
	_, err = stack.Start(t.Context(), stack.Config{Root: "..", Data: data, Ports: ports, Without: []string{"tempo", "grafana"}})
	if err == nil || !strings.Contains(err.Error(), "another stack uses") {
		t.Error(err)
	}
}

func TestAMissingProgramIsNamedWithHowToBuildIt(t *testing.T) {
	t.Parallel()
	_, err := stack.Start(t.Context(), stack.Config{Root: t.TempDir(), Data: t.TempDir()})
	if err == nil || !strings.Contains(err.Error(), "/loki is not there: make stack") {
		t.Error(err)
	}
}

func TestAStartThatIsCancelledLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	ports, err := stack.FreePorts()
	if err != nil {
		t.Fatal(err)
	}
	data := t.TempDir()
	ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
	defer cancel()
	_, err = stack.Start(ctx, stack.Config{Root: "..", Data: data, Ports: ports, Without: []string{"tempo", "grafana"}})
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(data, "prometheus", "prometheus.log")); err != nil {
		t.Errorf("nothing was started: %v", err)
	}
	for _, port := range []int{ports.Prometheus, ports.Loki} {
		if conn, err := net.Dial("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port))); err == nil {
			conn.Close()
			t.Errorf("something still listens at %d", port)
		}
	}
}
