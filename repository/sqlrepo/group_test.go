package sqlrepo_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/neuroglia-go/neuroglia/fault"
	"github.com/neuroglia-go/neuroglia/observability/observabilitytest"
	"github.com/neuroglia-go/neuroglia/repository"
	"github.com/neuroglia-go/neuroglia/repository/repositorytest"
	"github.com/neuroglia-go/neuroglia/repository/sqlrepo"
)

// gather has changes made in one transaction, in order, and returns what came of each. While they wait, meanwhile runs.
func gather(t *testing.T, db *sqlrepo.DB, meanwhile func(), changes ...func() error) []error {
	t.Helper()
	release := sqlrepo.Hold(db)
	results := make([]chan error, len(changes))
	for i, change := range changes {
		results[i] = make(chan error, 1)
		go func() { results[i] <- change() }()
		eventually(t, "the change waits", func() bool { return sqlrepo.Waiting(db) == i+1 })
	}
	meanwhile()
	release()
	errs := make([]error, len(changes))
	for i, result := range results {
		errs[i] = <-result
	}
	return errs
}

func saving(ctx context.Context, store *sqlrepo.Store[ticket], c repository.Change[ticket]) func() error {
	return func() error { return store.Save(ctx, c) }
}

func TestChangesThatWaitShareATransactionAndFailByThemselves(t *testing.T) {
	t.Parallel()
	recorder := observabilitytest.New(t)
	db := open(t, "sqlite:"+filepath.Join(t.TempDir(), "test.db"), sqlrepo.WithTelemetry(recorder.Providers()))
	store := newStore(t, db, repositorytest.Schema())
	if err := store.Save(t.Context(), addition("there")); err != nil {
		t.Fatalf("Save: %v", err)
	}
	rewrite := addition("there")
	rewrite.Op, rewrite.Expected = repository.Update, 1
	stale := rewrite
	stale.Once = "stale" // a key that is recorded before the version is found to be wrong
	strange := addition("strange")
	strange.Events = append(strange.Events, raised("strange"), raised("another"))
	ctx, leave := context.WithCancel(t.Context())

	got := gather(t, db, func() {
		leave()
		eventually(t, "who left does not wait", func() bool { return sqlrepo.Waiting(db) == 6 })
	},
		saving(t.Context(), store, addition("a")),
		saving(t.Context(), store, addition("a")),
		saving(t.Context(), store, rewrite),
		saving(t.Context(), store, stale),
		saving(t.Context(), store, strange),
		saving(ctx, store, addition("b")),
		saving(t.Context(), store, addition("c")),
	)
	for i, want := range []error{nil, repository.ErrExists, nil, repository.ErrVersion, nil, context.Canceled, nil} {
		if i != 4 && !errors.Is(got[i], want) {
			t.Errorf("change %d = %v, want %v", i, got[i], want)
		}
	}
	if got[4] == nil || !strings.Contains(got[4].Error(), "another aggregate") {
		t.Errorf("events of two aggregates = %v, want an error", got[4])
	}
	if ids := sqlrepo.Query[string](t, db, `SELECT group_concat(id, ' ' ORDER BY id) FROM tickets`); ids != "a c there" {
		t.Errorf("stored = %s", ids)
	}
	if n := sqlrepo.Query[int](t, db, `SELECT (SELECT count(*) FROM neuroglia_inbox) + (SELECT count(*) FROM neuroglia_outbox)`); n != 0 {
		t.Errorf("%d keys and events of refused changes are stored", n)
	}
	// One transaction each has made the framework's tables, this table and the first row.
	if metrics := recorder.Metrics("db.client.operation."); !strings.Contains(metrics, "{db.operation.name=COMMIT db.system.name=sqlite} count=4") {
		t.Errorf("there was not one more commit:\n%s", metrics)
	}
}

func TestAllFailWhoseTransactionCannotBeCommitted(t *testing.T) {
	t.Parallel()
	db := open(t, "sqlite:"+filepath.Join(t.TempDir(), "test.db"))
	store := newStore(t, db, repositorytest.Schema())
	// The foreign key is looked at when the transaction is committed.
	sqlrepo.Exec(t, db, `CREATE TABLE children (parent TEXT REFERENCES tickets (id) DEFERRABLE INITIALLY DEFERRED)`)
	sqlrepo.Exec(t, db, `CREATE TRIGGER bad AFTER INSERT ON tickets WHEN new.id = 'bad' BEGIN INSERT INTO children VALUES ('none'); END`)
	for i, err := range gather(t, db, func() {},
		saving(t.Context(), store, addition("a")),
		saving(t.Context(), store, addition("bad")),
		saving(t.Context(), store, addition("a")),
	) {
		if err == nil || !strings.Contains(err.Error(), "FOREIGN KEY") {
			t.Errorf("change %d = %v, want the error of the commit", i, err)
		}
	}
	if err := store.Save(t.Context(), addition("a")); err != nil {
		t.Errorf("Save afterwards: %v", err)
	}
}

// The statement that finds the disk full ends the transaction, which others' changes were in.
func TestNoneIsAcknowledgedWhoseTransactionEnded(t *testing.T) {
	t.Parallel()
	db := open(t, "sqlite:"+filepath.Join(t.TempDir(), "test.db"))
	store := newStore(t, db, repositorytest.Schema())
	pages := sqlrepo.Query[int](t, db, `PRAGMA page_count`)
	sqlrepo.Exec(t, db, fmt.Sprintf(`PRAGMA max_page_count = %d`, pages+2))
	var changes []func() error
	for i := range 90 {
		changes = append(changes, saving(t.Context(), store, addition(strings.Repeat("x", 100)+fmt.Sprint(i))))
	}
	acknowledged := int64(0)
	for i, err := range gather(t, db, func() {}, changes...) {
		if err == nil {
			acknowledged++
		} else if fault.KindOf(err) != fault.Unavailable {
			t.Errorf("change %d = %v, want kind unavailable", i, err)
		}
	}
	if acknowledged == 90 {
		t.Error("the disk was not full")
	}
	if counts, err := store.Count(t.Context(), "owner"); err != nil || counts["ann"] != acknowledged {
		t.Errorf("stored = %v, %v, want the %d that were acknowledged", counts, err, acknowledged)
	}
	if got := sqlrepo.Integrity(t, db); got != "ok" {
		t.Errorf("integrity check: %s", got)
	}
}

// Those of the first group make those of the second leave.
func TestWhoLeavesAGroupKnowsWhetherItsChangeWasMade(t *testing.T) {
	t.Parallel()
	db := open(t, "sqlite:"+filepath.Join(t.TempDir(), "test.db"))
	store := newStore(t, db, repositorytest.Schema())
	const half = 100 // which make a group
	var leave []context.CancelFunc
	var changes []func() error
	for i := range 2 * half {
		ctx, cancel := context.WithCancel(t.Context())
		leave = append(leave, cancel)
		changes = append(changes, func() error {
			defer leave[(i+half)%len(leave)]()
			return store.Save(ctx, addition(fmt.Sprint(i)))
		})
	}
	errs := gather(t, db, func() {}, changes...)
	made := 0
	for i, err := range errs {
		found, getErr := store.Contains(t.Context(), fmt.Sprint(i))
		if getErr != nil || found != (err == nil) || err != nil && fault.KindOf(err) != fault.Canceled {
			t.Errorf("Save = %v, but Contains = %v, %v", err, found, getErr)
		}
		if found {
			made++
		}
	}
	t.Logf("%d of %d were made", made, len(errs))
}
