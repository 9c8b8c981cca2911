package measured

import "fmt"

// goal is a bound on the ratio of two configurations under orders.
type goal struct {
	name           string
	telemetry, per string
	what           func(Sample) float64
	least, most    float64 // one of them is set
}

func goals() []goal {
	return []goal{
		{name: "HTTP order, telemetry on / off, throughput", telemetry: collector, per: off, what: Throughput, least: 0.95},
		{name: "the same by CPU, off / on", telemetry: collector, per: off, what: perCPU, least: 0.95},
		{name: "the same with one trace in ten", telemetry: oneInTen, per: off, what: Throughput, least: 0.95},
		{name: "the same by CPU with one trace in ten, off / on", telemetry: oneInTen, per: off, what: perCPU, least: 0.95},
		{name: "dead collector / collector, P99", telemetry: dead, per: collector, what: P99, most: 1.05},
		{name: "black hole / collector, P99", telemetry: blackHole, per: collector, what: P99, most: 1.05},
	}
}

// perCPU is the throughput that the CPU time of a request allows: it is not disturbed by what else the machine does.
func perCPU(s Sample) float64 { return 1e6 / s.Saturated }

func (r Report) goals() [][]string {
	rows := [][]string{{"goal", "bound", "measured", ""}}
	for _, g := range goals() {
		for _, c := range r.Cells {
			other, ok := r.Cell(c.Store, c.Mix, g.per)
			if ok && c.Mix == placeOrder && c.Telemetry == g.telemetry {
				rows = append(rows, g.row(c, other))
			}
		}
	}
	if s := r.Soak; s != nil && len(s.Points) > 0 {
		rss, meanRSS := s.Slope(func(p Point) float64 { return p.RSS })
		heap, meanHeap := s.Slope(func(p Point) float64 { return p.Heap })
		rows = append(rows, []string{
			fmt.Sprintf("memory, telemetry %s, %.0f minutes of %s at %.0f/s, %s", s.Telemetry,
				s.Points[len(s.Points)-1].Second/60, s.Mix, s.Rate, s.Store),
			"flat after the first minute",
			fmt.Sprintf("RSS %.0f MiB %+.2f a minute, live heap %.1f MiB %+.2f a minute", meanRSS, rss, meanHeap, heap), met(s.Flat()),
		})
	}
	return rows
}

func (g goal) row(c, other Cell) []string {
	ratio := c.Ratio(other, g.what)
	bound, good := fmt.Sprintf("at most %.2f", g.most), ratio <= g.most
	if g.least > 0 {
		bound, good = fmt.Sprintf("at least %.2f", g.least), ratio >= g.least
	}
	return []string{g.name + ", " + c.Store, bound, fmt.Sprintf("%.2f", ratio), met(good)}
}

func met(good bool) string {
	if good {
		return "met"
	}
	return "not met"
}
