package outboxtest

import (
	"testing"
	"time"

	"github.com/neuroglia-go/neuroglia/repository"
)

// inbox: what messages have changed is known until it is forgotten.
func (s suite) inbox(t *testing.T) {
	t.Run("keys are forgotten by age", func(t *testing.T) {
		t.Parallel()
		a, b := s.open(t)
		a.record(t, "one", 0, "k1")
		a.record(t, "one", 1, "k2")
		a.record(t, "two", 0, "k1 of two")
		if n, err := b.Log.Forget(t.Context(), time.Hour); n != 0 || err != nil {
			t.Errorf("Forget of an hour = %d, %v, want 0", n, err)
		}
		b.wantSeen(t, "one", "k1", true)
		b.wantSeen(t, "one", "k2", true)
		b.wantSeen(t, "two", "k1 of two", true)
		var forgotten int64
		eventually(t, "all keys are forgotten", func() bool {
			n, err := b.Log.Forget(t.Context(), 0)
			if err != nil {
				t.Fatalf("Forget: %v", err)
			}
			forgotten += n
			seen, err := a.Tickets.Seen(t.Context(), "two", "k1 of two")
			return err == nil && !seen
		})
		equal(t, "forgotten", forgotten, 3)
		b.wantSeen(t, "one", "k1", false)
		a.record(t, "one", 2, "k1")
		b.wantSeen(t, "one", "k1", true)
	})
	t.Run("keys outlive their aggregate", func(t *testing.T) {
		t.Parallel()
		s.needs(t, InboxOutlivesRemoval)
		a, b := s.open(t)
		a.record(t, "one", 0, "key")
		remove := change("one", 1, nil)
		remove.Op, remove.State = repository.Remove, nil
		if err := a.Tickets.Save(t.Context(), remove); err != nil {
			t.Fatalf("Save(Remove): %v", err)
		}
		b.wantSeen(t, "one", "key", true)
		again := change("one", 0, raise("one", 1))
		again.Once = "key"
		wantError(t, "Add by the same message", b.Tickets.Save(t.Context(), again), repository.ErrDuplicate)
		b.wantStatus(t, 0, 0)
	})
	t.Run("keys are recorded with the change and its events only", func(t *testing.T) {
		t.Parallel()
		a, b := s.open(t)
		a.record(t, "one", 0, "key")
		stale := change("one", 9, raise("one", 1))
		stale.Once = "other"
		wantError(t, "Update of another version", a.Tickets.Save(t.Context(), stale), repository.ErrVersion)
		b.wantSeen(t, "one", "other", false)
		fresh := change("one", 1, raise("one", 1))
		fresh.Once = "other"
		if err := b.Tickets.Save(t.Context(), fresh); err != nil {
			t.Fatalf("Save: %v", err)
		}
		a.wantSeen(t, "one", "other", true)
		a.wantStatus(t, 1, 0)
	})
}

// record stores a ticket with an inbox key.
func (p *process) record(t *testing.T, id string, expected int64, key string) {
	t.Helper()
	c := change(id, expected, nil)
	c.Once = key
	if err := p.Tickets.Save(t.Context(), c); err != nil {
		t.Fatalf("Save(%q by %q): %v", id, key, err)
	}
}

func (p *process) wantSeen(t *testing.T, id, key string, want bool) {
	t.Helper()
	if seen, err := p.Tickets.Seen(t.Context(), id, key); seen != want || err != nil {
		t.Errorf("Seen(%q, %q) = %t, %v, want %t", id, key, seen, err, want)
	}
}
