package repositorytest

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/neuroglia-go/neuroglia/repository"
)

func cancelled(t *testing.T) (context.Context, context.CancelFunc) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	return ctx, cancel
}

func (s suite) concurrency(t *testing.T) {
	t.Run("of many adds of one identity one wins", func(t *testing.T) {
		t.Parallel()
		store := s.open(t)
		won := race(t, 8, repository.ErrExists, func() error {
			return store.Save(t.Context(), addition(NewTicket("a", "")))
		})
		equal(t, "adds that won", won, 1)
		equal(t, "version", get(t, store, "a").Version, 1)
	})
	t.Run("of many updates of one version one wins", func(t *testing.T) {
		t.Parallel()
		store := s.open(t)
		add(t, store, NewTicket("a", ""))
		for version := range int64(5) {
			won := race(t, 8, repository.ErrVersion, func() error {
				return store.Save(t.Context(), update(NewTicket("a", ""), version+1))
			})
			equal(t, "updates that won", won, 1)
			equal(t, "version", get(t, store, "a").Version, version+2)
		}
	})
	t.Run("of many removes one wins", func(t *testing.T) {
		t.Parallel()
		store := s.open(t)
		add(t, store, NewTicket("a", ""))
		won := race(t, 8, repository.ErrNotFound, func() error {
			return store.Save(t.Context(), repository.Change[Ticket]{Op: repository.Remove, ID: "a"})
		})
		equal(t, "removes that won", won, 1)
	})
	t.Run("readers see whole changes", func(t *testing.T) {
		t.Parallel()
		store := s.open(t)
		add(t, store, NewTicket("a", ""))
		var writer sync.WaitGroup
		defer writer.Wait()
		writer.Go(func() {
			for version := range int64(50) {
				ticket := NewTicket("a", "")
				ticket.count = version + 1
				if err := store.Save(t.Context(), update(ticket, version+1)); err != nil {
					t.Errorf("Update: %v", err)
				}
			}
		})
		for last := int64(0); last < 51; {
			got := get(t, store, "a")
			if got.Version < last || got.State.count != got.Version-1 {
				t.Fatalf("version %d with count %d, after version %d", got.Version, got.State.count, last)
			}
			last = got.Version
			if t.Failed() {
				return
			}
		}
	})
}

// race calls change n times at once and returns how often it succeeded. It must fail with nothing but lost.
func race(t *testing.T, n int, lost error, change func() error) int64 {
	t.Helper()
	var won atomic.Int64
	var racers sync.WaitGroup
	start := make(chan struct{})
	for range n {
		racers.Go(func() {
			<-start
			switch err := change(); {
			case err == nil:
				won.Add(1)
			case !errors.Is(err, lost):
				t.Errorf("lost with %v, want %v", err, lost)
			}
		})
	}
	close(start)
	racers.Wait()
	return won.Load()
}
