package repositorytest

import (
	"testing"
	"time"

	"github.com/neuroglia-go/neuroglia/repository"
)

func (s suite) get(t *testing.T) {
	t.Parallel()
	store := s.open(t)
	_, err := store.Get(t.Context(), "a")
	wantError(t, "Get of an aggregate that is not there", err, repository.ErrNotFound)

	before := time.Now()
	add(t, store, NewTicket("a", "ann"))
	got := get(t, store, "a")
	equal(t, "version", got.Version, 1)
	equal(t, "owner", got.State.owner, "ann")
	if d := got.Created.Sub(before); d < -time.Minute || d > time.Minute {
		t.Errorf("created at %v, want about %v", got.Created, before)
	}
	if again := get(t, store, "a"); !again.Created.Equal(got.Created) {
		t.Errorf("created at %v when read again, want %v", again.Created, got.Created)
	}
}

func (s suite) contains(t *testing.T) {
	t.Parallel()
	store := s.open(t)
	add(t, store, NewTicket("a", ""))
	for id, want := range map[string]bool{"a": true, "b": false, "A": false, "": false} {
		got, err := store.Contains(t.Context(), id)
		if err != nil || got != want {
			t.Errorf("Contains(%q) = %v, %v, want %v", id, got, err, want)
		}
	}
}

func (s suite) add(t *testing.T) {
	t.Parallel()
	store := s.open(t)
	add(t, store, NewTicket("a", "first"))
	err := store.Save(t.Context(), addition(NewTicket("a", "second")))
	wantError(t, "Add of an identity that is there", err, repository.ErrExists)
	equal(t, "owner after a failed Add", get(t, store, "a").State.owner, "first")
}

func (s suite) update(t *testing.T) {
	t.Parallel()
	store := s.open(t)
	add(t, store, NewTicket("a", "ann"))
	created := get(t, store, "a").Created

	changed := NewTicket("a", "bob")
	changed.Close()
	if err := store.Save(t.Context(), update(changed, 1)); err != nil {
		t.Fatalf("Save(Update): %v", err)
	}
	got := get(t, store, "a")
	equal(t, "version after an update", got.Version, 2)
	equal(t, "owner after an update", got.State.owner, "bob")
	equal(t, "state after an update", got.State.state, "closed")
	if !got.Created.Equal(created) {
		t.Errorf("created at %v after an update, want %v", got.Created, created)
	}

	for _, expected := range []int64{0, 1, 3, -1} {
		err := store.Save(t.Context(), update(NewTicket("a", "eve"), expected))
		wantError(t, "Update of another version", err, repository.ErrVersion)
	}
	wantError(t, "Update of none", store.Save(t.Context(), update(NewTicket("b", ""), 1)), repository.ErrVersion)
	wantError(t, "Update of none", store.Save(t.Context(), update(NewTicket("b", ""), 0)), repository.ErrVersion)
	got = get(t, store, "a")
	equal(t, "version after failed updates", got.Version, 2)
	equal(t, "owner after failed updates", got.State.owner, "bob")
	if found, err := store.Contains(t.Context(), "b"); found || err != nil {
		t.Errorf("Contains after an Update of none = %v, %v, want false", found, err)
	}
}

func (s suite) remove(t *testing.T) {
	t.Parallel()
	store := s.open(t)
	add(t, store, NewTicket("a", "ann"))
	add(t, store, NewTicket("b", "bob"))
	remove := repository.Change[Ticket]{Op: repository.Remove, ID: "a"}
	stale := repository.Change[Ticket]{Op: repository.Remove, ID: "a", Expected: 7}
	wantError(t, "Remove of another version", store.Save(t.Context(), stale), repository.ErrVersion)
	if err := store.Save(t.Context(), remove); err != nil {
		t.Fatalf("Save(Remove): %v", err)
	}
	_, err := store.Get(t.Context(), "a")
	wantError(t, "Get after Remove", err, repository.ErrNotFound)
	wantError(t, "second Remove", store.Save(t.Context(), remove), repository.ErrNotFound)
	wantError(t, "Remove of a version of none", store.Save(t.Context(), stale), repository.ErrVersion)
	wantError(t, "Update after Remove", store.Save(t.Context(), update(NewTicket("a", ""), 1)), repository.ErrVersion)
	get(t, store, "b")

	add(t, store, NewTicket("a", "another"))
	got := get(t, store, "a")
	equal(t, "version of one added again", got.Version, 1)
	equal(t, "owner of one added again", got.State.owner, "another")
}
