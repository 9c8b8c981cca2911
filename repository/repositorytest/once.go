package repositorytest

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/neuroglia-go/neuroglia/aggregate"
	"github.com/neuroglia-go/neuroglia/repository"
)

// once: a message changes an aggregate once, however often it comes.
func (s suite) once(t *testing.T) {
	t.Run("a message that comes again changes nothing", func(t *testing.T) {
		t.Parallel()
		r, b := portable(t, s.open(t))
		ctx := aggregate.WithHandling(t.Context(), "kitchen", "1")
		addTwo(t, r)
		for _, tt := range []struct {
			ctx  context.Context
			id   string
			want int64
		}{
			{ctx, "a", 1},
			{ctx, "a", 1},
			{ctx, "b", 1}, // another aggregate
			{aggregate.WithHandling(ctx, "delivery", "1"), "a", 2}, // another consumer
			{aggregate.WithHandling(ctx, "kitchen", "2"), "a", 3},  // another message
			{ctx, "a", 3},
		} {
			if err := r.Once(tt.ctx, tt.id, increment); err != nil {
				t.Fatalf("Once(%q): %v", tt.id, err)
			}
			equal(t, "count of "+tt.id, get(t, b.store, tt.id).State.Count(), tt.want)
		}
		equal(t, "events", len(b.notes), 4)
	})
	t.Run("what was refused may be done later", func(t *testing.T) {
		t.Parallel()
		r, b := portable(t, s.open(t))
		ctx := aggregate.WithHandling(t.Context(), "kitchen", "1")
		addTwo(t, r)
		refused := errors.New("refused")
		wantError(t, "Once that refuses", r.Once(ctx, "a", func(*Ticket) error { return refused }), refused)
		wantError(t, "Once of none", r.Once(ctx, "none", increment), repository.ErrNotFound)
		if err := r.Once(ctx, "a", increment); err != nil {
			t.Errorf("Once: %v", err)
		}
		equal(t, "count", get(t, b.store, "a").State.Count(), 1)
	})
	t.Run("of those who handle a message at the same time one changes", s.onceAtATime)
	t.Run("a change with a key that was recorded is a duplicate before all else", s.duplicate)
	t.Run("a handler is needed", func(t *testing.T) {
		t.Parallel()
		r, _ := portable(t, s.open(t))
		if err := r.Once(t.Context(), "a", increment); err == nil {
			t.Error("Once outside of a handler succeeded")
		}
	})
}

func (s suite) onceAtATime(t *testing.T) {
	t.Parallel()
	r, b := portable(t, s.open(t), repository.WithAttempts(1000))
	ctx := aggregate.WithHandling(t.Context(), "kitchen", "1")
	addTwo(t, r)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if err := r.Once(ctx, "a", increment); err != nil {
				t.Errorf("Once: %v", err)
			}
		})
	}
	wg.Wait()
	equal(t, "count", get(t, b.store, "a").State.Count(), 1)
}

func (s suite) duplicate(t *testing.T) {
	t.Parallel()
	store := s.open(t)
	addition := addition(NewTicket("a", ""))
	addition.Once = "key"
	if err := store.Save(t.Context(), addition); err != nil {
		t.Fatalf("Save: %v", err)
	}
	wantError(t, "Add again", store.Save(t.Context(), addition), repository.ErrDuplicate)
	stale := update(NewTicket("a", "eve"), 7)
	stale.Once = "key"
	wantError(t, "stale Update", store.Save(t.Context(), stale), repository.ErrDuplicate)
	for key, want := range map[string]bool{"key": true, "other": false} {
		if seen, err := store.Seen(t.Context(), "a", key); err != nil || seen != want {
			t.Errorf("Seen(%q) = %v, %v, want %v", key, seen, err, want)
		}
	}
}

func increment(t *Ticket) error {
	t.Increment()
	return nil
}

func addTwo(t *testing.T, r *repository.Repository[Ticket]) {
	t.Helper()
	for _, id := range []string{"a", "b"} {
		if err := r.Add(t.Context(), NewTicket(id, "")); err != nil {
			t.Fatalf("Add: %v", err)
		}
	}
}
