package main

import (
	"fmt"
	"strings"

	"github.com/neuroglia-go/neuroglia/benchmarks/report/goals"
	"github.com/neuroglia-go/neuroglia/benchmarks/report/results"
)

// cost is what the README says of one command.
func cost(s *results.Set) part {
	m := s.Machine()
	var b strings.Builder
	fmt.Fprintf(&b, "Medians of %d runs on %s, %s, OpenTelemetry %s:\n\n%s",
		s.Runs("Command/direct/bare"), m["cpu"], m["go"], m["otel"], table("", "ns", "bytes", "allocations", "/ hand-tuned"))
	for _, line := range []struct{ name, what, in string }{
		{"direct", "the handler, called directly", "bare"},
		{"neuroglia", "`Send`, no SDK installed", "off"},
		{"neuroglia", "`Send`, metrics only", "metrics"},
		{"neuroglia", "`Send`, not sampled", "unsampled"},
		{"tuned", "hand-tuned, not sampled", "unsampled"},
		{"naive", "as tutorials show it, not sampled", "unsampled"},
		{"neuroglia", "`Send`, sampled", "sampled"},
		{"tuned", "hand-tuned, sampled", "sampled"},
		{"naive", "as tutorials show it, sampled", "sampled"},
	} {
		name := "Command/" + line.name + "/" + line.in
		cells := append([]string{line.what}, values(s, name)...)
		b.WriteString(row(append(cells, ratio(s, name, "Command/tuned/"+line.in))...))
	}
	met := 0
	for _, g := range goals.All() {
		if got, ok := g.Measured(s); ok && reached(g, got) {
			met++
		}
	}
	fmt.Fprintf(&b, "\nOf the %d goals of work within one process, %d are met.\n", len(goals.All()), met)
	return part{"cost", b.String()}
}
