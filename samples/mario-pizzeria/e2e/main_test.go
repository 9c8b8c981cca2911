// Package e2e_test runs the pizzeria as its users do: the real program, a real collector, real HTTP.
package e2e_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// programs are where the binaries under test are.
type programs struct{ pizzeria, collector string }

var built programs

func TestMain(m *testing.M) {
	os.Exit(run(m))
}

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "mario")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	built = programs{pizzeria: filepath.Join(dir, "mario-pizzeria"), collector: filepath.Join(dir, "collector")}
	for output, module := range map[string]string{built.pizzeria: "..", built.collector: "../../../tools/collector"} {
		build := exec.Command("go", "build", "-o", output, ".")
		build.Dir = module
		build.Env = append(os.Environ(), "GOWORK=off") // each module has versions of its own
		build.Stdout, build.Stderr = os.Stdout, os.Stderr
		if err := build.Run(); err != nil {
			fmt.Fprintf(os.Stderr, "build %s: %v\n", module, err)
			return 1
		}
	}
	return m.Run()
}
