// Package overload_test gives the pizzeria more to do than it can, and more kinds of requests than there are: the real program,
// over HTTP.
package overload_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// programs are where the binaries are.
type programs struct{ pizzeria, flood string }

var built programs

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "overload")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	built = programs{pizzeria: filepath.Join(dir, "mario-pizzeria"), flood: filepath.Join(dir, "flood")}
	for output, what := range map[string]string{built.pizzeria: ".", built.flood: "./overload/flood"} {
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
