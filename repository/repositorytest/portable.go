package repositorytest

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"

	"github.com/neuroglia-go/neuroglia/aggregate"
	"github.com/neuroglia-go/neuroglia/repository"
)

// book is a dispatcher that notes the events it gets and whether their change can be read by then.
type book struct {
	store repository.Store[Ticket]
	mu    sync.Mutex
	notes []aggregate.Raised
	early int
}

func (b *book) Dispatch(ctx context.Context, r aggregate.Raised) error {
	loaded, err := b.store.Get(ctx, r.AggregateID)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.notes = append(b.notes, r)
	if err != nil || loaded.Version < r.Version {
		b.early++
	}
	return nil
}

func portable(t *testing.T, store repository.Store[Ticket], opts ...repository.Option) (
	*repository.Repository[Ticket], *book) {
	t.Helper()
	b := &book{store: store}
	r := repository.New(store, b, opts...)
	return r, b
}

// repository: the portable type does on this driver what it promises.
func (s suite) repository(t *testing.T) {
	t.Run("stores, changes and removes", s.lifeOfOne)
	t.Run("dispatches events of committed changes only", s.events)
	t.Run("loses no increment", s.increments)
	t.Run("lists page by page", s.pages)
}

func (s suite) lifeOfOne(t *testing.T) {
	t.Parallel()
	r, _ := portable(t, s.open(t))
	ctx := t.Context()
	_, err := r.Get(ctx, "a")
	wantError(t, "Get", err, repository.ErrNotFound)
	wantError(t, "Update", r.Update(ctx, "a", func(*Ticket) error { return nil }), repository.ErrNotFound)
	wantError(t, "Remove", r.Remove(ctx, "a", nil), repository.ErrNotFound)

	ticket := NewTicket("a", "ann")
	if err := r.Add(ctx, ticket); err != nil {
		t.Fatalf("Add: %v", err)
	}
	equal(t, "version after Add", ticket.Version(), 1)
	wantError(t, "second Add", r.Add(ctx, NewTicket("a", "eve")), repository.ErrExists)
	if err := r.Update(ctx, "a", func(t *Ticket) error { t.Close(); return nil }); err != nil {
		t.Fatalf("Update: %v", err)
	}
	refused := errors.New("refused")
	wantError(t, "refused Update", r.Update(ctx, "a", func(t *Ticket) error {
		t.owner = "eve"
		return refused
	}), refused)
	got, err := r.Get(ctx, "a")
	if err != nil {
		t.Fatalf("Get: %v", err)
	}
	equal(t, "identity", got.ID(), "a")
	equal(t, "version", got.Version(), 2)
	equal(t, "state", got.State(), "closed")
	equal(t, "owner", got.owner, "ann")
	if err := r.Remove(ctx, "a", nil); err != nil {
		t.Fatalf("Remove: %v", err)
	}
	found, err := r.Contains(ctx, "a")
	if err != nil || found {
		t.Errorf("Contains after Remove = %v, %v, want false", found, err)
	}
}

func (s suite) events(t *testing.T) {
	t.Parallel()
	r, b := portable(t, s.open(t))
	ctx := t.Context()
	counted := func() *Ticket {
		ticket := NewTicket("a", "")
		ticket.Increment()
		return ticket
	}
	if err := r.Add(ctx, counted()); err != nil {
		t.Fatalf("Add: %v", err)
	}
	wantError(t, "second Add", r.Add(ctx, counted()), repository.ErrExists)
	refused := errors.New("refused")
	wantError(t, "refused Update", r.Update(ctx, "a", func(t *Ticket) error {
		t.Increment()
		return refused
	}), refused)
	gone, cancel := cancelled(t)
	defer cancel()
	if err := r.Update(gone, "a", func(t *Ticket) error { t.Increment(); return nil }); err == nil {
		t.Error("Update with a cancelled context succeeded")
	}
	if err := r.Update(ctx, "a", func(t *Ticket) error { t.Increment(); t.Increment(); return nil }); err != nil {
		t.Fatalf("Update: %v", err)
	}
	want := []aggregate.Raised{
		{Event: Counted{1}, AggregateType: "Ticket", AggregateID: "a", Version: 1, Attempt: 1},
		{Event: Counted{2}, AggregateType: "Ticket", AggregateID: "a", Version: 2, Attempt: 1},
		{Event: Counted{3}, AggregateType: "Ticket", AggregateID: "a", Version: 2, Attempt: 1},
	}
	got := slices.Clone(b.notes)
	for i := range got {
		got[i].ID, got[i].At = "", want[0].At
	}
	if !slices.Equal(got, want) {
		t.Errorf("dispatched\n%+v\nwant\n%+v", got, want)
	}
	equal(t, "events dispatched before their change could be read", b.early, 0)
}

func (s suite) increments(t *testing.T) {
	t.Parallel()
	const workers, each = 8, 10
	r, b := portable(t, s.open(t), repository.WithAttempts(1000))
	if err := r.Add(t.Context(), NewTicket("a", "")); err != nil {
		t.Fatalf("Add: %v", err)
	}
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for range each {
				if err := r.Update(t.Context(), "a", func(t *Ticket) error { t.Increment(); return nil }); err != nil {
					t.Errorf("Update: %v", err)
				}
			}
		})
	}
	wg.Wait()
	got, err := r.Get(t.Context(), "a")
	if err != nil {
		t.Fatalf("Get: %v", err)
	}
	equal(t, "count", got.Count(), workers*each)
	equal(t, "version", got.Version(), workers*each+1)
	equal(t, "events", len(b.notes), workers*each)
	equal(t, "events dispatched before their change could be read", b.early, 0)

	// Two that have both read the same version: without another attempt, one is told.
	once, _ := portable(t, b.store, repository.WithAttempts(1))
	var both sync.WaitGroup
	both.Add(2)
	won := race(t, 2, repository.ErrVersion, func() error {
		return once.Update(t.Context(), "a", func(t *Ticket) error {
			both.Done()
			both.Wait()
			t.Increment()
			return nil
		})
	})
	equal(t, "updates that won", won, 1)
}

func (s suite) pages(t *testing.T) {
	t.Parallel()
	store := s.open(t)
	r, _ := portable(t, store)
	want := []string{"e", "d", "c", "b", "a"}
	for _, id := range want {
		add(t, store, NewTicket(id, "ann"))
		add(t, store, NewTicket("other "+id, "bob"))
	}
	q := repository.Query{Where: map[string]string{"owner": "ann", "state": ""}, Limit: 2}
	var got []string
	for pages := 1; ; pages++ {
		page, err := r.List(t.Context(), q)
		if err != nil {
			t.Fatalf("List: %v", err)
		}
		for _, ticket := range page.Items {
			got = append(got, ticket.ID())
			equal(t, "version", ticket.Version(), 1)
		}
		if page.Next == "" {
			equal(t, "pages", pages, 3)
			break
		}
		q.Cursor = page.Next
	}
	if !slices.Equal(got, want) {
		t.Errorf("listed %v, want %v", got, want)
	}
	oldest, err := r.Oldest(t.Context(), map[string]string{"owner": "ann"})
	if err != nil || oldest == nil || oldest.ID() != want[0] {
		t.Errorf("Oldest = %v, %v, want %q", oldest, err, want[0])
	}
	if none, err := r.Oldest(t.Context(), map[string]string{"owner": "nobody"}); none != nil || err != nil {
		t.Errorf("Oldest of none = %v, %v, want nil, nil", none, err)
	}
}
