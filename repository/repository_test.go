package repository_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/neuroglia-go/neuroglia/aggregate"
	"github.com/neuroglia-go/neuroglia/fault"
	"github.com/neuroglia-go/neuroglia/repository"
)

func TestErrorsSayWhatWasAttempted(t *testing.T) {
	t.Parallel()
	f := setup(t)
	ctx := t.Context()
	get := func(id string) error { _, err := f.Get(ctx, id); return err }
	contains := func(id string) error { _, err := f.Contains(ctx, id); return err }
	count := func() error { _, err := f.Count(ctx, "owner"); return err }
	expect := func(err error, text string, kind fault.Kind) {
		t.Helper()
		if err == nil || err.Error() != text || fault.KindOf(err) != kind {
			t.Errorf("error = %v of kind %v, want %q of kind %v", err, fault.KindOf(err), text, kind)
		}
	}
	expect(get("b"), `account "b" not found`, fault.NotFound)
	expect(f.Update(ctx, "b", deposit(1)), `account "b" not found`, fault.NotFound)
	expect(f.Remove(ctx, "b", nil), `account "b" not found`, fault.NotFound)
	expect(f.Add(ctx, newAccount("a")), `account "a" exists already`, fault.Conflict)
	expect(f.Add(ctx, newAccount("")),
		"add account: the aggregate has no identity: make its root with aggregate.NewRoot", fault.Unexpected)

	f.store.read = fault.New(fault.Unavailable, "no connection")
	f.store.save = func(int) error { return f.store.read }
	expect(get("a"), `get account "a": no connection`, fault.Unavailable)
	expect(contains("a"), `look for account "a": no connection`, fault.Unavailable)
	expect(count(), `count account by owner: no connection`, fault.Unavailable)
	expect(f.Add(ctx, newAccount("b")), `add account "b": no connection`, fault.Unavailable)
	expect(f.Update(ctx, "a", deposit(1)), `get account "a": no connection`, fault.Unavailable)
	expect(f.Remove(ctx, "a", nil), `remove account "a": no connection`, fault.Unavailable)
}

func TestExpectedErrorsAreFoundInWhatStoresWrap(t *testing.T) {
	t.Parallel()
	f := setup(t)
	f.store.read = errors.Join(errors.New("secret detail"), repository.ErrNotFound)
	_, err := f.Get(t.Context(), "a")
	if !errors.Is(err, repository.ErrNotFound) || strings.Contains(err.Error(), "secret") {
		t.Errorf("Get = %v, want ErrNotFound in words for the caller", err)
	}
}

func TestAStoredAggregateHasTheVersionOfTheStore(t *testing.T) {
	t.Parallel()
	f := setup(t)
	b := newAccount("b")
	if err := f.Add(t.Context(), b); err != nil {
		t.Fatalf("Add: %v", err)
	}
	if b.Version() != 1 || len(aggregate.Pending(b, "account")) != 0 {
		t.Errorf("version %d with pending events %v, want 1 and none", b.Version(), aggregate.Pending(b, "account"))
	}
	var changed *account
	if err := f.Update(t.Context(), "b", func(a *account) error { changed = a; return a.deposit(1) }); err != nil {
		t.Fatalf("Update: %v", err)
	}
	got, err := f.Get(t.Context(), "b")
	if err != nil || got.Version() != 2 || changed.Version() != 2 || got.ID() != "b" || got == changed {
		t.Errorf("Get = version %d, %v, want 2, as the changed one has: %d", got.Version(), err, changed.Version())
	}
}

func TestAnAggregateThatWasNotStoredKeepsItsEvents(t *testing.T) {
	t.Parallel()
	f := setup(t)
	b := newAccount("b")
	if err := b.deposit(1); err != nil {
		t.Fatal(err)
	}
	f.store.save = func(save int) error {
		if save == 1 {
			return errors.New("disk on fire")
		}
		return nil
	}
	if err := f.Add(t.Context(), b); err == nil || b.Version() != 0 {
		t.Errorf("Add = %v at version %d, want an error at version 0", err, b.Version())
	}
	if err := f.Add(t.Context(), b); err != nil || len(f.dispatcher.events) != 1 {
		t.Errorf("second Add = %v with %d events, want its one event", err, len(f.dispatcher.events))
	}
}
