package main

import (
	"context"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/neuroglia-go/neuroglia/benchmarks/load/measured"
)

// bench is what stays while configurations come and go.
type bench struct {
	options

	root, folder string
	processors   *processors // divided, if the service has one of its own
	collector    *collector
	hole         *hole
	database     *database
	out          io.Writer
}

func newBench(ctx context.Context, o options, root string, out io.Writer) (_ *bench, err error) {
	b := &bench{options: o, root: root, out: out}
	defer func() {
		if err != nil {
			b.close()
		}
	}()
	if b.folder, err = os.MkdirTemp("", "load-"); err != nil {
		return nil, err
	}
	if o.pin {
		if b.processors, err = divide(); err != nil {
			return nil, err
		}
	}
	if b.processors != nil {
		if err := b.processors.leave(); err != nil {
			return nil, err
		}
	}
	if b.pizzeria == "" {
		if b.pizzeria, err = build(ctx, b); err != nil {
			return nil, err
		}
	}
	if slices.Contains(o.telemetry, withCollector) || slices.Contains(o.telemetry, oneInTen) {
		if b.collector, err = startCollector(ctx, filepath.Join(root, ".bin/collector"), b.folder); err != nil {
			return nil, err
		}
	}
	if b.hole, err = openHole(ctx); err != nil {
		return nil, err
	}
	if slices.Contains(o.stores, "postgres") {
		b.database, err = startDatabase()
	}
	return b, err
}

func (b *bench) close() {
	if b.collector != nil {
		b.collector.stop()
	}
	if b.hole != nil {
		b.hole.close()
	}
	if b.database != nil {
		b.database.close()
	}
	_ = os.RemoveAll(b.folder) // it is a temporary one
}

// cell is one kind of load on one configuration.
type cell struct{ store, mix, telemetry string }

func (b *bench) cells() []cell {
	var all []cell
	for _, store := range b.stores {
		for _, mix := range b.mixes {
			for _, telemetry := range b.telemetry {
				all = append(all, cell{store, mix, telemetry})
			}
		}
	}
	return all
}

// measure measures all cells in each round: forwards, then backwards, so that what changes slowly favours none. The rate at
// which latencies are measured is half of what the service can do without telemetry.
func (b *bench) measure(ctx context.Context) ([]measured.Cell, error) {
	rates := map[[2]string]float64{}
	for _, store := range b.stores {
		for _, mix := range b.mixes {
			rate, err := b.below(ctx, store, mix)
			if err != nil {
				return nil, err
			}
			rates[[2]string{store, mix}] = rate
		}
	}
	var found []measured.Cell
	for round := range b.rounds {
		cells := b.cells()
		if round%2 == 1 {
			slices.Reverse(cells)
		}
		for _, c := range cells {
			rate := rates[[2]string{c.store, c.mix}]
			s, err := b.sample(ctx, c, rate)
			if err != nil {
				return nil, err
			}
			fmt.Fprintf(b.out, "round %d: %s, %s, %s: %.0f requests/s, %.0f us of CPU each; at %.0f/s: p50 %.2f ms, p99 %.2f ms\n",
				round+1, c.store, c.mix, c.telemetry, s.Throughput, s.Saturated, rate, s.P50, s.P99)
			found = measured.Add(found, c.store, c.mix, c.telemetry, rate, s)
		}
	}
	return found, nil
}

// below returns the rate for what is measured below saturation: half of what the service can do without telemetry.
func (b *bench) below(ctx context.Context, store, mix string) (float64, error) {
	if b.rate > 0 {
		return float64(b.rate), nil
	}
	short := *b
	short.duration, short.profiles = min(b.duration, 10*time.Second), ""
	s, err := short.sample(ctx, cell{store, mix, off}, 0)
	fmt.Fprintf(b.out, "%s, %s, telemetry off: %.0f requests/s, latencies are measured at half of it\n", store, mix, s.Throughput)
	return max(1, math.Floor(s.Throughput/2)), err
}

// sample measures a cell once, with a service that starts for it. At rate 0 it measures the throughput alone.
func (b *bench) sample(ctx context.Context, c cell, rate float64) (s measured.Sample, err error) {
	p, err := b.start(ctx, c)
	if err != nil {
		return s, fmt.Errorf("%s, %s, %s: %w", c.store, c.mix, c.telemetry, err)
	}
	defer p.kill()
	l, err := newLoad(ctx, p.base, c.mix)
	if err != nil {
		return s, err
	}
	l.saturate(b.workers, b.warmUp)
	p.settle(10 * time.Second)
	stopProfile := p.profile()
	received := b.collector.spans(ctx)
	waited := p.usage.waited()
	top, cpu := p.during(func() result { return l.saturate(b.workers, b.duration) })
	received = b.collector.spans(ctx) - received
	waited = p.usage.waited() - waited
	stopProfile()
	s.Waited = 100 * waited.Seconds() / max(waited+cpu, time.Millisecond).Seconds()
	s.Throughput, s.Failed = top.throughput, top.failed()
	s.Saturated = perRequest(cpu, top)
	s.Spans = received / float64(max(top.requests, 1))
	if rate == 0 {
		return s, ctx.Err()
	}
	l.pace(rate, b.warmUp)
	p.settle(10 * time.Second)
	paced, cpu := p.during(func() result { return l.pace(rate, b.duration) })
	s.P50, s.P99, s.P999, s.Max = paced.p50, paced.p99, paced.p999, paced.max
	s.Failed += paced.failed()
	s.Paced = perRequest(cpu, paced)
	if s.Failed > 0 {
		fmt.Fprintf(b.out, "%s, %s, %s: failed, by status: at saturation %v, then %v\n",
			c.store, c.mix, c.telemetry, top.failures, paced.failures)
	}
	s.PeakRSS, s.EndRSS, s.PeakHeap, s.EndHeap = p.memory()
	return s, ctx.Err()
}

func perRequest(cpu time.Duration, r result) float64 {
	return float64(cpu.Microseconds()) / float64(max(r.requests, 1))
}
