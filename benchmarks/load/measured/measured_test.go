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
	text := report().Goals()
	for _, want := range []string{
		"| HTTP order, telemetry on / off, throughput, postgres | at least 0.95 | 0.95 | yes |\n",
		"| the same by CPU, off / on, postgres | at least 0.95 | 0.95 | yes |\n",
		"| dead collector / collector, P99, postgres | at most 1.05 | 1.01 | yes |\n",
		"| black hole / collector, P99, postgres | at most 1.05 | 2.00 | no |\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("there is no %sin\n%s", want, text)
		}
	}
}

func TestGoalsThatWereNotMeasuredAreShownSo(t *testing.T) {
	t.Parallel()
	text := measured.Report{}.Goals()
	for _, want := range []string{
		"| HTTP order, telemetry on / off, throughput | at least 0.95 | not measured |  |\n",
		"| dead collector / collector, P99 | at most 1.05 | not measured |  |\n",
		"| black hole / collector, P99 | at most 1.05 | not measured |  |\n",
		"| memory, telemetry dead, 10 minutes of load | after the first minute at most 2 MiB resident and 0.5 MiB of heap more | not measured |  |\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("there is no %sin\n%s", want, text)
		}
	}
	if strings.Contains(text, "CPU") {
		t.Errorf("what nobody asked for is shown without measurements:\n%s", text)
	}
}

func TestAReportIsReadAsItWasWritten(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "load.json")
	if empty, err := measured.Read(path); err != nil || !reflect.DeepEqual(empty, measured.Report{}) {
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
		growth, step float64 // MiB a minute of resident memory, and of heap half-way
		flat         bool
	}{
		"steady": {0, 0, true}, "falling": {-3, 0, true}, "settling": {0.2, 0, true}, "leaking": {0.3, 0, false}, "growing": {2, 0, false},
		"keeping": {0, 3, false},
	} {
		s := measured.Soak{}
		for second := 10.0; second <= 600; second += 10 {
			rss := 100 + test.growth*second/60
			if second <= 60 {
				rss = second // it starts
			}
			heap := 20.0
			if second > 330 {
				heap += test.step
			}
			s.Points = append(s.Points, measured.Point{Second: second, RSS: rss, Heap: heap})
		}
		if grown, _ := s.Growth(func(p measured.Point) float64 { return p.RSS }); math.Abs(grown-9*test.growth) > 0.01 || s.Flat() != test.flat {
			t.Errorf("%s: grew by %.2f, flat: %v", name, grown, s.Flat())
		}
	}
}
