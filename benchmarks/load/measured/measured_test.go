package measured_test

import (
	"math"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/neuroglia-go/neuroglia/benchmarks/load/measured"
)

// rounds returns samples of these throughputs.
func rounds(throughput ...float64) []measured.Sample {
	var samples []measured.Sample
	for _, v := range throughput {
		samples = append(samples, measured.Sample{Throughput: v, P99: 1000 / v, Saturated: 1e6 / v})
	}
	return samples
}

func report() measured.Report {
	cell := func(telemetry string, throughput ...float64) measured.Cell {
		return measured.Cell{Store: "postgres", Mix: "place-order", Telemetry: telemetry, Rate: 50, Samples: rounds(throughput...)}
	}
	return measured.Report{Command: "make load", Rounds: 3, Duration: "3s", Cells: []measured.Cell{
		cell("off", 100, 10, 200), cell("collector", 96, 9, 190.4), cell("dead", 96, 3, 188), cell("black-hole", 48, 9, 95),
	}}
}

func TestRatiosAreThoseWithinARound(t *testing.T) {
	t.Parallel()
	r := report()
	on, _ := r.Cell("postgres", "place-order", "collector")
	base, _ := r.Cell("postgres", "place-order", "off")
	if got := on.Ratio(base, measured.Throughput); math.Abs(got-0.952) > 1e-9 { // of 0.96, 0.9 and 0.952
		t.Errorf("got %v, want 0.952", got)
	}
	if got := on.Median(measured.Throughput); got != 96 {
		t.Errorf("got %v, want 96", got)
	}
}

func TestGoalsAreMetOrNot(t *testing.T) {
	t.Parallel()
	text := report().Markdown()
	for _, want := range []string{
		"| HTTP order, telemetry on / off, throughput, postgres | at least 0.95 | 0.95 | met |\n",
		"| the same by CPU, off / on, postgres | at least 0.95 | 0.95 | met |\n",
		"| dead collector / collector, P99, postgres | at most 1.05 | 1.01 | met |\n",
		"| black hole / collector, P99, postgres | at most 1.05 | 2.00 | not met |\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("there is no %sin\n%s", want, text)
		}
	}
}

func TestAReportIsReadAsItWasWritten(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "load.json")
	if empty, err := measured.Read(path); err != nil || empty.Markdown() != "" {
		t.Errorf("without a file: got %+v, %v", empty, err)
	}
	if err := report().Write(path); err != nil {
		t.Fatal(err)
	}
	if got, err := measured.Read(path); err != nil || !reflect.DeepEqual(got, report()) {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestMemoryIsFlatThatDoesNotGrowAfterTheFirstMinute(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		growth float64 // MiB a minute
		flat   bool
	}{"steady": {0, true}, "falling": {-3, true}, "growing": {2, false}} {
		s := measured.Soak{}
		for second := 10.0; second <= 600; second += 10 {
			rss := 100 + test.growth*second/60
			if second <= 60 {
				rss = second // it starts
			}
			s.Points = append(s.Points, measured.Point{Second: second, RSS: rss, Heap: 20})
		}
		if slope, _ := s.Slope(func(p measured.Point) float64 { return p.RSS }); math.Abs(slope-test.growth) > 0.01 || s.Flat() != test.flat {
			t.Errorf("%s: grows by %.2f a minute, flat: %v", name, slope, s.Flat())
		}
	}
}
