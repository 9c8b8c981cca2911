package memrepo_test

import (
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/neuroglia-go/neuroglia/repository"
	"github.com/neuroglia-go/neuroglia/repository/memrepo"
	"github.com/neuroglia-go/neuroglia/repository/repositorytest"
)

// BenchmarkStore measures operations by some goroutines at once, among a thousand aggregates.
func BenchmarkStore(b *testing.B) {
	const there = 1000
	addition := func(i int) repository.Change[repositorytest.Ticket] {
		id := strconv.Itoa(i)
		return repository.Change[repositorytest.Ticket]{Op: repository.Add, ID: id, State: repositorytest.NewTicket(id, "ann")}
	}
	for name, do := range map[string]func(*memrepo.Store[repositorytest.Ticket], int) error{
		"get": func(s *memrepo.Store[repositorytest.Ticket], i int) error {
			_, err := s.Get(b.Context(), strconv.Itoa(i%there))
			return err
		},
		"save": func(s *memrepo.Store[repositorytest.Ticket], i int) error {
			return s.Save(b.Context(), addition(there+i))
		},
		"list": func(s *memrepo.Store[repositorytest.Ticket], _ int) error {
			_, err := s.List(b.Context(), repository.Filter{Where: map[string]string{"owner": "ann"}, Limit: 50})
			return err
		},
	} {
		for _, goroutines := range []int{1, 64} {
			b.Run(fmt.Sprintf("%s/%d", name, goroutines), func(b *testing.B) {
				store := memrepo.New(repositorytest.Schema())
				for i := range there {
					if err := store.Save(b.Context(), addition(i)); err != nil {
						b.Fatal(err)
					}
				}
				together(b, goroutines, func(i int) error { return do(store, i) })
			})
		}
	}
}

// together does something b.N times, by some goroutines at once.
func together(b *testing.B, goroutines int, do func(int) error) {
	b.Helper()
	b.ReportAllocs()
	b.ResetTimer()
	var done atomic.Int64
	var all sync.WaitGroup
	for range goroutines {
		all.Go(func() {
			for i := done.Add(1); i <= int64(b.N); i = done.Add(1) {
				if err := do(int(i)); err != nil {
					b.Error(err)
				}
			}
		})
	}
	all.Wait()
}
