package sqlrepo_test

import (
	"crypto/rand"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/neuroglia-go/neuroglia/repository"
	"github.com/neuroglia-go/neuroglia/repository/repositorytest"
	"github.com/neuroglia-go/neuroglia/repository/sqlrepo"
)

func TestStoreConforms(t *testing.T) {
	t.Parallel()
	for name, path := range map[string]string{
		"in a file": filepath.Join(t.TempDir(), "%s.db"), "in memory": ":memory:",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			repositorytest.Run(t, repositorytest.Harness{
				Open: func(t *testing.T, schema repository.Schema[ticket]) repository.Store[ticket] {
					t.Helper()
					return newStore(t, open(t, "sqlite:"+strings.ReplaceAll(path, "%s", rand.Text())), schema)
				},
			})
		})
	}
}

func open(tb testing.TB, url string, opts ...sqlrepo.Option) *sqlrepo.DB {
	tb.Helper()
	db, err := sqlrepo.Open(tb.Context(), url, opts...)
	if err != nil {
		tb.Fatalf("Open(%s): %v", url, err)
	}
	tb.Cleanup(func() {
		// A transaction whose context has ended is rolled back in the background.
		tick := time.NewTicker(time.Millisecond)
		defer tick.Stop()
		for deadline := time.Now().Add(10 * time.Second); sqlrepo.InUse(db) != 0; <-tick.C {
			if time.Now().After(deadline) {
				tb.Errorf("%d connections are still in use", sqlrepo.InUse(db))
				break
			}
		}
		if err := db.Close(); err != nil {
			tb.Errorf("Close: %v", err)
		}
	})
	return db
}

func newStore[A any](tb testing.TB, db *sqlrepo.DB, schema repository.Schema[A]) *sqlrepo.Store[A] {
	tb.Helper()
	store, err := sqlrepo.New(tb.Context(), db, schema)
	if err != nil {
		tb.Fatalf("New: %v", err)
	}
	return store
}
