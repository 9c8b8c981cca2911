package sqlrepo_test

import (
	"context"
	"database/sql"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/neuroglia-go/neuroglia/fault"
	"github.com/neuroglia-go/neuroglia/repository/repositorytest"
	"github.com/neuroglia-go/neuroglia/repository/sqlrepo"
)

// slow is a change that takes its time, of the clock that tests have.
func slow(ctx context.Context, db *sqlrepo.DB, d time.Duration) func() error {
	return func() error {
		return sqlrepo.Change(ctx, db, func(context.Context, *sql.Tx) error { time.Sleep(d); return nil })
	}
}

func TestAGroupGoesOnWithoutWhoBeganIt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		db := open(t, "sqlite:"+filepath.Join(t.TempDir(), "test.db"))
		store := newStore(t, db, repositorytest.Schema())
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		got := gather(t, db, func() {}, slow(ctx, db, 10*time.Second), saving(t.Context(), store, addition("a")))
		if fault.KindOf(got[0]) != fault.Timeout {
			t.Errorf("who left = %v, want kind timeout", got[0])
		}
		if got[1] != nil {
			t.Errorf("who stayed = %v", got[1])
		}
		if found, err := store.Contains(t.Context(), "a"); err != nil || !found {
			t.Errorf("Contains = %v, %v, want true", found, err)
		}
	})
}

func TestAGroupThatTakesTooLongIsUnavailable(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		db := open(t, "sqlite:"+filepath.Join(t.TempDir(), "test.db"))
		store := newStore(t, db, repositorytest.Schema())
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		for i, err := range gather(t, db, func() {},
			saving(t.Context(), store, addition("a")),
			slow(t.Context(), db, time.Hour),
			saving(t.Context(), store, addition("a")),
			saving(ctx, store, addition("b")),
		) {
			want := fault.Unavailable
			if i == 3 {
				want = fault.Timeout
			}
			if fault.KindOf(err) != want {
				t.Errorf("change %d = %v, want kind %v", i, err, want)
			}
		}
		if err := store.Save(t.Context(), addition("a")); err != nil {
			t.Errorf("Save afterwards: %v", err)
		}
	})
}

func TestAPanicIsThatOfItsCallerAndTheOthersMayTryAgain(t *testing.T) {
	t.Parallel()
	db := open(t, "sqlite:"+filepath.Join(t.TempDir(), "test.db"))
	store := newStore(t, db, repositorytest.Schema())
	var panicked any
	got := gather(t, db, func() {},
		saving(t.Context(), store, addition("a")),
		func() error {
			defer func() { panicked = recover() }()
			return sqlrepo.Change(t.Context(), db, func(context.Context, *sql.Tx) error { panic(errors.New("on fire")) })
		},
		saving(t.Context(), store, addition("b")),
	)
	err, _ := panicked.(error)
	if err == nil || !strings.Contains(err.Error(), "on fire") || !strings.Contains(err.Error(), "group_end_test.go") {
		t.Errorf("panic = %v, want the value and where it came from", panicked)
	}
	for _, i := range []int{0, 2} {
		if fault.KindOf(got[i]) != fault.Unavailable {
			t.Errorf("change %d = %v, want kind unavailable", i, got[i])
		}
	}
	for _, id := range []string{"a", "b"} {
		if err := store.Save(t.Context(), addition(id)); err != nil {
			t.Errorf("Save(%q) afterwards: %v", id, err)
		}
	}
}
