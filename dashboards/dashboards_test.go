package dashboards_test

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/neuroglia-go/neuroglia/dashboards"
)

const deployment = "../deployment"

func TestTheShippedFilesAreCurrent(t *testing.T) {
	t.Parallel()
	files, err := dashboards.Files()
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range files {
		got, err := os.ReadFile(filepath.Join(deployment, name))
		if err != nil || string(got) != string(want) {
			t.Errorf("deployment/%s is not what the code makes: run make generate (%v)", name, err)
		}
	}
}

func TestNothingIsShippedThatIsNotMade(t *testing.T) {
	t.Parallel()
	files, err := dashboards.Files()
	if err != nil {
		t.Fatal(err)
	}
	made := slices.Collect(maps.Keys(files))
	for _, pattern := range []string{"grafana/dashboards/json/*", "prometheus/rules/*"} {
		found, err := filepath.Glob(filepath.Join(deployment, pattern))
		if err != nil || len(found) == 0 {
			t.Fatalf("no files %s: %v", pattern, err)
		}
		for _, path := range found {
			name, err := filepath.Rel(deployment, path)
			if err != nil || !slices.Contains(made, name) {
				t.Errorf("deployment/%s is of no dashboard or rule any more: remove it (%v)", name, err)
			}
		}
	}
}

func TestWritingTwiceWritesTheSame(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	for range 2 {
		if err := dashboards.Write(folder); err != nil {
			t.Fatal(err)
		}
	}
	files, err := dashboards.Files()
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range files {
		if got, err := os.ReadFile(filepath.Join(folder, name)); err != nil || string(got) != string(want) {
			t.Errorf("%s is not written as it is made (%v)", name, err)
		}
	}
}

func TestAFolderThatCannotBeWrittenToIsSaid(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := dashboards.Write(file); err == nil {
		t.Error("writing below a file succeeds")
	}
}
