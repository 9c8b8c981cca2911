// Package baddays_test lets everything die that the pizzeria is made of, under load, and counts what was lost and doubled.
//
// BADDAY is how long each day lasts, 15s by default; figures worth quoting need minutes:
//
//	BADDAY=3m go test -v -timeout 60m -run TestProcessesDie ./baddays
package baddays_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// programs are where the binaries are.
type programs struct{ pizzeria, broker string }

var built programs

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "mario")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	built = programs{pizzeria: filepath.Join(dir, "mario-pizzeria"), broker: filepath.Join(dir, "nats-server")}
	for output, what := range map[string]string{built.pizzeria: ".", built.broker: "github.com/nats-io/nats-server/v2"} {
		build := exec.Command("go", "build", "-o", output, what)
		build.Dir, build.Env = "..", append(os.Environ(), "GOWORK=off")
		build.Stdout, build.Stderr = os.Stdout, os.Stderr
		if err := build.Run(); err != nil {
			fmt.Fprintf(os.Stderr, "build %s: %v\n", what, err)
			return 1
		}
	}
	return m.Run()
}

// day is how long a day lasts.
func day(t *testing.T) time.Duration {
	t.Helper()
	text := os.Getenv("BADDAY")
	if text == "" {
		return 15 * time.Second
	}
	d, err := time.ParseDuration(text)
	if err != nil || d <= 0 {
		t.Fatalf("BADDAY is %q: use a time such as 3m", text)
	}
	return d
}
