package measured

import "slices"

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

// Slope returns by how many MiB per minute something grew after the first minute, and its median. The slope is the median of
// those between any two points (Theil and Sen), which a disturbance does not move.
func (s Soak) Slope(what func(Point) float64) (perMinute, typical float64) {
	later := slices.Clone(s.Points)
	later = slices.DeleteFunc(later, func(p Point) bool { return p.Second <= 60 })
	var slopes []float64
	for i, p := range later {
		for _, q := range later[i+1:] {
			slopes = append(slopes, (what(q)-what(p))/(q.Second-p.Second)*60)
		}
	}
	return median(slopes, func(v float64) float64 { return v }), median(later, what)
}

// Flat reports whether memory grew by less than a hundredth of itself per minute after the first one.
func (s Soak) Flat() bool {
	for _, what := range []func(Point) float64{func(p Point) float64 { return p.RSS }, func(p Point) float64 { return p.Heap }} {
		if slope, typical := s.Slope(what); typical == 0 || slope > typical/100 {
			return false
		}
	}
	return true
}
