// Package goals says what telemetry may cost, as far as a benchmark within one process shows it.
package goals

import "github.com/neuroglia-go/neuroglia/benchmarks/report/results"

// Unit is what a goal is measured in.
type Unit string

// The units.
const (
	Allocations Unit = "allocations"
	Nanoseconds Unit = "ns"
	Ratio       Unit = "x"
)

// Goal is a limit.
type Goal struct {
	What string // such as "sampled command / hand-tuned"
	Unit Unit
	Most float64

	name, to string // the benchmarks that are compared, or the one that counts
}

// All returns the goals.
func All() []Goal {
	const ours = "Command/neuroglia/"
	return []Goal{
		{"bare Send", Allocations, 0, ours + "bare", ""},
		{"bare Send, over the call", Nanoseconds, 30, ours + "bare", "Command/direct/bare"},
		{"telemetry off", Allocations, 0, ours + "off", ""},
		{"telemetry off, over the call", Nanoseconds, 40, ours + "off", "Command/direct/bare"},
		{"sampled command", Allocations, 5, ours + "sampled", ""},
		{"sampled command / hand-tuned", Ratio, 1, ours + "sampled", "Command/tuned/sampled"},
		{"sampled command / naive", Ratio, 0.65, ours + "sampled", "Command/naive/sampled"},
		{"unsampled command, metrics on / hand-tuned", Ratio, 1.05, ours + "unsampled", "Command/tuned/unsampled"},
		{"event with 10 handlers / ten hand-tuned spans", Ratio, 1.1, "Event10/neuroglia/sampled", "Event10/tuned/sampled"},
		{"1,000 types / 1 type, per sampled command", Ratio, 1.1, "Types/one/sampled/1000", "Types/one/sampled/1"},
		{"1,000 types / 1 type, per bare command", Ratio, 1.1, "Types/one/bare/1000", "Types/one/bare/1"},
	}
}

// Measured returns what the results say of the goal, and whether they say anything.
func (g Goal) Measured(s *results.Set) (float64, bool) {
	switch g.Unit {
	case Allocations:
		return s.Median(g.name, results.Allocs)
	case Nanoseconds:
		d, ok := s.Difference(g.name, g.to, results.Processor)
		return d * 1e9, ok
	case Ratio:
	}
	return s.Ratio(g.name, g.to, results.Processor)
}

// Benchmarks returns the names of the benchmarks that the goal needs.
func (g Goal) Benchmarks() []string {
	if g.to == "" {
		return []string{g.name}
	}
	return []string{g.name, g.to}
}
