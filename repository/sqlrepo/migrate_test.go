package sqlrepo_test

import (
	"sync"
	"testing"

	"github.com/neuroglia-go/neuroglia/repository/repositorytest"
	"github.com/neuroglia-go/neuroglia/repository/sqlrepo"
)

func TestADatabaseOfANewerProgramIsRefused(t *testing.T) {
	t.Parallel()
	for name, url := range shared() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url := url(t)
			sqlrepo.Exec(t, open(t, url), `INSERT INTO neuroglia_migrations VALUES (3, '0003_later.sql', 0)`)
			wantRefused(t, url, "the database has version 3 and this program knows versions up to 2: use the program that "+
				"wrote it, or a newer one")
		})
	}
}

func TestManyMayOpenANewDatabaseAtOnce(t *testing.T) {
	t.Parallel()
	for name, url := range shared() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			openAtOnce(t, url(t))
		})
	}
}

func openAtOnce(t *testing.T, url string) {
	t.Helper()
	var starters sync.WaitGroup
	for range 8 {
		starters.Go(func() {
			db, err := sqlrepo.Open(t.Context(), url)
			if err != nil {
				t.Errorf("Open: %v", err)
				return
			}
			defer db.Close()
			if _, err := sqlrepo.New(t.Context(), db, repositorytest.Schema()); err != nil {
				t.Errorf("New: %v", err)
			}
		})
	}
	starters.Wait()
	if n := sqlrepo.Query[int](t, open(t, url), `SELECT count(*) FROM neuroglia_migrations`); n != 2 {
		t.Errorf("%d migrations were recorded, want 2", n)
	}
}
