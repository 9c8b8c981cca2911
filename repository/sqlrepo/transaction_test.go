package sqlrepo_test

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/neuroglia-go/neuroglia/fault"
	"github.com/neuroglia-go/neuroglia/repository"
	"github.com/neuroglia-go/neuroglia/repository/repositorytest"
	"github.com/neuroglia-go/neuroglia/repository/sqlrepo"
)

func TestAMessageHasItsEffectOnceThoughManyHandleIt(t *testing.T) {
	t.Parallel()
	for name, url := range databases() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := open(t, url(t))
			sqlrepo.Exec(t, db, `CREATE TABLE balances (id TEXT PRIMARY KEY, amount BIGINT NOT NULL)`)
			sqlrepo.Exec(t, db, `INSERT INTO balances VALUES ('ann', 0)`)
			failed := errors.New("no")
			pay := func(key string, end error) error {
				return db.Transact(t.Context(), func(ctx context.Context, tx *sql.Tx) error {
					first, err := sqlrepo.Once(ctx, tx, key)
					if err != nil || !first {
						return err
					}
					if _, err := tx.ExecContext(ctx, `UPDATE balances SET amount = amount + 1`); err != nil {
						return err
					}
					return end
				})
			}
			if err := pay("m1", failed); !errors.Is(err, failed) {
				t.Errorf("Transact = %v, want the error of what it runs", err)
			}
			var handlers sync.WaitGroup
			for range 8 {
				handlers.Go(func() {
					if err := pay("m1", nil); err != nil {
						t.Errorf("Transact: %v", err)
					}
				})
			}
			handlers.Wait()
			if got := sqlrepo.Query[int](t, db, `SELECT amount FROM balances`); got != 1 {
				t.Errorf("it was paid %d times, want once", got)
			}
		})
	}
}

func TestAPanicRollsBack(t *testing.T) {
	t.Parallel()
	for name, url := range databases() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := open(t, url(t)) // checks the connections at the end
			func() {
				defer func() { _ = recover() }()
				_ = db.Transact(t.Context(), func(ctx context.Context, tx *sql.Tx) error {
					if _, err := sqlrepo.Once(ctx, tx, "key"); err != nil {
						t.Error(err)
					}
					panic("on fire")
				})
			}()
			if n := sqlrepo.Query[int](t, db, `SELECT count(*) FROM neuroglia_inbox`); n != 0 {
				t.Errorf("%d keys are recorded, want none", n)
			}
		})
	}
}

func TestAChangeOfAStoreWithinATransactionIsRefused(t *testing.T) {
	t.Parallel()
	for name, url := range databases() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := open(t, url(t))
			store := newStore(t, db, repositorytest.Schema())
			err := db.Transact(t.Context(), func(ctx context.Context, _ *sql.Tx) error {
				return store.Save(ctx, addition("a"))
			})
			if err == nil || !strings.Contains(err.Error(), "before or after Transact") {
				t.Errorf("Save within Transact = %v, want an error that says where to", err)
			}
		})
	}
}

func TestWhatPostgresCannotKeepIsInvalid(t *testing.T) {
	t.Parallel()
	store := newStore(t, open(t, shared()["PostgreSQL"](t)), repositorytest.Schema())
	add := func(id, owner string) error {
		return store.Save(t.Context(), repository.Change[ticket]{
			Op: repository.Add, ID: id, State: repositorytest.NewTicket(id, owner),
		})
	}
	var long strings.Builder
	for range 1000 {
		long.WriteString(rand.Text()) // nothing that can be compressed
	}
	_, getErr := store.Get(t.Context(), "a\x00b")
	_, listErr := store.List(t.Context(), repository.Filter{Where: map[string]string{"owner": "\xff"}, Limit: 1})
	for what, err := range map[string]error{
		"NUL in an identity": add("a\x00b", ""), "NUL in a document": add("a", "a\x00b"), "no UTF-8": add("\xff", ""),
		"NUL in an identity that is read": getErr, "no UTF-8 in a list": listErr,
		"a field that is too long for its index": add("b", long.String()),
	} {
		if fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s = %v of kind %v, want kind invalid", what, err, fault.KindOf(err))
		}
	}
}
