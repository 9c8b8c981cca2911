package results_test

import (
	"math"
	"strings"
	"testing"

	"github.com/neuroglia-go/neuroglia/benchmarks/report/results"
)

const output = `goos: linux
cpu: Fast
BenchmarkCommand/neuroglia/sampled 	 100	 2000 ns/op	 1458 B/op	 5 allocs/op
BenchmarkCommand/tuned/sampled     	 100	 1000 ns/op	 1776 B/op	 7 allocs/op
PASS
cpu: Fast
BenchmarkCommand/neuroglia/sampled 	 100	 9000 ns/op	 1458 B/op	 5 allocs/op
BenchmarkCommand/tuned/sampled     	 100	 9000 ns/op	 1776 B/op	 7 allocs/op
PASS
BenchmarkCommand/neuroglia/sampled 	 100	 3000 ns/op	 1458 B/op	 5 allocs/op
BenchmarkCommand/tuned/sampled     	 100	 1000 ns/op	 1776 B/op	 7 allocs/op
PASS
`

const ours, theirs = "Command/neuroglia/sampled", "Command/tuned/sampled"

func TestMediansAreOfAllRuns(t *testing.T) {
	t.Parallel()
	s, err := results.Read(strings.NewReader(output), "bench.txt")
	if err != nil {
		t.Fatal(err)
	}
	for unit, want := range map[string]float64{results.Seconds: 3e-6, results.Bytes: 1458, results.Allocs: 5} {
		if got, ok := s.Median(ours, unit); !ok || math.Abs(got-want) > want/1e6 {
			t.Errorf("Median(%s) = %v, %v, want %v", unit, got, ok, want)
		}
	}
	if got, want := strings.Join(s.Names(), " "), ours+" "+theirs; got != want || s.Runs(ours) != 3 || s.Machine()["cpu"] != "Fast" {
		t.Errorf("got %s, %d runs on %v", got, s.Runs(ours), s.Machine())
	}
}

func TestRatiosAreThoseWithinTheRuns(t *testing.T) {
	t.Parallel()
	s, err := results.Read(strings.NewReader(output), "bench.txt")
	if err != nil {
		t.Fatal(err)
	}
	if got, ok := s.Ratio(ours, theirs, results.Seconds); !ok || got != 2 {
		t.Errorf("Ratio() = %v, %v, want 2", got, ok)
	}
	if got, ok := s.Difference(ours, theirs, results.Seconds); !ok || math.Abs(got-1e-6) > 1e-12 {
		t.Errorf("Difference() = %v, %v, want a microsecond", got, ok)
	}
	if _, ok := s.Ratio(ours, "Command/naive/sampled", results.Seconds); ok {
		t.Error("there is a ratio to what did not run")
	}
}

func TestWhatIsNoResultIsAnError(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "PASS\n", "BenchmarkCommand 100 fast ns/op\n"} {
		if _, err := results.Read(strings.NewReader(text), "bench.txt"); err == nil {
			t.Errorf("%q is taken for results", text)
		}
	}
}
