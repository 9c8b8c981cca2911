package simulate

import (
	"math"
	"time"
)

const (
	shortest = 100 * time.Microsecond
	growth   = 1.05 // of a bucket to the next, and so the error of what is read
)

// histogram is how long calls took, from 0.1 ms to minutes, in the same memory for any number of calls.
type histogram struct {
	buckets [320]int
	count   int
}

func (h *histogram) add(d time.Duration) {
	at := 0
	if d > shortest {
		at = int(math.Log(float64(d)/float64(shortest)) / math.Log(growth))
	}
	h.buckets[min(at, len(h.buckets)-1)]++
	h.count++
}

// quantile returns the time within which the given part of the calls was answered.
func (h *histogram) quantile(q float64) time.Duration {
	rest := int(math.Ceil(q * float64(h.count)))
	for i, n := range h.buckets {
		if rest -= n; rest <= 0 && h.count > 0 {
			return time.Duration(float64(shortest) * math.Pow(growth, float64(i+1)))
		}
	}
	return 0
}
