package repository_test

import (
	"errors"
	"testing"

	"github.com/neuroglia-go/neuroglia/repository"
)

func TestRemoveLetsTheAggregateRaiseItsLastEvents(t *testing.T) {
	t.Parallel()
	f := setup(t)
	before := len(f.dispatcher.events)
	if err := f.Remove(t.Context(), "a", deposit(1)); err != nil {
		t.Fatalf("Remove: %v", err)
	}
	if got := len(f.dispatcher.events) - before; got != 1 {
		t.Errorf("%d events dispatched, want the last one", got)
	}
	if _, err := f.Get(t.Context(), "a"); !errors.Is(err, repository.ErrNotFound) {
		t.Errorf("Get after Remove = %v, want ErrNotFound", err)
	}
	if err := f.Remove(t.Context(), "a", deposit(1)); !errors.Is(err, repository.ErrNotFound) {
		t.Errorf("second Remove = %v, want ErrNotFound", err)
	}
}

func TestRemoveMayBeRefused(t *testing.T) {
	t.Parallel()
	f, refusal := setup(t), errors.New("there is money in it")
	if err := f.Remove(t.Context(), "a", func(*account) error { return refusal }); !errors.Is(err, refusal) {
		t.Errorf("Remove = %v, want %v", err, refusal)
	}
	if found, err := f.Contains(t.Context(), "a"); err != nil || !found {
		t.Errorf("Contains = %v, %v, want it to be there still", found, err)
	}
}

func TestRemoveSeesWhatOthersHaveSavedMeanwhile(t *testing.T) {
	t.Parallel()
	f, seen := setup(t), 0
	err := f.Remove(t.Context(), "a", func(*account) error {
		if seen++; seen == 1 {
			return f.Update(t.Context(), "a", deposit(5))
		}
		return nil
	})
	if err != nil || seen != 2 {
		t.Errorf("Remove = %v after %d calls, want success after two", err, seen)
	}
}
