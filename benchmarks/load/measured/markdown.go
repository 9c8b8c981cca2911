package measured

import (
	"fmt"
	"strconv"
	"strings"
)

// The configurations and the load that goals are about.
const (
	off, collector, dead, blackHole, oneInTen = "off", "collector", "dead", "black-hole", "one-in-ten"

	placeOrder = "place-order"
)

// Markdown returns the report as people read it.
func (r Report) Markdown() string { return strings.TrimLeft(r.Tables()+"\n"+r.Goals(), "\n") }

// Tables returns what was measured of each configuration, as a part of a document.
func (r Report) Tables() string {
	var b strings.Builder
	if len(r.Cells) == 0 {
		return "Not measured.\n"
	}
	fmt.Fprintf(&b, "Measured by `%s` on %s, with %s. ", r.Command, r.Machine, r.Versions)
	if r.Pinned {
		b.WriteString("The service has one processor to itself; the load, the collector and PostgreSQL are on the others. ")
	}
	fmt.Fprintf(&b, "%d rounds in turn, %s for each measurement. Values are medians of the rounds; ratios, to telemetry off, are "+
		"medians of the ratios within a round. Throughput is that of %d callers who call again at once, and counts until what their "+
		"requests caused is done as well; CPU is the service's own, in microseconds per request, the first of the two at "+
		"saturation; waited is how much of the time in which it could run others had its processor; spans are "+
		"those that the collector received for a request.\n", r.Rounds, r.Duration, r.Callers)
	table(&b, r.throughput())
	table(&b, r.latencies())
	return strings.TrimLeft(b.String(), "\n")
}

// table writes rows, the first of which are the headings. What begins with a letter is on the left.
func table(b *strings.Builder, rows [][]string) {
	if len(rows) < 2 {
		return
	}
	b.WriteString("\n")
	for i, row := range rows {
		fmt.Fprintf(b, "| %s |\n", strings.Join(row, " | "))
		if i > 0 {
			continue
		}
		for _, cell := range rows[1] {
			if cell != "" && strings.ContainsAny(cell[:1], "0123456789") {
				b.WriteString("|--:")
			} else {
				b.WriteString("|---")
			}
		}
		b.WriteString("|\n")
	}
}

func (r Report) throughput() [][]string {
	rows := [][]string{{"store", "load", "telemetry", "requests/s", "ratio", "CPU us", "ratio", "waited %", "spans", "failed"}}
	for _, c := range r.Cells {
		base, _ := r.Cell(c.Store, c.Mix, off)
		failed := 0
		for _, s := range c.Samples {
			failed += s.Failed
		}
		rows = append(rows, []string{
			c.Store, c.Mix, c.Telemetry, fmt.Sprintf("%.0f", c.Median(Throughput)), fmt.Sprintf("%.2f", c.Ratio(base, Throughput)),
			fmt.Sprintf("%.0f", c.Median(CPU)), fmt.Sprintf("%.2f", c.Ratio(base, CPU)),
			fmt.Sprintf("%.0f", c.Median(func(s Sample) float64 { return s.Waited })),
			fmt.Sprintf("%.1f", c.Median(func(s Sample) float64 { return s.Spans })), strconv.Itoa(failed),
		})
	}
	return rows
}

func (r Report) latencies() [][]string {
	rows := [][]string{{
		"store", "load", "telemetry", "at requests/s", "P50 ms", "P99 ms", "P99.9 ms", "max ms", "CPU us", "RSS MiB, peak", "end",
		"heap MiB, peak", "live at the end",
	}}
	for _, c := range r.Cells {
		row := []string{c.Store, c.Mix, c.Telemetry, fmt.Sprintf("%.0f", c.Rate)}
		for _, column := range []struct {
			format string
			what   func(Sample) float64
		}{
			{"%.2f", func(s Sample) float64 { return s.P50 }},
			{"%.2f", P99},
			{"%.2f", func(s Sample) float64 { return s.P999 }},
			{"%.1f", func(s Sample) float64 { return s.Max }},
			{"%.0f", func(s Sample) float64 { return s.Paced }},
			{"%.0f", func(s Sample) float64 { return s.PeakRSS }},
			{"%.0f", func(s Sample) float64 { return s.EndRSS }},
			{"%.0f", func(s Sample) float64 { return s.PeakHeap }},
			{"%.0f", func(s Sample) float64 { return s.EndHeap }},
		} {
			row = append(row, fmt.Sprintf(column.format, c.Median(column.what)))
		}
		rows = append(rows, row)
	}
	return rows
}

// Throughput is what a service at saturation can do, in requests per second.
func Throughput(s Sample) float64 { return s.Throughput }

// CPU is the CPU time of a request at saturation.
func CPU(s Sample) float64 { return s.Saturated }

// P99 is the latency that one request in a hundred exceeds.
func P99(s Sample) float64 { return s.P99 }
