package repositorytest

import (
	"errors"
	"testing"

	"github.com/neuroglia-go/neuroglia/fault"
	"github.com/neuroglia-go/neuroglia/repository"
)

// add stores a new ticket.
func add(t *testing.T, store repository.Store[Ticket], ticket *Ticket) {
	t.Helper()
	if err := store.Save(t.Context(), addition(ticket)); err != nil {
		t.Fatalf("Save(Add %q): %v", ticket.ID(), err)
	}
}

func addition(ticket *Ticket) repository.Change[Ticket] {
	return repository.Change[Ticket]{Op: repository.Add, ID: ticket.ID(), State: ticket}
}

func update(ticket *Ticket, expected int64) repository.Change[Ticket] {
	return repository.Change[Ticket]{Op: repository.Update, ID: ticket.ID(), State: ticket, Expected: expected}
}

// get reads a ticket that must be there.
func get(t *testing.T, store repository.Store[Ticket], id string) repository.Loaded[Ticket] {
	t.Helper()
	loaded, err := store.Get(t.Context(), id)
	if err != nil {
		t.Fatalf("Get(%q): %v", id, err)
	}
	if loaded.ID != id || loaded.State == nil {
		t.Fatalf("Get(%q) = identity %q, state %v", id, loaded.ID, loaded.State)
	}
	return loaded
}

func list(t *testing.T, store repository.Store[Ticket], f repository.Filter) []repository.Loaded[Ticket] {
	t.Helper()
	loaded, err := store.List(t.Context(), f)
	if err != nil {
		t.Fatalf("List(%+v): %v", f, err)
	}
	return loaded
}

func identities(loaded []repository.Loaded[Ticket]) []string {
	ids := make([]string, len(loaded))
	for i, l := range loaded {
		ids[i] = l.ID
	}
	return ids
}

// wantError checks that err is want, and of want's kind.
func wantError(t *testing.T, what string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%s = %v, want %v", what, err, want)
	}
	wantKind(t, what, err, fault.KindOf(want))
}

func wantKind(t *testing.T, what string, err error, want fault.Kind) {
	t.Helper()
	if got := fault.KindOf(err); got != want {
		t.Errorf("%s: kind of %v is %v, want %v", what, err, got, want)
	}
}

func equal[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s = %v, want %v", what, got, want)
	}
}
