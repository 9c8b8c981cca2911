package outboxtest

import (
	"context"
	"testing"

	"github.com/neuroglia-go/neuroglia/outbox"
	"github.com/neuroglia-go/neuroglia/repository"
	"github.com/neuroglia-go/neuroglia/repository/repositorytest"
)

// save: a change and its events are stored together or not at all, and the process that saved is to deliver them.
func (s suite) save(t *testing.T) {
	t.Run("keeps events with the change", func(t *testing.T) {
		t.Parallel()
		a, b := s.open(t)
		events := a.add(t, "one", 3)
		wantEntries(t, "pending", b.list(t, outbox.Filter{}), events...)
		equal(t, "attempts stored", b.stored(t, events[2], false).Attempts, 1)
		b.wantStatus(t, 3, 0)
	})
	t.Run("that fails keeps no event", s.saveThatFails)
	t.Run("leaves events behind earlier ones of their stream waiting", s.saveBehind)
	t.Run("holds events of other streams", func(t *testing.T) {
		t.Parallel()
		a, b := s.open(t)
		a.add(t, "one", 1)
		a.add(t, "two", 1)
		b.add(t, "three", 1)
		tally := raise("one", 1) // the same identity, of another type
		tally[0].AggregateType = "Tally"
		if err := a.Tallies.Save(t.Context(), repository.Change[Tally]{
			Op: repository.Add, ID: "one", State: &Tally{}, Events: tally,
		}); err != nil {
			t.Fatalf("Save: %v", err)
		}
		wantHeld(t, tally, true)
		a.wantStatus(t, 4, 0)
	})
	t.Run("of no events leaves what is pending", func(t *testing.T) {
		t.Parallel()
		a, b := s.open(t)
		events := a.leave(t, "one", 2)
		b.save(t, "one", 1, nil)
		wantEntries(t, "pending", b.list(t, outbox.Filter{}), events...)
	})
	t.Run("of a removal leaves events to be delivered", s.removal)
	t.Run("after others are delivered holds again", func(t *testing.T) {
		t.Parallel()
		a, _ := s.open(t)
		a.settle(t, outbox.Delivered, a.add(t, "one", 2)...)
		wantHeld(t, a.save(t, "one", 1, raise("one", 1)), true)
	})
}

func (s suite) saveThatFails(t *testing.T) {
	t.Parallel()
	a, b := s.open(t)
	keyed := change("one", 0, nil)
	keyed.Once = "key"
	if err := a.Tickets.Save(t.Context(), keyed); err != nil {
		t.Fatalf("Save: %v", err)
	}
	wantError(t, "Add again", a.Tickets.Save(t.Context(), change("one", 0, raise("one", 2))), repository.ErrExists)
	wantError(t, "Update of another version", a.Tickets.Save(t.Context(), change("one", 7, raise("one", 2))), repository.ErrVersion)
	wantError(t, "Update of none", a.Tickets.Save(t.Context(), change("none", 1, raise("none", 2))), repository.ErrVersion)
	wantError(t, "Remove of none", a.Tickets.Save(t.Context(), repository.Change[repositorytest.Ticket]{
		Op: repository.Remove, ID: "none", Events: raise("none", 1),
	}), repository.ErrNotFound)
	again := change("one", 1, raise("one", 1))
	again.Once = "key"
	wantError(t, "Update by the same message", a.Tickets.Save(t.Context(), again), repository.ErrDuplicate)
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	wantError(t, "Update of who gave up", a.Tickets.Save(gone, change("one", 1, raise("one", 1))), context.Canceled)
	b.wantStatus(t, 0, 0)
	b.wantClaim(t, "after changes that failed")
	wantHeld(t, b.save(t, "one", 1, raise("one", 1)), true)
}

func (s suite) saveBehind(t *testing.T) {
	t.Parallel()
	a, b := s.open(t)
	first := a.add(t, "one", 1)
	second := a.save(t, "one", 1, raise("one", 2))
	wantHeld(t, second, false)
	third := b.save(t, "one", 2, raise("one", 1))
	wantHeld(t, third, false)
	equal(t, "attempts stored of one that waits", b.stored(t, third[0], false).Attempts, 0)
	b.wantClaim(t, "behind one that another process holds")

	a.settle(t, outbox.Delivered, first...)
	for _, want := range []outbox.Entry{second[0], second[1], third[0]} {
		for _, e := range b.wantClaim(t, "one after the other", want) {
			equal(t, "attempts", e.Attempts, 1)
			b.settle(t, outbox.Delivered, e)
		}
	}
	a.wantStatus(t, 0, 0)
}

func (s suite) removal(t *testing.T) {
	t.Parallel()
	a, b := s.open(t)
	before := a.leave(t, "one", 1)
	last := raise("one", 1)
	if err := a.Tickets.Save(t.Context(), repository.Change[repositorytest.Ticket]{
		Op: repository.Remove, ID: "one", Expected: 1, Events: last,
	}); err != nil {
		t.Fatalf("Save(Remove): %v", err)
	}
	wantHeld(t, last, false)
	found, err := b.Tickets.Contains(t.Context(), "one")
	if found || err != nil {
		t.Errorf("Contains after Remove = %t, %v, want false", found, err)
	}
	_, err = b.Tickets.Get(t.Context(), "one")
	wantError(t, "Get after Remove", err, repository.ErrNotFound)
	listed, err := b.Tickets.List(t.Context(), repository.Filter{Limit: 10})
	if len(listed) != 0 || err != nil {
		t.Errorf("List after Remove has %d tickets, %v, want none", len(listed), err)
	}
	counts, err := b.Tickets.Count(t.Context(), "state")
	if len(counts) != 0 || err != nil {
		t.Errorf("Count after Remove = %v, %v, want none", counts, err)
	}

	next := a.save(t, "one", 0, raise("one", 1)) // a new one of the same identity
	wantHeld(t, next, false)
	if loaded, err := b.Tickets.Get(t.Context(), "one"); err != nil || loaded.Version != 1 {
		t.Errorf("Get of one that was added again = version %d, %v, want 1", loaded.Version, err)
	}
	for _, want := range []outbox.Entry{before[0], last[0], next[0]} {
		b.settle(t, outbox.Delivered, b.wantClaim(t, "of one removed and added", want)...)
	}
	a.wantStatus(t, 0, 0)
	if loaded, err := a.Tickets.Get(t.Context(), "one"); err != nil || loaded.Version != 1 {
		t.Errorf("Get when all is delivered = version %d, %v, want 1", loaded.Version, err)
	}
}
