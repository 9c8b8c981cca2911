package sqlrepo_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/neuroglia-go/neuroglia/outbox/outboxtest"
	"github.com/neuroglia-go/neuroglia/repository"
	"github.com/neuroglia-go/neuroglia/repository/repositorytest"
	"github.com/neuroglia-go/neuroglia/repository/sqlrepo"
	"github.com/neuroglia-go/neuroglia/repository/sqlrepo/postgrestest"
)

// databases returns functions that make an empty database each, and return its URL.
func databases() map[string]func(testing.TB) string {
	return map[string]func(testing.TB) string{
		"SQLite":           inFile,
		"SQLite in memory": func(testing.TB) string { return "sqlite::memory:" },
		"PostgreSQL":       postgrestest.URL,
	}
}

// shared are those of databases that several processes may open.
func shared() map[string]func(testing.TB) string {
	all := databases()
	delete(all, "SQLite in memory")
	return all
}

func inFile(tb testing.TB) string {
	tb.Helper()
	return "sqlite:" + filepath.Join(tb.TempDir(), "test.db")
}

func TestStoreConforms(t *testing.T) {
	t.Parallel()
	for name, url := range databases() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			repositorytest.Run(t, repositorytest.Harness{
				Open: func(t *testing.T, schema repository.Schema[ticket]) repository.Store[ticket] {
					t.Helper()
					return newStore(t, open(t, url(t)), schema)
				},
			})
		})
	}
}

func TestOutboxConforms(t *testing.T) {
	t.Parallel()
	for name, url := range shared() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			harness := outboxtest.Harness{
				Open: func(t *testing.T, lease time.Duration) func(*testing.T) outboxtest.Process {
					t.Helper()
					url := url(t)
					return func(t *testing.T) outboxtest.Process {
						t.Helper()
						return process(t, open(t, url, sqlrepo.WithLease(lease)))
					}
				},
			}
			if name == "PostgreSQL" {
				harness.Unreachable = func(t *testing.T) outboxtest.Process {
					t.Helper()
					server := postgrestest.Start(t)
					process := process(t, open(t, server.URL()))
					server.Stop(t)
					return process
				}
			} else {
				harness.Exceptions = map[outboxtest.Promise]string{outboxtest.Wakes: "SQLite cannot tell other processes"}
			}
			outboxtest.Run(t, harness)
		})
	}
}

func process(tb testing.TB, db *sqlrepo.DB) outboxtest.Process {
	tb.Helper()
	return outboxtest.Process{
		Tickets: newStore(tb, db, repositorytest.Schema()), Tallies: newStore(tb, db, outboxtest.Schema()), Log: db.Outbox(),
	}
}

func open(tb testing.TB, url string, opts ...sqlrepo.Option) *sqlrepo.DB {
	tb.Helper()
	db, err := sqlrepo.Open(tb.Context(), url, opts...)
	if err != nil {
		tb.Fatalf("Open(%s): %v", url, err)
	}
	sqlrepo.CloseIdle(db)
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
