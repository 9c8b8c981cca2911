package main_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/neuroglia-go/neuroglia/benchmarks/load/measured"
	"github.com/neuroglia-go/neuroglia/benchmarks/report/marked"
)

// The programs under test, and of it.
var program, pizzeria string

func TestMain(m *testing.M) {
	os.Exit(built(m))
}

func built(m *testing.M) int {
	dir, err := os.MkdirTemp("", "load")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	program, pizzeria = filepath.Join(dir, "load"), filepath.Join(dir, "mario-pizzeria")
	for output, module := range map[string]string{program: ".", pizzeria: "../../samples/mario-pizzeria"} {
		build := exec.Command("go", "build", "-o", output, ".")
		build.Dir, build.Env = module, append(os.Environ(), "GOWORK=off")
		if out, err := build.CombinedOutput(); err != nil {
			fmt.Fprintf(os.Stderr, "build %s: %v\n%s", module, err, out)
			return 1
		}
	}
	return m.Run()
}

func TestThePizzeriaIsMeasuredWithTelemetryOnAndOff(t *testing.T) {
	t.Parallel()
	file, document := filepath.Join(t.TempDir(), "load.json"), filepath.Join(t.TempDir(), "performance.md")
	if err := os.WriteFile(document, []byte(parts), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), program, "-rounds", "1", "-duration", "300ms", "-warm-up", "100ms", "-pin=false", "-pizzeria", pizzeria,
		"-stores", "sqlite-file", "-mixes", "place-order,20/80", "-telemetry", "off,dead,black-hole",
		"-out", file, "-document", document).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	r, err := measured.Read(file)
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Cells) != 6 {
		t.Fatalf("%d cells, want 6", len(r.Cells))
	}
	for _, c := range r.Cells {
		for _, s := range c.Samples {
			if s.Throughput <= 0 || s.Saturated <= 0 || s.P50 <= 0 || s.Max < s.P50 || s.PeakRSS <= 0 || s.PeakHeap <= 0 {
				t.Errorf("%s, %s, %s: %+v", c.Store, c.Mix, c.Telemetry, s)
			}
		}
	}
	if err := os.WriteFile(document, []byte(parts), 0o600); err != nil {
		t.Fatal(err)
	}
	shown, err := exec.CommandContext(t.Context(), program, "show", "-out", file, "-document", document).CombinedOutput()
	if err != nil || !strings.HasSuffix(string(out), "\n"+string(shown)) {
		t.Errorf("what is shown later differs: %v\n%s", err, shown)
	}
	text, err := os.ReadFile(document)
	if err != nil {
		t.Fatal(err)
	}
	shows(t, string(text), r)
	if !strings.Contains(string(out), r.Tables()) || !strings.Contains(string(out), r.Goals()) {
		t.Errorf("the file and what is printed differ:\n%s", out)
	}
}

func TestTheMemoryOfThePizzeriaIsWatched(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "load.json")
	out, err := exec.CommandContext(t.Context(), program, "soak", "-duration", "1200ms", "-pin=false", "-pizzeria", pizzeria,
		"-document", "", "-out", file).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	r, err := measured.Read(file)
	if err != nil || r.Soak == nil || len(r.Soak.Points) < 2 || r.Soak.Requests == 0 || r.Soak.Points[0].RSS <= 0 {
		t.Errorf("got %+v, %v", r.Soak, err)
	}
}

func TestFlagsThatCannotBeAreExplained(t *testing.T) {
	t.Parallel()
	for args, want := range map[string]string{
		"-stores mysql":            `-stores: there is no "mysql": use some of sqlite-memory,sqlite-file,postgres`,
		"-telemetry none":          `-telemetry: there is no "none": use some of off,collector,dead,black-hole,one-in-ten`,
		"-rounds 0":                "-rounds and -workers are 1 or more",
		"-duration 1":              "invalid value",
		"-duration 1ms":            "-duration is 100ms or more",
		"-warm-up -1s":             "-warm-up is 0 or more",
		"soka":                     `unknown argument "soka": use soak, show or none, before the flags`,
		"soak -telemetry off,dead": "soak watches one configuration",
		"-profile x":               "flag provided but not defined: -profile",
	} {
		out, err := exec.CommandContext(t.Context(), program, strings.Fields(args)...).CombinedOutput()
		if err == nil || !strings.Contains(string(out), want) {
			t.Errorf("%s: got %v, %s, want %s", args, err, out, want)
		}
	}
}

func TestHelpNamesTheFlags(t *testing.T) {
	t.Parallel()
	out, err := exec.CommandContext(t.Context(), program, "-help").CombinedOutput()
	if err != nil || !strings.Contains(string(out), "Usage: load [soak|show] [flags]") || !strings.Contains(string(out), "-telemetry") {
		t.Errorf("got %v, %s", err, out)
	}
}

func TestTheDocumentShowsWhatWasMeasured(t *testing.T) {
	t.Parallel()
	r, err := measured.Read("../results/load.json")
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile("../../docs/performance.md")
	if err != nil {
		t.Fatal(err)
	}
	shows(t, string(text), r)
}

// parts is a document without measurements.
const parts = "# Fast\n<!-- generated: load goals -->\n<!-- end -->\n<!-- generated: load -->\n<!-- end -->\n"

func shows(t *testing.T, document string, r measured.Report) {
	t.Helper()
	for name, want := range map[string]string{"load": r.Tables(), "load goals": r.Goals()} {
		if got, err := marked.Part(document, name); err != nil || got != want {
			t.Errorf("the document shows of %q, %v,\n%swant\n%s: run LOAD=show make load", name, err, got, want)
		}
	}
}
