package measured

import (
	"fmt"
	"slices"
)

// Soak is how the memory of a service went on under constant load.
type Soak struct {
	Telemetry string  `json:"telemetry"`
	Store     string  `json:"store"`
	Mix       string  `json:"mix"`
	Rate      float64 `json:"rate"`
	Requests  int     `json:"requests"`
	Failed    int     `json:"failed"`
	Points    []Point `json:"points"`
}

// Point is the memory at one moment, in MiB.
type Point struct {
	Second float64 `json:"second"`
	RSS    float64 `json:"rss_mib"`
	Heap   float64 `json:"heap_mib"` // the least that a garbage collection left since the last point
}

// The most that may be added after the first minute, in MiB, however long it goes on. The heap is known in whole MiB, so
// that a step of one is seen only if it lasts.
const mostRSS, mostHeap = 2, 0.5

// Growth returns by how many MiB something grew from the end of the first minute to the last point, and its median. That is
// a slope times the minutes: the median of the slopes between any two points (Theil and Sen), which a disturbance does not
// move.
func (s Soak) Growth(what func(Point) float64) (grown, typical float64) {
	later := slices.DeleteFunc(slices.Clone(s.Points), func(p Point) bool { return p.Second <= 60 })
	var slopes []float64
	for i, p := range later {
		for _, q := range later[i+1:] {
			slopes = append(slopes, (what(q)-what(p))/(q.Second-p.Second))
		}
	}
	if len(later) > 0 {
		grown = median(slopes, func(v float64) float64 { return v }) * (later[len(later)-1].Second - 60)
	}
	return grown, median(later, what)
}

// Flat reports whether memory stayed what it was after the first minute.
func (s Soak) Flat() bool {
	rss, meanRSS := s.Growth(resident)
	heap, meanHeap := s.Growth(live)
	return meanRSS > 0 && meanHeap > 0 && rss <= mostRSS && heap <= mostHeap
}

// row is what the goal of memory says.
func (s Soak) row() []string {
	const name = "memory, telemetry dead, 10 minutes of load"
	bound := fmt.Sprintf("after the first minute at most %v MiB resident and %v MiB of heap more", mostRSS, mostHeap)
	if len(s.Points) == 0 {
		return []string{name, bound, notMeasured, ""}
	}
	rss, typicalRSS := s.Growth(resident)
	heap, typicalHeap := s.Growth(live)
	last := s.Points[len(s.Points)-1]
	return []string{
		fmt.Sprintf("memory, telemetry %s, %.0f minutes of %s at %.0f/s, %s", s.Telemetry, last.Second/60, s.Mix, s.Rate, s.Store),
		bound,
		fmt.Sprintf("resident %+.1f MiB by the slope of all points, %.0f MiB in the middle and %.0f at the end; "+
			"heap %+.1f, %.0f and %.0f", rss, typicalRSS, last.RSS, heap, typicalHeap, last.Heap),
		met(s.Flat()),
	}
}

func resident(p Point) float64 { return p.RSS }
func live(p Point) float64     { return p.Heap }
