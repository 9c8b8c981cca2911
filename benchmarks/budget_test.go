package benchmarks_test

import (
	"bytes"
	"flag"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/neuroglia-go/neuroglia/benchmarks/report/goals"
	"github.com/neuroglia-go/neuroglia/benchmarks/report/results"
)

var update = flag.Bool("update", false, "write what is measured to testdata, as the budget")

// TestTheFrameworkStaysWithinItsBudget measures in another process, without the race detector, which slows everything down
// and has the compiler and pools allocate more.
func TestTheFrameworkStaysWithinItsBudget(t *testing.T) {
	binary := build(t)
	t.Run("allocations", func(t *testing.T) { checkAllocations(t, binary) })
	t.Run("goals", func(t *testing.T) { checkGoals(t, binary) })
	t.Run("instructions", func(t *testing.T) { checkInstructions(t, binary) })
}

// build returns these benchmarks as a program.
func build(t *testing.T) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "bench.test")
	cmd := exec.CommandContext(t.Context(), "go", "test", "-c", "-o", binary, ".")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=", "GOWORK=off")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("build the benchmarks: %v\n%s", err, out)
	}
	return binary
}

// run runs benchmarks and returns what they print.
func run(t *testing.T, binary, bench, benchtime string, environment ...string) []byte {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), binary, "-test.run", "^$", "-test.cpu", "1", "-test.benchtime", benchtime, "-test.bench", bench)
	cmd.Env = append(os.Environ(), append([]string{"GOGC=off"}, environment...)...)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("run %s: %v\n%s", bench, err, out)
	}
	return out
}

func read(t *testing.T, out []byte) *results.Set {
	t.Helper()
	s, err := results.Read(bytes.NewReader(out), "benchmarks")
	if err != nil {
		t.Fatalf("%v in\n%s", err, out)
	}
	return s
}

// checkAllocations compares allocations and bytes of every piece of work in every mode. A byte of a hundred may be rounded.
func checkAllocations(t *testing.T, binary string) {
	t.Helper()
	const ours, times = `/^neuroglia$`, "2000x"
	out := run(t, binary, ours, times)
	out = append(out, run(t, binary, ours, times, "OTEL_SDK_DISABLED=true")...)
	s := read(t, out)
	got := map[string][]float64{}
	for _, name := range s.Names() {
		if strings.Count(name, "/neuroglia/") == 1 && strings.Count(name, "/") == 2 && !strings.HasPrefix(name, "Goroutines") {
			allocs, _ := s.Median(name, results.Allocs)
			size, _ := s.Median(name, results.Bytes)
			got[name] = []float64{allocs, size}
		}
	}
	want := budget(t, "allocations.txt", "Allocations and bytes per operation.", got)
	for name, want := range want {
		switch got, ran := got[name]; {
		case !ran:
			t.Errorf("%s did not run", name)
		case got[0] > want[0] || got[1] > want[1]*1.01+4:
			t.Errorf("%s allocates %v times, %v bytes: its budget is %v and %v", name, got[0], got[1], want[0], want[1])
		}
	}
}

// budget returns what may be used, from a file of testdata that -update writes. It has a line for each name, with its values.
func budget(t *testing.T, file, about string, got map[string][]float64) map[string][]float64 {
	t.Helper()
	path := filepath.Join("testdata", file)
	if *update {
		text := "# " + about + " Written by go test -run Budget -update.\n"
		for _, name := range slices.Sorted(maps.Keys(got)) {
			text += name + " " + strings.Trim(fmt.Sprint(got[name]), "[]") + "\n"
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string][]float64{}
	for line := range strings.Lines(string(raw)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		values, numbers := strings.Fields(line), []float64(nil)
		for _, value := range values[1:] {
			var number float64
			if _, err := fmt.Sscan(value, &number); err != nil {
				t.Fatalf("%s: %q: %v", path, line, err)
			}
			numbers = append(numbers, number)
		}
		want[values[0]] = numbers
	}
	for name := range got {
		if want[name] == nil {
			t.Errorf("%s has no budget: run go test -run Budget -update", name)
		}
	}
	return want
}

// noise is how much more than a goal allows a ratio may be on a machine that does other work at the same time.
const noise = 1.3

// checkGoals runs what the goals are about in many short rounds. What disturbs a round disturbs both sides of a ratio; times
// by themselves say nothing here, and have their instructions counted instead. Nothing collects garbage, which would find a
// heap of another size in each benchmark: what that adds, for a thousand types above all, docs/performance.md shows.
func checkGoals(t *testing.T, binary string) {
	t.Helper()
	const rounds = 9
	var out []byte
	for range rounds {
		out = append(out, run(t, binary, "^Benchmark(Command|Event10)$/^(direct|neuroglia|tuned|naive)$/^(bare|off|sampled|unsampled)$", "20ms")...)
		out = append(out, run(t, binary, "^BenchmarkTypes$/^one$/.*/^1(000)?$", "20ms")...)
	}
	s := read(t, out)
	for _, g := range goals.All() {
		if g.Unit == goals.Nanoseconds {
			if ours := g.Benchmarks()[0]; counted()[ours] == 0 {
				t.Errorf("%s: neither the time nor the instructions of %s are checked: count them", g.What, ours)
			}
			continue
		}
		got, ok := g.Measured(s)
		if !ok {
			t.Errorf("%s: %v did not all run", g.What, g.Benchmarks())
		}
		t.Logf("%s: %.3g of %v %s", g.What, got, g.Most, g.Unit)
		most := g.Most
		if g.Unit == goals.Ratio {
			most *= noise
		}
		if got > most {
			t.Errorf("%s is %.3g %s: the goal is %v, and on a busy machine at most %v", g.What, got, g.Unit, g.Most, most)
		}
	}
}
