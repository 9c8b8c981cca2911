package app_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/neuroglia-go/neuroglia/app"
)

// service names the environment variable that makes the test binary a service of that kind.
const service = "APP_TEST_SERVICE"

func TestMain(m *testing.M) {
	kind := os.Getenv(service)
	if kind == "" {
		slog.SetDefault(slog.New(slog.DiscardHandler))
		os.Exit(m.Run())
	}
	app.Main("pizzeria", func(_ context.Context, h *app.Host) error { return child(kind, h) })
}

// child sets up the service that runs in the child process. It says "ready" and "stopping" on standard output.
func child(kind string, h *app.Host) error {
	say := func(word string) func(context.Context) error {
		return func(context.Context) error { fmt.Println(word); return nil }
	}
	switch kind {
	case "failing":
		return errors.New("DATABASE_URL: no such scheme")
	case "panicking":
		panic("wrong wiring")
	case "stuck":
		h.Add(app.Part{Name: "web", Start: say("ready"), StopTimeout: time.Hour, Stop: func(context.Context) error {
			fmt.Println("stopping")
			select {}
		}})
	default:
		h.Add(app.Part{Name: "web", Start: say("ready"), Stop: say("stopping")})
	}
	return nil
}

// process is a service in a process of its own.
type process struct {
	*exec.Cmd
	said   *bufio.Scanner
	stderr strings.Builder
}

func start(t *testing.T, kind string) *process {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	p := &process{Cmd: exec.CommandContext(ctx, os.Args[0])}
	p.Env = append(os.Environ(), service+"="+kind)
	p.Stderr = &p.stderr
	stdout, err := p.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	p.said = bufio.NewScanner(stdout)
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	return p
}

// wait waits until the service says the word.
func (p *process) wait(t *testing.T, word string) {
	t.Helper()
	for p.said.Scan() {
		if p.said.Text() == word {
			return
		}
	}
	t.Fatalf("the service ended without saying %q: %s", word, p.stderr.String())
}

func (p *process) signal(t *testing.T, s os.Signal) {
	t.Helper()
	if err := p.Process.Signal(s); err != nil {
		t.Fatal(err)
	}
}

// end waits until the process has ended, and returns its state.
func (p *process) end(t *testing.T) *os.ProcessState {
	t.Helper()
	for p.said.Scan() { // Wait closes the pipe
	}
	if err := p.Wait(); err != nil && p.ProcessState == nil {
		t.Fatal(err)
	}
	return p.ProcessState
}

func TestMainExitsWith0AfterASignal(t *testing.T) {
	t.Parallel()
	for _, s := range []os.Signal{syscall.SIGTERM, os.Interrupt} {
		t.Run(s.String(), func(t *testing.T) {
			t.Parallel()
			p := start(t, "orderly")
			p.wait(t, "ready")
			p.signal(t, s)
			p.wait(t, "stopping")
			if got := p.end(t).ExitCode(); got != 0 {
				t.Errorf("exit code %d, want 0: %s", got, p.stderr.String())
			}
		})
	}
}

func TestMainExitsWith1AndOneLineOnStandardError(t *testing.T) {
	t.Parallel()
	p := start(t, "failing")
	if got := p.end(t).ExitCode(); got != 1 {
		t.Errorf("exit code %d, want 1", got)
	}
	if got, want := p.stderr.String(), "pizzeria: DATABASE_URL: no such scheme\n"; got != want {
		t.Errorf("standard error is %q, want %q", got, want)
	}
}

func TestASecondSignalEndsTheProcessAtOnce(t *testing.T) {
	t.Parallel()
	p := start(t, "stuck")
	p.wait(t, "ready")
	p.signal(t, syscall.SIGTERM)
	p.wait(t, "stopping")
	p.signal(t, syscall.SIGTERM)
	state := p.end(t)
	if status, ok := state.Sys().(syscall.WaitStatus); !ok || status.Signal() != syscall.SIGTERM {
		t.Errorf("the process ended with %v, want that the signal ended it", state)
	}
}

func TestAPanicInASetupEndsTheProcessWithItsStack(t *testing.T) {
	t.Parallel()
	p := start(t, "panicking")
	if got := p.end(t).ExitCode(); got != 2 {
		t.Errorf("exit code %d, want 2", got)
	}
	for _, want := range []string{"panic: wrong wiring", "app_test.child("} {
		if got := p.stderr.String(); !strings.Contains(got, want) {
			t.Errorf("standard error is %q, want it to contain %q", got, want)
		}
	}
}
