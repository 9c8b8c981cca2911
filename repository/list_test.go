package repository_test

import (
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/neuroglia-go/neuroglia/fault"
	"github.com/neuroglia-go/neuroglia/repository"
)

func TestListNamesTheFieldAtFault(t *testing.T) {
	t.Parallel()
	encoded := base64.RawURLEncoding.EncodeToString
	for name, tt := range map[string]struct {
		query       repository.Query
		field, text string
	}{
		"negative limit": {repository.Query{Limit: -1}, "limit", "limit: must be between 1 and 500"},
		"limit too high": {repository.Query{Limit: 501}, "limit", "limit: must be between 1 and 500"},
		"no base64":      {repository.Query{Cursor: "!"}, "cursor", "cursor: is not one that a list returned"},
		"no JSON":        {repository.Query{Cursor: encoded([]byte("x"))}, "cursor", "cursor: is not one that a list returned"},
		"null":           {repository.Query{Cursor: encoded([]byte("null"))}, "cursor", "cursor: is not one that a list returned"},
		"one part":       {repository.Query{Cursor: encoded([]byte(`["a"]`))}, "cursor", "cursor: is not one that a list returned"},
		"no time":        {repository.Query{Cursor: encoded([]byte(`["a","b"]`))}, "cursor", "cursor: is not one that a list returned"},
		"empty identity": {repository.Query{Cursor: encoded([]byte(`["2026-01-01T00:00:00Z",""]`))}, "cursor", "cursor: is not one that a list returned"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := setup(t)
			page, err := f.List(t.Context(), tt.query)
			var refusal *fault.Error
			if !errors.As(err, &refusal) || refusal.Kind != fault.Invalid || refusal.Field != tt.field || err.Error() != tt.text {
				t.Errorf("List = %v, want %q, invalid at %s", err, tt.text, tt.field)
			}
			if page.Items != nil || page.Next != "" || len(f.store.filters) != 0 {
				t.Errorf("List = %+v and asked the store %d times, want nothing", page, len(f.store.filters))
			}
		})
	}
}

func TestListAsksTheStoreForOneMoreThanItReturns(t *testing.T) {
	t.Parallel()
	f := setup(t)
	where := map[string]string{"owner": ""}
	for _, limit := range []int{0, 1, repository.MaxLimit} {
		if _, err := f.List(t.Context(), repository.Query{Limit: limit, Where: where}); err != nil {
			t.Errorf("List: %v", err)
		}
	}
	for i, want := range []int{repository.DefaultLimit + 1, 2, repository.MaxLimit + 1} {
		if got := f.store.filters[i]; got.Limit != want || len(got.Where) != 0 {
			t.Errorf("filter = %+v, want limit %d and no condition", got, want)
		}
	}
	if !maps.Equal(where, map[string]string{"owner": ""}) {
		t.Errorf("the caller's conditions were changed to %v", where)
	}
}

func TestAllReturnsEveryAggregateOfEveryPage(t *testing.T) {
	t.Parallel()
	f := setup(t)
	want := []string{"a"}
	for i := range 2 * repository.MaxLimit {
		want = append(want, fmt.Sprintf("%04d", 9999-i))
		if err := f.Add(t.Context(), newAccount(want[i+1])); err != nil {
			t.Fatalf("Add: %v", err)
		}
	}
	var got []string
	for a, err := range f.All(t.Context(), map[string]string{"owner": "ann"}) {
		if err != nil {
			t.Fatalf("All: %v", err)
		}
		got = append(got, a.ID())
	}
	if !slices.Equal(got, want) {
		t.Errorf("All returned %d aggregates, want %d in order", len(got), len(want))
	}
	if pages := len(f.store.filters); pages != 3 {
		t.Errorf("All read %d pages, want 3", pages)
	}
	f.store.filters = nil
	for range f.All(t.Context(), nil) {
		break
	}
	if pages := len(f.store.filters); pages != 1 {
		t.Errorf("All read %d pages for one aggregate, want 1", pages)
	}
}

func TestAllEndsWithTheFirstError(t *testing.T) {
	t.Parallel()
	f := setup(t)
	f.store.read = errors.New("disk on fire")
	var errs []error
	for a, err := range f.All(t.Context(), nil) {
		if a != nil {
			t.Errorf("All returned %v with its error", a)
		}
		errs = append(errs, err)
	}
	if len(errs) != 1 || !errors.Is(errs[0], f.store.read) || errs[0].Error() != "list account: disk on fire" {
		t.Errorf("All = %v, want the store's error once", errs)
	}
}

// Any text a caller sends as a cursor is a cursor that works or a refusal that names it.
func FuzzCursor(f *testing.F) {
	f.Add("")
	f.Add("WyIyMDI2LTAxLTAxVDAwOjAwOjAwWiIsImEiXQ")
	f.Add(base64.RawURLEncoding.EncodeToString([]byte(`["9999-12-31T23:59:59.999999999Z","\u0000"]`)))
	f.Fuzz(func(t *testing.T, cursor string) {
		s := setup(t)
		_, err := s.List(t.Context(), repository.Query{Cursor: cursor})
		var refusal *fault.Error
		if err != nil && (!errors.As(err, &refusal) || refusal.Kind != fault.Invalid || refusal.Field != "cursor") {
			t.Errorf("List with cursor %q = %v, want a refusal at cursor", cursor, err)
		}
	})
}
