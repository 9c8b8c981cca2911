// Package results reads what benchmarks printed in several runs, and compares the medians of what they measured.
package results

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"golang.org/x/perf/benchfmt"
)

// The units of the values that every benchmark has.
const (
	Seconds = "sec/op"
	// Processor is the seconds that the process used of processors. Other programs hardly change it, so ratios are taken of it.
	Processor = "cpu-sec/op"
	Bytes     = "B/op"
	Allocs    = "allocs/op"
)

// Set is the results of all runs.
type Set struct {
	machine map[string]string
	order   []string
	values  map[string]map[string][]float64 // by name and unit, in the order of the runs
}

// Read reads the output of benchmarks that ran several times. A benchmark that failed is an error.
func Read(r io.Reader, name string) (*Set, error) {
	s := &Set{machine: map[string]string{}, values: map[string]map[string][]float64{}}
	reader := benchfmt.NewReader(r, name)
	for reader.Scan() {
		switch record := reader.Result().(type) {
		case *benchfmt.Result:
			s.add(record)
		case *benchfmt.SyntaxError:
			return nil, fmt.Errorf("results of benchmarks: %w", record)
		}
	}
	if err := reader.Err(); err != nil {
		return nil, fmt.Errorf("read results of benchmarks: %w", err)
	}
	if len(s.order) == 0 {
		return nil, errors.New("there are no results of benchmarks in " + name)
	}
	return s, nil
}

func (s *Set) add(r *benchfmt.Result) {
	for _, c := range r.Config {
		s.machine[c.Key] = string(c.Value)
	}
	name := strings.TrimSuffix(string(r.Name), "-1") // what GOMAXPROCS is, if not 1
	if s.values[name] == nil {
		s.values[name] = map[string][]float64{}
		s.order = append(s.order, name)
	}
	for _, v := range r.Values {
		s.values[name][v.Unit] = append(s.values[name][v.Unit], v.Value)
	}
}

// Machine returns the lines that say where the benchmarks ran, such as "cpu".
func (s *Set) Machine() map[string]string { return maps.Clone(s.machine) }

// Names returns the benchmarks in the order of their first run, without "Benchmark".
func (s *Set) Names() []string { return slices.Clone(s.order) }

// Runs returns how often a benchmark ran.
func (s *Set) Runs(name string) int { return len(s.values[name][Seconds]) }

// Median returns the median of what a benchmark measured in a unit, and whether it did.
func (s *Set) Median(name, unit string) (float64, bool) {
	values := s.values[name][unit]
	if len(values) == 0 {
		return 0, false
	}
	return median(values), true
}

// Ratio returns the median of the ratios of two benchmarks in each run, and whether both ran. What disturbs a run disturbs
// both, so it says more than the ratio of the medians.
func (s *Set) Ratio(name, to, unit string) (float64, bool) {
	return s.paired(name, to, unit, func(a, b float64) float64 { return a / b })
}

// Difference returns the median of what one benchmark takes more than another in each run, and whether both ran.
func (s *Set) Difference(name, than, unit string) (float64, bool) {
	return s.paired(name, than, unit, func(a, b float64) float64 { return a - b })
}

func (s *Set) paired(a, b, unit string, compare func(a, b float64) float64) (float64, bool) {
	as, bs := s.values[a][unit], s.values[b][unit]
	n := min(len(as), len(bs))
	if n == 0 {
		return 0, false
	}
	all := make([]float64, n)
	for i := range n {
		all[i] = compare(as[i], bs[i])
	}
	return median(all), true
}

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	middle := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[middle]
	}
	return (sorted[middle-1] + sorted[middle]) / 2
}
