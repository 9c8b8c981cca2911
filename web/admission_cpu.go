package web

import (
	"math"
	"runtime/metrics"
	"slices"
	"time"
)

// cpu tells how long goroutines wait for a CPU, which the runtime measures for some of them.
type cpu struct {
	sample []metrics.Sample
	before []uint64
}

func newCPU() *cpu {
	c := &cpu{sample: []metrics.Sample{{Name: "/sched/latencies:seconds"}}}
	c.delay()
	return c
}

// delay returns how long the slowest tenth of those goroutines waited that became runnable since the call before. Most are
// handed the CPU by another goroutine, and do not wait however busy it is.
func (c *cpu) delay() time.Duration {
	metrics.Read(c.sample)
	if c.sample[0].Value.Kind() != metrics.KindFloat64Histogram {
		return 0 // by a runtime that does not measure it
	}
	h := c.sample[0].Value.Float64Histogram()
	if len(c.before) != len(h.Counts) {
		c.before = make([]uint64, len(h.Counts))
	}
	var total uint64
	for i, count := range h.Counts {
		total += count - c.before[i]
	}
	const slowest = 10
	left := total / slowest
	var seconds float64
	for i, count := range slices.Backward(h.Counts) {
		n := count - c.before[i]
		if n > left {
			seconds = h.Buckets[i]
			break
		}
		left -= n
	}
	copy(c.before, h.Counts)
	if math.IsInf(seconds, 0) {
		return 0
	}
	return time.Duration(seconds * float64(time.Second))
}
