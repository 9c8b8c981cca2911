package sqlrepo_test

import (
	"context"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/neuroglia-go/neuroglia/fault"
	"github.com/neuroglia-go/neuroglia/repository"
	"github.com/neuroglia-go/neuroglia/repository/repositorytest"
	"github.com/neuroglia-go/neuroglia/repository/sqlrepo"
)

// finds are the ways to find something by its key.
func finds(store *sqlrepo.Store[ticket]) map[string]func(context.Context) error {
	return map[string]func(context.Context) error{
		"Get":      func(ctx context.Context) error { _, err := store.Get(ctx, "a"); return err },
		"Contains": func(ctx context.Context) error { _, err := store.Contains(ctx, "a"); return err },
		"Seen":     func(ctx context.Context) error { _, err := store.Seen(ctx, "a", "key"); return err },
	}
}

func TestWhoWaitsToFindSomethingLeavesAtItsDeadline(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		db := open(t, "sqlite:"+filepath.Join(t.TempDir(), "test.db"))
		store := newStore(t, db, repositorytest.Schema())
		if err := store.Save(t.Context(), addition("a")); err != nil {
			t.Fatalf("Save: %v", err)
		}
		for name, find := range finds(store) {
			release := sqlrepo.OccupyFinder(t, db)
			late := time.AfterFunc(3*time.Second, release)
			ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
			began := time.Now()
			if err := find(ctx); fault.KindOf(err) != fault.Timeout {
				t.Errorf("%s = %v, want kind timeout", name, err)
			}
			if took := time.Since(began); took != 50*time.Millisecond {
				t.Errorf("%s with a deadline of 50 ms took %v", name, took)
			}
			cancel()
			if late.Stop() {
				release()
			}
			if err := find(t.Context()); err != nil {
				t.Errorf("%s when others have finished: %v", name, err)
			}
		}
	})
}

// leaving is a context that ends when it has been looked at once.
type leaving struct {
	context.Context //nolint:containedctx // it is one

	looked atomic.Bool
}

func (l *leaving) Err() error {
	if l.looked.Swap(true) {
		return context.Canceled
	}
	return nil
}

func TestWhoLeavesWhileSomethingIsFoundIsToldSo(t *testing.T) {
	t.Parallel()
	store := newStore(t, open(t, "sqlite:"+filepath.Join(t.TempDir(), "test.db")), repositorytest.Schema())
	for name, find := range finds(store) {
		if err := find(&leaving{Context: t.Context()}); fault.KindOf(err) != fault.Canceled {
			t.Errorf("%s = %v, want kind canceled", name, err)
		}
	}
}

// tome takes a second to read.
type tome struct{}

func (*tome) UnmarshalJSON([]byte) error { time.Sleep(time.Second); return nil }

func TestDocumentsAreDecodedWhileOthersUseTheConnections(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		db := open(t, "sqlite:"+filepath.Join(t.TempDir(), "test.db"))
		store := newStore(t, db, repository.Schema[tome]{Name: "tomes"})
		if err := store.Save(t.Context(), repository.Change[tome]{Op: repository.Add, ID: "a", State: &tome{}}); err != nil {
			t.Fatalf("Save: %v", err)
		}
		began := time.Now()
		var readers sync.WaitGroup
		for range 100 {
			readers.Go(func() {
				if _, err := store.Get(t.Context(), "a"); err != nil {
					t.Errorf("Get: %v", err)
				}
			})
		}
		readers.Wait()
		if took := time.Since(began); took != time.Second {
			t.Errorf("100 readers took %v, want a second", took)
		}
	})
}
