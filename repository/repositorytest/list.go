package repositorytest

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"sync"
	"testing"

	"github.com/neuroglia-go/neuroglia/fault"
	"github.com/neuroglia-go/neuroglia/repository"
)

func (s suite) list(t *testing.T) {
	t.Parallel()
	store := s.open(t)
	equal(t, "length of an empty list", len(list(t, store, repository.Filter{Limit: 10})), 0)
	// Identities are in the opposite order of creation, so that a list ordered by identity is found out.
	for i := range 6 {
		ticket := NewTicket(fmt.Sprintf("t%d", 9-i), []string{"ann", "bob"}[i%2])
		if i >= 3 {
			ticket.Close()
		}
		add(t, store, ticket)
	}
	changed := get(t, store, "t8").State
	if err := store.Save(t.Context(), update(NewTicket("t8", changed.owner), 1)); err != nil {
		t.Fatalf("Update: %v", err)
	}
	for _, tt := range []struct {
		name  string
		where map[string]string
		limit int
		want  []string
	}{
		{"all, oldest first, updated or not", nil, 10, []string{"t9", "t8", "t7", "t6", "t5", "t4"}},
		{"at most the limit", nil, 2, []string{"t9", "t8"}},
		{"none", nil, 0, []string{}},
		{"one field", map[string]string{"owner": "ann"}, 10, []string{"t9", "t7", "t5"}},
		{"two fields", map[string]string{"owner": "ann", "state": "closed"}, 10, []string{"t5"}},
		{"limit counts what matches", map[string]string{"state": "closed"}, 2, []string{"t6", "t5"}},
		{"no match", map[string]string{"owner": "eve"}, 10, []string{}},
		{"empty value", map[string]string{"owner": ""}, 10, []string{}},
		{"case matters", map[string]string{"owner": "Ann"}, 10, []string{}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := list(t, store, repository.Filter{Where: tt.where, Limit: tt.limit})
			if !slices.Equal(identities(got), tt.want) {
				t.Errorf("List(%v, limit %d) = %v, want %v", tt.where, tt.limit, identities(got), tt.want)
			}
		})
	}
	equal(t, "version in a list", list(t, store, repository.Filter{Limit: 2})[1].Version, 2)
	for _, field := range []string{"colour", "id", "version", "document", "state = state OR 1", `state"`, ""} {
		if got, err := store.List(t.Context(), repository.Filter{Where: map[string]string{field: "x"}, Limit: 1}); err == nil {
			t.Errorf("List by undeclared field %q = %v, want an error", field, got)
		}
	}
}

func (s suite) count(t *testing.T) {
	t.Parallel()
	store := s.open(t)
	counts := func(field string) map[string]int64 {
		got, err := store.Count(t.Context(), field)
		if err != nil {
			t.Fatalf("Count(%s): %v", field, err)
		}
		return got
	}
	equal(t, "values counted in an empty store", len(counts("state")), 0)
	for i := range 5 {
		add(t, store, NewTicket(strconv.Itoa(i), []string{"ann", "bob"}[i%2]))
	}
	closed := get(t, store, "1").State
	closed.Close()
	if err := store.Save(t.Context(), repository.Change[Ticket]{
		Op: repository.Update, ID: "1", State: closed, Expected: 1,
	}); err != nil {
		t.Fatalf("Update: %v", err)
	}
	if err := store.Save(t.Context(), repository.Change[Ticket]{Op: repository.Remove, ID: "0"}); err != nil {
		t.Fatalf("Remove: %v", err)
	}
	if got, want := counts("state"), map[string]int64{"open": 3, "closed": 1}; !maps.Equal(got, want) {
		t.Errorf("Count(state) = %v, want %v", got, want)
	}
	if got, want := counts("owner"), map[string]int64{"ann": 2, "bob": 2}; !maps.Equal(got, want) {
		t.Errorf("Count(owner) = %v, want %v", got, want)
	}
	for _, field := range []string{"colour", "id", "state, owner", ""} {
		if got, err := store.Count(t.Context(), field); err == nil {
			t.Errorf("Count by undeclared field %q = %v, want an error", field, got)
		}
	}
}

