package repository_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/neuroglia-go/neuroglia/fault"
	"github.com/neuroglia-go/neuroglia/repository"
)

func TestUpdateTriesAgainWithWhatOthersSaved(t *testing.T) {
	t.Parallel()
	f := setup(t)
	f.store.save = func(save int) error {
		if save > 2 {
			return nil
		}
		return f.store.Store.Save(t.Context(), repository.Change[account]{
			Op: repository.Update, ID: "a", Expected: int64(save), State: &account{balance: 100 * save},
		})
	}
	var seen []int
	err := f.Update(t.Context(), "a", func(a *account) error {
		seen = append(seen, a.balance)
		return a.deposit(1)
	})
	if err != nil {
		t.Fatalf("Update: %v", err)
	}
	if len(seen) != 3 || seen[0] != 0 || seen[1] != 100 || seen[2] != 200 {
		t.Errorf("mutate saw balances %v, want 0, 100, 200", seen)
	}
	if got := f.balance(t); got != 201 {
		t.Errorf("balance = %d, want 201", got)
	}
	if got := f.dispatcher.events; len(got) != 1 || got[0].Version != 4 {
		t.Errorf("dispatched %+v, want the event of the attempt that was saved, at version 4", got)
	}
}

func TestUpdateGivesUpAfterItsAttempts(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		opts []repository.Option
		want int
	}{
		"default":       {nil, 20},
		"two":           {[]repository.Option{repository.WithAttempts(2)}, 2},
		"less than one": {[]repository.Option{repository.WithAttempts(-1)}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := setup(t, tt.opts...)
			f.store.save = func(int) error { return repository.ErrVersion }
			err := f.Update(t.Context(), "a", deposit(1))
			if !errors.Is(err, repository.ErrVersion) || fault.KindOf(err) != fault.Conflict {
				t.Errorf("Update = %v, want ErrVersion of kind conflict", err)
			}
			if got, want := err.Error(), `account "a" was changed by somebody else`; got != want {
				t.Errorf("Update = %q, want %q", got, want)
			}
			if f.store.saves != tt.want {
				t.Errorf("%d attempts, want %d", f.store.saves, tt.want)
			}
			if len(f.dispatcher.events) != 0 {
				t.Errorf("dispatched %+v, want nothing", f.dispatcher.events)
			}
		})
	}
}

func TestUpdateTriesOnlyConflictsAgain(t *testing.T) {
	t.Parallel()
	f := setup(t)
	broken := errors.New("disk on fire")
	f.store.save = func(int) error { return broken }
	err := f.Update(t.Context(), "a", deposit(1))
	if !errors.Is(err, broken) || err.Error() != `update account "a": disk on fire` {
		t.Errorf("Update = %v, want the store's error and what was attempted", err)
	}
	if f.store.saves != 1 || len(f.dispatcher.events) != 0 {
		t.Errorf("%d saves and %d events, want 1 and 0", f.store.saves, len(f.dispatcher.events))
	}
}

func TestUpdateReturnsWhatMutateReturnsAndSavesNothing(t *testing.T) {
	t.Parallel()
	f := setup(t)
	err := f.Update(t.Context(), "a", deposit(-1))
	if err != errNotPositive { //nolint:errorlint // the very error, not wrapped
		t.Errorf("Update = %v, want %v as it is", err, errNotPositive)
	}
	if f.store.saves != 0 || f.balance(t) != 0 || len(f.dispatcher.events) != 0 {
		t.Errorf("%d saves, %d events, want none", f.store.saves, len(f.dispatcher.events))
	}
}

func TestUpdateEndsWithItsContextBetweenAttempts(t *testing.T) {
	t.Parallel()
	f := setup(t, repository.WithAttempts(1_000_000))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	f.store.save = func(save int) error {
		if save == 3 {
			cancel()
		}
		return repository.ErrVersion
	}
	err := f.Update(ctx, "a", deposit(1))
	if !errors.Is(err, context.Canceled) || fault.KindOf(err) != fault.Canceled {
		t.Errorf("Update = %v, want kind canceled", err)
	}
	if f.store.saves != 3 {
		t.Errorf("%d attempts, want 3", f.store.saves)
	}
}

func TestUpdateDoesNotRepeatWhatMutateRefuses(t *testing.T) {
	t.Parallel()
	f, calls := setup(t), 0
	err := f.Update(t.Context(), "a", func(*account) error {
		calls++
		return fmt.Errorf("another aggregate: %w", repository.ErrVersion)
	})
	if !errors.Is(err, repository.ErrVersion) || calls != 1 {
		t.Errorf("Update() = %v after %d calls, want mutate's error after one", err, calls)
	}
}
