package sqlrepo_test

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/neuroglia-go/neuroglia/aggregate"
	"github.com/neuroglia-go/neuroglia/outbox"
	"github.com/neuroglia-go/neuroglia/repository/repositorytest"
)

// BenchmarkWriters measures changes by many at once, without events and with two that are settled.
func BenchmarkWriters(b *testing.B) {
	for name, url := range shared() {
		for _, writers := range []int{1, 8, 64} {
			b.Run(fmt.Sprintf("%s/%d", name, writers), func(b *testing.B) {
				store := newStore(b, quiet(b, url(b)), repositorytest.Schema())
				together(b, writers, func() { save(b, store, aggregate.NewID(), 0) })
			})
			b.Run(fmt.Sprintf("%s/%d with events", name, writers), func(b *testing.B) {
				db := quiet(b, url(b))
				store := newStore(b, db, repositorytest.Schema())
				together(b, writers, func() { conclude(b, db, outbox.Delivered, save(b, store, aggregate.NewID(), 2)) })
			})
		}
	}
}

// together does something b.N times, by some goroutines at once.
func together(b *testing.B, goroutines int, do func()) {
	b.Helper()
	b.ReportAllocs()
	b.ResetTimer()
	var done atomic.Int64
	var all sync.WaitGroup
	for range goroutines {
		all.Go(func() {
			for done.Add(1) <= int64(b.N) {
				do()
			}
		})
	}
	all.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "changes/s")
}