func (s suite) paging(t *testing.T) {
	t.Helper()
	t.Run("every position continues the list", func(t *testing.T) {
		t.Parallel()
		store := s.open(t)
		// Made at once, so that some may have the same time of creation.
		var adders sync.WaitGroup
		for i := range 40 {
			adders.Go(func() {
				if err := store.Save(t.Context(), addition(NewTicket(strconv.Itoa(i), ""))); err != nil {
					t.Errorf("Add: %v", err)
				}
			})
		}
		adders.Wait()
		all := list(t, store, repository.Filter{Limit: 100})
		equal(t, "length", len(all), 40)
		for i, l := range all {
			rest := list(t, store, repository.Filter{After: repository.Position{Created: l.Created, ID: l.ID}, Limit: 100})
			if got, want := identities(rest), identities(all[i+1:]); !slices.Equal(got, want) {
				t.Fatalf("after item %d: %v, want %v", i, got, want)
			}
		}
	})
	t.Run("a position whose item is gone continues the list", func(t *testing.T) {
		t.Parallel()
		store := s.open(t)
		for _, id := range []string{"a", "b", "c"} {
			add(t, store, NewTicket(id, ""))
		}
		b := get(t, store, "b")
		if err := store.Save(t.Context(), repository.Change[Ticket]{Op: repository.Remove, ID: "b"}); err != nil {
			t.Fatalf("Remove: %v", err)
		}
		rest := list(t, store, repository.Filter{After: repository.Position{Created: b.Created, ID: b.ID}, Limit: 9})
		equal(t, "rest", fmt.Sprint(identities(rest)), "[c]")
	})
	t.Run("a far position is no error", func(t *testing.T) {
		t.Parallel()
		store := s.open(t)
		add(t, store, NewTicket("a", ""))
		created := get(t, store, "a").Created
		for years, want := range map[int]int{-5000: 1, -300: 1, -1: 1, 1: 0, 300: 0, 7000: 0} {
			at := repository.Position{Created: created.AddDate(years, 0, 0), ID: "a"}
			equal(t, fmt.Sprintf("items after %d years", years), len(list(t, store, repository.Filter{After: at, Limit: 9})), want)
		}
	})
	t.Run("items added meanwhile are neither lost nor doubled", func(t *testing.T) {
		t.Parallel()
		s.needs(t, CompletePages)
		s.pageWhileAdding(t)
	})
}

// pageWhileAdding pages on from the last item seen, while others add, until they have finished and nothing is left.
func (s suite) pageWhileAdding(t *testing.T) {
	t.Helper()
	const adders, each = 4, 25
	store := s.open(t)
	done := make(chan struct{})
	var wg sync.WaitGroup
	for n := range adders {
		wg.Go(func() { addDescending(t, store, n, each) })
	}
	go func() { wg.Wait(); close(done) }()
	defer wg.Wait()

	seen := map[string]int{}
	var after repository.Position
	for finished := false; ; {
		page, err := store.List(t.Context(), repository.Filter{After: after, Limit: 7})
		if err != nil {
			t.Fatalf("List: %v", err)
		}
		for _, l := range page {
			if seen[l.ID]++; seen[l.ID] > 1 {
				t.Fatalf("%s is on two pages", l.ID)
			}
			after = repository.Position{Created: l.Created, ID: l.ID}
		}
		if finished && len(page) == 0 {
			break
		}
		select {
		case <-done:
			finished = true
		default:
		}
	}
	equal(t, "items seen", len(seen), adders*each)
}

// addDescending adds tickets, each with a smaller identity than the one before.
func addDescending(t *testing.T, store repository.Store[Ticket], adder, count int) {
	t.Helper()
	for i := range count {
		id := fmt.Sprintf("%d-%02d", adder, count-i)
		if err := store.Save(t.Context(), addition(NewTicket(id, ""))); err != nil {
			t.Errorf("Add %s: %v", id, err)
		}
	}
}

// cancellation: an operation whose context has ended changes nothing and says so.
func (s suite) cancellation(t *testing.T) {
	t.Parallel()
	store := s.open(t)
	add(t, store, NewTicket("a", "ann"))
	ctx, cancel := cancelled(t)
	defer cancel()
	_, getErr := store.Get(ctx, "a")
	_, containsErr := store.Contains(ctx, "a")
	_, listErr := store.List(ctx, repository.Filter{Limit: 1})
	_, countErr := store.Count(ctx, "state")
	for what, err := range map[string]error{
		"Get": getErr, "Contains": containsErr, "List": listErr, "Count": countErr,
		"Add":    store.Save(ctx, addition(NewTicket("b", ""))),
		"Update": store.Save(ctx, update(NewTicket("a", "eve"), 1)),
		"Remove": store.Save(ctx, repository.Change[Ticket]{Op: repository.Remove, ID: "a"}),
	} {
		wantKind(t, what+" with a cancelled context", err, fault.Canceled)
	}
	equal(t, "owner", get(t, store, "a").State.owner, "ann")
	equal(t, "version", get(t, store, "a").Version, 1)
	equal(t, "stored", len(list(t, store, repository.Filter{Limit: 9})), 1)
}
