package main

import (
	"context"
	"fmt"
	"time"

	"github.com/neuroglia-go/neuroglia/benchmarks/load/measured"
)

// soak keeps the service under half of its load and looks at its memory.
func (b *bench) soak(ctx context.Context) (*measured.Soak, error) {
	c := b.cells()[0]
	rate, err := b.below(ctx, c.store, c.mix)
	if err != nil {
		return nil, err
	}
	p, err := b.start(ctx, c)
	if err != nil {
		return nil, err
	}
	defer p.kill()
	l, err := newLoad(ctx, p.base, c.mix)
	if err != nil {
		return nil, err
	}
	w := &measured.Soak{Telemetry: c.telemetry, Store: c.store, Mix: c.mix, Rate: rate}
	step := min(10*time.Second, b.duration/6)
	for begin := time.Now(); time.Since(begin) < b.duration && ctx.Err() == nil; {
		r := l.pace(w.Rate, step)
		w.Requests += r.requests
		w.Failed += r.failed()
		rss, heap := p.floor()
		at := measured.Point{Second: float64(time.Since(begin).Round(100*time.Millisecond).Milliseconds()) / 1000, RSS: rss, Heap: heap}
		w.Points = append(w.Points, at)
		fmt.Fprintf(b.out, "%5.0f s: resident %.1f MiB, live heap %.0f MiB, p99 %.2f ms, %d failed\n",
			at.Second, rss, heap, r.p99, r.failed())
	}
	return w, ctx.Err()
}
