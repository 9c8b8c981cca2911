package measured

import (
	"fmt"
	"strings"
)

// goal is a bound on the ratio of two configurations under orders.
type goal struct {
	name           string
	telemetry, per string
	what           func(Sample) float64
	least, most    float64 // one of them is set
	extra          bool    // nobody asked for it: it is shown if it was measured
}

func goals() []goal {
	return []goal{
		{name: "HTTP order, telemetry on / off, throughput", telemetry: collector, per: off, what: Throughput, least: 0.95},
		{name: "the same by CPU, off / on", telemetry: collector, per: off, what: perCPU, least: 0.95, extra: true},
		{name: "the same with one trace in ten", telemetry: oneInTen, per: off, what: Throughput, least: 0.95, extra: true},
		{name: "that by CPU with one trace in ten, off / on", telemetry: oneInTen, per: off, what: perCPU, least: 0.95, extra: true},
		{name: "dead collector / collector, P99", telemetry: dead, per: collector, what: P99, most: 1.05},
		{name: "black hole / collector, P99", telemetry: blackHole, per: collector, what: P99, most: 1.05},
	}
}

// perCPU is the throughput that the CPU time of a request allows: it is not disturbed by what else the machine does.
func perCPU(s Sample) float64 { return 1e6 / s.Saturated }

// Goals returns what was measured of each goal, as a part of a document.
func (r Report) Goals() string {
	rows := [][]string{{"goal", "bound", "measured", "met"}}
	for _, g := range goals() {
		measured := false
		for _, c := range r.Cells {
			other, ok := r.Cell(c.Store, c.Mix, g.per)
			if ok && c.Mix == placeOrder && c.Telemetry == g.telemetry {
				rows, measured = append(rows, g.row(c, other)), true
			}
		}
		if !measured && !g.extra {
			rows = append(rows, []string{g.name, g.bound(), notMeasured, ""})
		}
	}
	var b strings.Builder
	var soak Soak
	if r.Soak != nil {
		soak = *r.Soak
	}
	table(&b, append(rows, soak.row()))
	return strings.TrimLeft(b.String(), "\n")
}

const notMeasured = "not measured"

func (g goal) bound() string {
	if g.least > 0 {
		return fmt.Sprintf("at least %.2f", g.least)
	}
	return fmt.Sprintf("at most %.2f", g.most)
}

func (g goal) row(c, other Cell) []string {
	ratio := c.Ratio(other, g.what)
	good := ratio >= g.least
	if g.most > 0 {
		good = ratio <= g.most
	}
	return []string{g.name + ", " + c.Store, g.bound(), fmt.Sprintf("%.2f", ratio), met(good)}
}

func met(good bool) string {
	if good {
		return "yes"
	}
	return "no"
}
