package main

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

//go:embed testdata/profile.go.txt
var profiler string

// build builds the pizzeria; one that is to be profiled gets a file that does so on a signal.
func build(ctx context.Context, b *bench) (string, error) {
	program := filepath.Join(b.folder, "mario-pizzeria")
	sample := filepath.Join(b.root, "samples/mario-pizzeria")
	args := []string{"build", "-o", program}
	if b.profiles != "" {
		file, overlay := filepath.Join(b.folder, "profile.go"), filepath.Join(b.folder, "overlay.json")
		list, err := json.Marshal(map[string]any{"Replace": map[string]string{filepath.Join(sample, "profile.go"): file}})
		if err != nil {
			return "", err
		}
		for name, text := range map[string][]byte{file: []byte(profiler), overlay: list} {
			if err := os.WriteFile(name, text, 0o600); err != nil {
				return "", err
			}
		}
		args = append(args, "-overlay", overlay)
	}
	command := exec.CommandContext(ctx, "go", append(args, ".")...)
	command.Dir, command.Env = sample, append(os.Environ(), "GOWORK=off")
	if out, err := command.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build the pizzeria: %w: %s", err, out)
	}
	return program, nil
}

// machine describes the processors.
func machine() string {
	name := runtime.GOARCH
	raw, _ := os.ReadFile("/proc/cpuinfo")
	for line := range strings.Lines(string(raw)) {
		if key, value, _ := strings.Cut(line, ":"); strings.TrimSpace(key) == "model name" {
			name = strings.TrimSpace(value)
		}
	}
	return fmt.Sprintf("%d x %s, %s", runtime.NumCPU(), name, runtime.GOOS)
}

// versions are those of what was measured.
func (b *bench) versions(ctx context.Context) string {
	command := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Path}} {{.Version}}",
		"go.opentelemetry.io/otel", "modernc.org/sqlite", "github.com/jackc/pgx/v5")
	command.Dir, command.Env = filepath.Join(b.root, "samples/mario-pizzeria"), append(os.Environ(), "GOWORK=off")
	out, _ := command.Output() // what is not known is not shown
	list := append([]string{runtime.Version()}, strings.Fields(strings.ReplaceAll(strings.TrimSpace(string(out)), " ", "@"))...)
	return strings.Join(list, ", ")
}
