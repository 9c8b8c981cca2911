package measured

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
	Heap   float64 `json:"heap_mib"` // live after a garbage collection
}

// Slope returns by how many MiB per minute something grew after the first minute, as least squares fit it, and the mean.
func (s Soak) Slope(what func(Point) float64) (perMinute, mean float64) {
	var n, sx, sy, sxx, sxy float64
	for _, p := range s.Points {
		if p.Second <= 60 {
			continue
		}
		x, y := p.Second/60, what(p)
		n, sx, sy, sxx, sxy = n+1, sx+x, sy+y, sxx+x*x, sxy+x*y
	}
	if n < 2 {
		return 0, 0
	}
	return (n*sxy - sx*sy) / (n*sxx - sx*sx), sy / n
}

// Flat reports whether memory grew by less than a hundredth of itself per minute after the first one.
func (s Soak) Flat() bool {
	for _, what := range []func(Point) float64{func(p Point) float64 { return p.RSS }, func(p Point) float64 { return p.Heap }} {
		if slope, mean := s.Slope(what); mean == 0 || slope > mean/100 {
			return false
		}
	}
	return true
}
