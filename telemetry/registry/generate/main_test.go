package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const root = "../../.."

func TestGeneratedFilesAreCurrent(t *testing.T) {
	t.Parallel()
	files, err := generate(root)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range files {
		got, err := os.ReadFile(filepath.Join(root, name))
		if err != nil || string(got) != want {
			t.Errorf("%s is not what the registry says (%v): run make generate", name, err)
		}
	}
	others, err := filepath.Glob(filepath.Join(root, "docs/registry/*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range others {
		if _, made := files["docs/registry/"+filepath.Base(path)]; !made {
			t.Errorf("nobody makes %s: remove it", path)
		}
	}
}

func TestGenerateWritesWhatIsMissing(t *testing.T) {
	t.Parallel()
	other := t.TempDir()
	catalogue, err := os.ReadFile(filepath.Join(root, "docs/telemetry.md"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(other, "docs"), 0o700); err != nil {
		t.Fatal(err)
	}
	stale := strings.ReplaceAll(string(catalogue), "neuroglia.event.lag", "neuroglia.event.gone")
	if err := os.WriteFile(filepath.Join(other, "docs/telemetry.md"), []byte(stale), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := run(other); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"docs/telemetry.md", "docs/registry/metrics.yaml", "docs/registry/registry_manifest.yaml"} {
		got, _ := os.ReadFile(filepath.Join(other, name))
		want, _ := os.ReadFile(filepath.Join(root, name))
		if string(got) != string(want) {
			t.Errorf("%s is not written as it is in the repository", name)
		}
	}
}

func TestWhatIsMissingIsSaid(t *testing.T) {
	t.Parallel()
	if err := run(t.TempDir()); err == nil || !strings.Contains(err.Error(), "run it in the root of the repository") {
		t.Errorf("run() in a strange folder = %v", err)
	}
	if _, err := fill("# Telemetry", map[string]string{"spans": ""}); err == nil || !strings.Contains(err.Error(), "<!-- generated: spans -->") {
		t.Errorf("fill() of a text without marks = %v", err)
	}
}
