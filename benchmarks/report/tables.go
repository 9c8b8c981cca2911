package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/neuroglia-go/neuroglia/benchmarks/report/goals"
	"github.com/neuroglia-go/neuroglia/benchmarks/report/results"
)

// part is a generated part of the document.
type part struct{ name, text string }

func parts(s *results.Set) []part {
	return []part{{"machine", machine(s)}, {"goals", goalTable(s)}, {"work", workTables(s)}, {"scaling", scalingTables(s)}}
}

func machine(s *results.Set) string {
	m := s.Machine()
	runs := s.Runs("Command/direct/bare")
	return fmt.Sprintf("%s, %s/%s, one processor used but where goroutines are counted; %s, OpenTelemetry %s. Medians of %d "+
		"runs, %s for each benchmark of a run. Times are the processor's.\n",
		m["cpu"], m["goos"], m["goarch"], m["go"], m["otel"], runs, m["benchtime"])
}

func goalTable(s *results.Set) string {
	var b strings.Builder
	b.WriteString(table("", "goal", "measured", "met"))
	for _, g := range goals.All() {
		got, ok := g.Measured(s)
		measured, met := "not measured", "no"
		if ok {
			measured = figure(got) + unit(g.Unit)
		}
		if ok && reached(g, got) {
			met = "yes"
		}
		b.WriteString(row(g.What, fmt.Sprintf("at most %v%s", g.Most, unit(g.Unit)), measured, met))
	}
	return b.String()
}

// reached compares a number as it is shown.
func reached(g goals.Goal, got float64) bool { return rounded(got) <= g.Most }

func unit(u goals.Unit) string {
	if u == goals.Ratio {
		return string(u)
	}
	return " " + string(u)
}

// workTables has a table for each kind of work.
func workTables(s *results.Set) string {
	rows, order := map[string][]string{}, []string(nil)
	for _, name := range s.Names() {
		of, rest, _ := strings.Cut(name, "/")
		if scaling(of) {
			continue
		}
		if rows[of] == nil {
			order = append(order, of)
		}
		rows[of] = append(rows[of], rest)
	}
	var b strings.Builder
	for _, of := range order {
		heads, others := []string{"", "ns", "bytes", "allocations", "/ direct", "/ tuned"}, []string{"tuned"}
		if hardest := "tuned-most"; slices.ContainsFunc(rows[of], func(r string) bool { return strings.HasPrefix(r, hardest) }) {
			heads, others = append(heads, "/ "+hardest), append(others, hardest)
		}
		heads, others = append(heads, "/ naive"), append(others, "naive")
		fmt.Fprintf(&b, "\n### %s\n\n%s", of, table(heads...))
		slices.SortStableFunc(rows[of], func(a, b string) int { return cmp.Compare(place(a), place(b)) })
		for _, rest := range rows[of] {
			by, in, _ := strings.Cut(rest, "/")
			name := of + "/" + rest
			cells := append([]string{label(by) + ", " + in}, values(s, name)...)
			cells = append(cells, ratio(s, name, of+"/direct/bare"))
			for _, other := range others {
				cells = append(cells, ratio(s, name, of+"/"+other+"/"+in))
			}
			b.WriteString(row(cells...))
		}
	}
	return b.String()
}

// label is what a row calls those who do the work.
func label(by string) string {
	if by == "library" {
		return "otelhttp + tuned"
	}
	return by
}

// place is where a row such as "neuroglia/disabled", which another process measured, belongs.
func place(row string) int {
	by, in, _ := strings.Cut(row, "/")
	return 10*slices.Index([]string{"direct", "neuroglia", "tuned", "tuned-most", "library", "naive", "otelhttp", "watermill"}, by) +
		slices.Index([]string{"bare", "off", "disabled", "metrics", "unsampled", "sampled", "logged"}, in)
}

func scaling(work string) bool {
	return work == "Types" || work == "Behaviors" || work == "Goroutines" || work == "Payload"
}

// scalingTables has a table for each thing that there may be more of: a row for each series, a column for each number of it.
func scalingTables(s *results.Set) string {
	var b strings.Builder
	series := map[string][]string{} // the numbers of each
	var order []string
	for _, name := range s.Names() {
		if of, _, _ := strings.Cut(name, "/"); !scaling(of) {
			continue
		}
		at := strings.LastIndexByte(name, '/')
		if series[name[:at]] == nil {
			order = append(order, name[:at])
		}
		series[name[:at]] = append(series[name[:at]], name[at+1:])
	}
	var last string
	for _, name := range order {
		of, rest, _ := strings.Cut(name, "/")
		numbers := series[name]
		if of != last {
			heads := slices.Concat([]string{""}, numbers, []string{"last / first"})
			fmt.Fprintf(&b, "\n### %s\n\nNanoseconds for one.\n\n%s", of, table(heads...))
		}
		last = of
		cells := []string{strings.ReplaceAll(rest, "/", ", ")}
		for _, n := range numbers {
			ns, _ := s.Median(name+"/"+n, results.Processor)
			cells = append(cells, figure(ns*1e9))
		}
		cells = append(cells, ratio(s, name+"/"+numbers[len(numbers)-1], name+"/"+numbers[0]))
		b.WriteString(row(cells...))
	}
	return b.String()
}

// values are the processor's time, bytes and allocations of a benchmark.
func values(s *results.Set, name string) []string {
	ns, _ := s.Median(name, results.Processor)
	size, _ := s.Median(name, results.Bytes)
	allocs, _ := s.Median(name, results.Allocs)
	return []string{figure(ns * 1e9), fmt.Sprintf("%.0f", size), fmt.Sprintf("%.0f", allocs)}
}

func ratio(s *results.Set, name, to string) string {
	if name == to {
		return ""
	}
	r, ok := s.Ratio(name, to, results.Processor)
	if !ok {
		return ""
	}
	return figure(r)
}

// figure writes a number as precisely as it was measured.
func figure(v float64) string {
	switch {
	case v >= 100:
		return fmt.Sprintf("%.0f", v)
	case v >= 10:
		return fmt.Sprintf("%.1f", v)
	}
	return strings.TrimSuffix(fmt.Sprintf("%.2f", v), ".00")
}

// rounded is a number as it is shown, which is what a goal is compared with.
func rounded(v float64) float64 {
	var shown float64
	_, _ = fmt.Sscan(figure(v), &shown)
	return shown
}

func table(heads ...string) string {
	return row(heads...) + "|---|" + strings.Repeat("---:|", len(heads)-1) + "\n"
}

func row(cells ...string) string { return "| " + strings.Join(cells, " | ") + " |\n" }
