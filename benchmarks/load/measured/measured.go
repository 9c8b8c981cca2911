// Package measured is what load tests of a service found out, and what that says about the goals.
package measured

import (
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"slices"
)

// Report is all that was measured in one run.
type Report struct {
	Command  string `json:"command"`
	Machine  string `json:"machine"`
	Versions string `json:"versions"`
	Pinned   bool   `json:"pinned"` // the service had a processor of its own
	Rounds   int    `json:"rounds"`
	Callers  int    `json:"callers"`  // at saturation
	Duration string `json:"duration"` // of each measurement
	Cells    []Cell `json:"cells"`
	Soak     *Soak  `json:"soak,omitempty"`
}

// Cell is one kind of load on one configuration of the service.
type Cell struct {
	Store     string   `json:"store"`
	Mix       string   `json:"mix"`
	Telemetry string   `json:"telemetry"`
	Rate      float64  `json:"rate"` // requests per second at which latencies were measured
	Samples   []Sample `json:"samples"`
}

// Sample is what one round of a cell measured. Latencies are in milliseconds, memory is in MiB.
type Sample struct {
	Throughput float64 `json:"throughput"`     // requests per second at saturation
	Saturated  float64 `json:"cpu_us"`         // microseconds of CPU per request at saturation
	Waited     float64 `json:"waited_percent"` // of that and the time it was ready to run and did not
	Paced      float64 `json:"paced_cpu_us"`
	P50        float64 `json:"p50_ms"`
	P99        float64 `json:"p99_ms"`
	P999       float64 `json:"p999_ms"`
	Max        float64 `json:"max_ms"`
	PeakRSS    float64 `json:"peak_rss_mib"`
	EndRSS     float64 `json:"end_rss_mib"`
	PeakHeap   float64 `json:"peak_heap_mib"`
	EndHeap    float64 `json:"end_heap_mib"` // live after the last garbage collection
	Spans      float64 `json:"spans"`        // that the collector received, per request
	Failed     int     `json:"failed"`       // requests without a good answer
}

// Read reads a report; there is an empty one where there is no file.
func Read(path string) (Report, error) {
	var r Report
	raw, err := os.ReadFile(path)
	if os.IsNotExist(err) {
		return r, nil
	}
	if err != nil {
		return r, fmt.Errorf("read measurements: %w", err)
	}
	if err := json.Unmarshal(raw, &r); err != nil {
		return r, fmt.Errorf("read measurements of %s: %w", path, err)
	}
	return r, nil
}

// Write writes the report as [Read] reads it.
func (r Report) Write(path string) error {
	raw, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return fmt.Errorf("write measurements: %w", err)
	}
	return os.WriteFile(path, append(raw, '\n'), 0o644)
}

// Add returns the cells with another sample of one of them.
func Add(cells []Cell, store, mix, telemetry string, rate float64, s Sample) []Cell {
	for i, c := range cells {
		if c.Store == store && c.Mix == mix && c.Telemetry == telemetry {
			cells[i].Samples = append(cells[i].Samples, s)
			return cells
		}
	}
	return append(cells, Cell{store, mix, telemetry, rate, []Sample{s}})
}

// Cell returns a cell, if it was measured.
func (r Report) Cell(store, mix, telemetry string) (Cell, bool) {
	for _, c := range r.Cells {
		if c.Store == store && c.Mix == mix && c.Telemetry == telemetry {
			return c, true
		}
	}
	return Cell{}, false
}

// Median returns the median over the rounds of something measured.
func (c Cell) Median(what func(Sample) float64) float64 {
	return median(c.Samples, what)
}

// Ratio returns the median over the rounds of this cell's value over that of another in the same round: what disturbs one
// of them disturbs the other as well.
func (c Cell) Ratio(other Cell, what func(Sample) float64) float64 {
	n := min(len(c.Samples), len(other.Samples))
	ratios := make([]float64, n)
	for i := range ratios {
		if below := what(other.Samples[i]); below > 0 {
			ratios[i] = what(c.Samples[i]) / below
		}
	}
	return median(ratios, func(v float64) float64 { return v })
}

func median[T any](values []T, what func(T) float64) float64 {
	if len(values) == 0 {
		return 0
	}
	sorted := make([]float64, len(values))
	for i, v := range values {
		sorted[i] = what(v)
	}
	slices.SortFunc(sorted, cmp.Compare)
	middle := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[middle]
	}
	return (sorted[middle-1] + sorted[middle]) / 2
}
