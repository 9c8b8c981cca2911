package sqlrepo_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/neuroglia-go/neuroglia/fault"
	"github.com/neuroglia-go/neuroglia/repository"
	"github.com/neuroglia-go/neuroglia/repository/repositorytest"
	"github.com/neuroglia-go/neuroglia/repository/sqlrepo"
)

func TestSeveralHandlesOnOneDatabaseLoseNothing(t *testing.T) {
	t.Parallel()
	for name, url := range shared() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			writeByHandles(t, url(t))
		})
	}
}

func writeByHandles(t *testing.T, url string) {
	t.Helper()
	const handles, each = 3, 40
	first := newStore(t, open(t, url), repositorytest.Schema())
	if err := first.Save(t.Context(), addition("shared")); err != nil {
		t.Fatalf("Save: %v", err)
	}
	var workers sync.WaitGroup
	for handle := range handles {
		r := repository.New(newStore(t, open(t, url), repositorytest.Schema()), nil, repository.WithAttempts(1000))
		workers.Go(func() {
			for i := range each {
				if err := r.Add(t.Context(), repositorytest.NewTicket(fmt.Sprintf("%d-%d", handle, i), "ann")); err != nil {
					t.Errorf("Add: %v", err)
				}
				if err := r.Update(t.Context(), "shared", func(t *ticket) error { t.Increment(); return nil }); err != nil {
					t.Errorf("Update: %v", err)
				}
			}
		})
	}
	workers.Wait()
	shared, err := first.Get(t.Context(), "shared")
	if err != nil || shared.State.Count() != handles*each {
		t.Errorf("count = %d, %v, want %d", shared.State.Count(), err, handles*each)
	}
	counts, err := first.Count(t.Context(), "owner")
	if err != nil || counts["ann"] != handles*each+1 {
		t.Errorf("stored = %v, %v, want %d", counts, err, handles*each+1)
	}
}

func TestALockedDatabaseIsUnavailableAndReadable(t *testing.T) {
	t.Parallel()
	url := "sqlite:" + filepath.Join(t.TempDir(), "test.db")
	db := open(t, url)
	store := newStore(t, db, repositorytest.Schema())
	if err := store.Save(t.Context(), addition("a")); err != nil {
		t.Fatalf("Save: %v", err)
	}
	unlock := sqlrepo.Lock(t, open(t, url))
	if _, err := store.Get(t.Context(), "a"); err != nil {
		t.Errorf("Get while another writes: %v", err)
	}
	if err := db.Check(t.Context()); err != nil {
		t.Errorf("Check while another writes: %v", err)
	}

	// A context ends the wait for the other writer; nothing is stored.
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	began := time.Now()
	if err := store.Save(ctx, addition("b")); fault.KindOf(err) != fault.Timeout || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Save with a deadline while another writes = %v, want kind timeout", err)
	}
	if took := time.Since(began); took > 3*time.Second {
		t.Errorf("Save with a deadline of 50 ms while another writes took %v", took)
	}
	sqlrepo.SetBusyTimeout(t, db, 10)
	if err := store.Save(t.Context(), addition("b")); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("Save while another writes for long = %v, want kind unavailable", err)
	}
	unlock()
	if err := store.Save(t.Context(), addition("b")); err != nil {
		t.Errorf("Save after the other has finished: %v", err)
	}
}

func TestAFullDiskIsUnavailable(t *testing.T) {
	t.Parallel()
	db := open(t, "sqlite:"+filepath.Join(t.TempDir(), "test.db"))
	store := newStore(t, db, repositorytest.Schema())
	// SQLite gives the same answer at its own limit as for a disk that is full.
	sqlrepo.Exec(t, db, `PRAGMA max_page_count = 1`)
	var err error
	saved := 0
	for ; err == nil && saved < 1000; saved++ {
		err = store.Save(t.Context(), addition(fmt.Sprint(saved)))
	}
	if fault.KindOf(err) != fault.Unavailable {
		t.Fatalf("Save on a full disk = %v, want kind unavailable", err)
	}
	counts, err := store.Count(t.Context(), "owner")
	if err != nil || counts["ann"] != int64(saved-1) {
		t.Errorf("stored = %v, %v, want the %d that were acknowledged", counts, err, saved-1)
	}
	sqlrepo.Exec(t, db, `PRAGMA max_page_count = 100000`)
	if err := store.Save(t.Context(), addition("later")); err != nil {
		t.Errorf("Save when there is room again: %v", err)
	}
}

func TestADatabaseThatBecomesReadOnlyIsUnavailable(t *testing.T) {
	t.Parallel()
	db := open(t, "sqlite:"+filepath.Join(t.TempDir(), "test.db"))
	store := newStore(t, db, repositorytest.Schema())
	sqlrepo.Exec(t, db, `PRAGMA query_only = on`)
	if err := store.Save(t.Context(), addition("a")); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("Save = %v, want kind unavailable", err)
	}
}

// Contexts end at any point of an operation: what was refused is not there, what succeeded is, nothing is half there and
// no connection stays in use.
func TestContextsMayEndAtAnyMoment(t *testing.T) {
	t.Parallel()
	for name, url := range databases() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := open(t, url(t)) // checks the connections at the end
			store := newStore(t, db, repositorytest.Schema())
			succeeded, ended := 0, 0
			for i := range 300 {
				ctx, cancel := context.WithTimeout(t.Context(), time.Duration(i)*2*time.Microsecond)
				id := fmt.Sprint(i)
				err := store.Save(ctx, addition(id))
				_, listErr := store.List(ctx, repository.Filter{Limit: 1000})
				cancel()
				if listErr != nil && fault.KindOf(listErr) != fault.Timeout {
					t.Errorf("List = %v, want kind timeout", listErr)
				}
				found, getErr := store.Contains(t.Context(), id)
				if getErr != nil || found != (err == nil) {
					t.Errorf("Save = %v, but Contains = %v, %v", err, found, getErr)
				}
				if err == nil {
					succeeded++
				} else {
					ended++
					if fault.KindOf(err) != fault.Timeout {
						t.Errorf("Save = %v, want kind timeout", err)
					}
				}
			}
			t.Logf("%d succeeded, %d ended early", succeeded, ended)
		})
	}
}

func TestWhatIsFoundByItsKeyDoesNotWaitForLists(t *testing.T) {
	t.Parallel()
	db := open(t, "sqlite:"+filepath.Join(t.TempDir(), "test.db"))
	store := newStore(t, db, repositorytest.Schema())
	if err := store.Save(t.Context(), addition("a")); err != nil {
		t.Fatalf("Save: %v", err)
	}
	sqlrepo.Occupy(t, db)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := store.List(ctx, repository.Filter{Limit: 1}); fault.KindOf(err) != fault.Timeout {
		t.Errorf("List without a connection = %v, want kind timeout", err)
	}
	if _, err := store.Get(t.Context(), "a"); err != nil {
		t.Errorf("Get: %v", err)
	}
	if _, err := store.Get(ctx, "a"); fault.KindOf(err) != fault.Timeout {
		t.Errorf("Get with a context that has ended = %v, want kind timeout", err)
	}
}
