package main

import (
	"os"
	"strings"
	"testing"

	"github.com/neuroglia-go/neuroglia/benchmarks/report/goals"
	"github.com/neuroglia-go/neuroglia/benchmarks/report/marked"
	"github.com/neuroglia-go/neuroglia/benchmarks/report/results"
)

func TestTheDocumentsSayWhatTheResultsSay(t *testing.T) {
	t.Parallel()
	set, err := load("../" + raw)
	if err != nil {
		t.Fatal(err)
	}
	for path, parts := range map[string][]part{document: parts(set), readme: {cost(set)}} {
		text, err := os.ReadFile("../" + path)
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range parts {
			got, err := marked.Part(string(text), part.name)
			if err != nil {
				t.Error(err)
			}
			if strings.TrimSpace(got) != strings.TrimSpace(part.text) {
				t.Errorf("%s does not say of %q what the results say: run go run ./report -runs 0 in benchmarks", path, part.name)
			}
		}
	}
}

func TestTheHardestHandWrittenCodeHasAColumn(t *testing.T) {
	t.Parallel()
	const lines = `BenchmarkCommand/neuroglia/sampled 100 2000 ns/op 2000 cpu-ns/op 1458 B/op 5 allocs/op
BenchmarkCommand/tuned/sampled 100 4000 ns/op 4000 cpu-ns/op 1776 B/op 7 allocs/op
BenchmarkCommand/tuned-most/sampled 100 1600 ns/op 1600 cpu-ns/op 1456 B/op 5 allocs/op
`
	set, err := results.Read(strings.NewReader(lines), "bench.txt")
	if err != nil {
		t.Fatal(err)
	}
	got := workTables(set)
	for _, want := range []string{
		"|  | ns | bytes | allocations | / direct | / tuned | / tuned-most | / naive |\n",
		"| neuroglia, sampled | 2000 | 1458 | 5 |  | 0.50 | 1.25 |  |\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("got\n%swant in it\n%s", got, want)
		}
	}
}

func TestEveryGoalWasMeasured(t *testing.T) {
	t.Parallel()
	set, err := load("../" + raw)
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range goals.All() {
		if _, ok := g.Measured(set); !ok {
			t.Errorf("%s: the results lack some of %v", g.What, g.Benchmarks())
		}
	}
}

func TestAGoalThatIsMissedIsShownSo(t *testing.T) {
	t.Parallel()
	const lines = `BenchmarkCommand/neuroglia/sampled 100 2000 ns/op 1900 cpu-ns/op 1458 B/op 5 allocs/op
BenchmarkCommand/tuned/sampled 100 1000 ns/op 1000 cpu-ns/op 1776 B/op 7 allocs/op
`
	set, err := results.Read(strings.NewReader(lines), "bench.txt")
	if err != nil {
		t.Fatal(err)
	}
	got := goalTable(set)
	for _, want := range []string{
		"| sampled command / hand-tuned | at most 1x | 1.90x | no |\n", "| sampled command | at most 5 allocations | 5 allocations | yes |\n",
		"| bare Send | at most 0 allocations | not measured | no |\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("got\n%swant in it\n%s", got, want)
		}
	}
}
