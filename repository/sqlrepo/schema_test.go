package sqlrepo_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/neuroglia-go/neuroglia/repository"
	"github.com/neuroglia-go/neuroglia/repository/repositorytest"
	"github.com/neuroglia-go/neuroglia/repository/sqlrepo"
)

type ticket = repositorytest.Ticket

func TestNamesThatAreNoIdentifiersAreRefused(t *testing.T) {
	t.Parallel()
	db := open(t, "sqlite::memory:")
	field := func(name string) repository.Schema[ticket] {
		return repository.Schema[ticket]{Name: "tickets", Fields: map[string]func(*ticket) string{name: (*ticket).State}}
	}
	for want, schema := range map[string]repository.Schema[ticket]{
		`schema name "": use lower snake case, at most 28 characters`:              {},
		`schema name "Tickets": use`:                                               {Name: "Tickets"},
		`schema name "a-b": use`:                                                   {Name: "a-b"},
		`schema name "a__b": use`:                                                  {Name: "a__b"},
		`schema name "1a": use`:                                                    {Name: "1a"},
		`schema name "a\"; DROP TABLE x; --": use`:                                 {Name: `a"; DROP TABLE x; --`},
		`schema name "aaaaaaaaaaaaaaaaaaaaaaaaaaaaa": use`:                         {Name: strings.Repeat("a", 29)},
		`schema name "neuroglia_x": names that begin with neuroglia_ are reserved`: {Name: "neuroglia_x"},
		`schema name "sqlite_x": names that begin with sqlite_ are reserved`:       {Name: "sqlite_x"},
		`schema tickets: field "": use`:                                            field(""),
		`schema tickets: field "State": use`:                                       field("State"),
		`schema tickets: field "customer id": use`:                                 field("customer id"),
		`schema tickets: field "x" has no function`:                                {Name: "tickets", Fields: map[string]func(*ticket) string{"x": nil}},
	} {
		if _, err := sqlrepo.New(t.Context(), db, schema); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("New = %v, want %s", err, want)
		}
	}
}

func TestNamesMayBeWordsOfSQL(t *testing.T) {
	t.Parallel()
	for name, url := range databases() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			useWords(t, open(t, url(t)))
		})
	}
}

func useWords(t *testing.T, db *sqlrepo.DB) {
	t.Helper()
	for _, name := range []string{"order", "group", "select", "table", "index", "a_b", "a"} {
		store := newStore(t, db, repository.Schema[ticket]{
			Name: name, Fields: map[string]func(*ticket) string{
				"where": (*ticket).State, "id": (*ticket).State, "version": (*ticket).State, "b_c": (*ticket).State, "c": (*ticket).State,
			},
		})
		if err := store.Save(t.Context(), addition("a")); err != nil {
			t.Errorf("Save in %s: %v", name, err)
		}
		for _, field := range []string{"where", "id", "version", "b_c", "c"} {
			if counts, err := store.Count(t.Context(), field); err != nil || counts["open"] != 1 {
				t.Errorf("Count by %s in %s = %v, %v, want open: 1", field, name, counts, err)
			}
		}
	}
}

func TestAFieldDeclaredLaterIsFilledIn(t *testing.T) {
	t.Parallel()
	for name, url := range shared() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			declareLater(t, url(t))
		})
	}
}

func declareLater(t *testing.T, url string) {
	t.Helper()
	state := (*ticket).State
	identity := func(t *ticket) string { return t.ID() }
	// Each step is a start of the program with other fields declared. It adds two hundred tickets.
	const each = 200
	for step, fields := range []map[string]func(*ticket) string{
		nil,
		{"state": state},
		{"state": state, "identity": identity},
		{"identity": identity},
		{"state": state, "identity": identity},
		nil,
		{"state": state, "identity": identity},
	} {
		db, err := sqlrepo.Open(t.Context(), url)
		if err != nil {
			t.Fatalf("Open: %v", err)
		}
		store := newStore(t, db, repository.Schema[ticket]{Name: "tickets", Fields: fields})
		if _, ok := fields["state"]; ok {
			counts, err := store.Count(t.Context(), "state")
			if want := map[string]int64{"open": int64(step * each)}; err != nil || !maps.Equal(counts, want) {
				t.Errorf("step %d: Count(state) = %v, %v, want %v", step, counts, err, want)
			}
		}
		if _, ok := fields["identity"]; ok {
			filter := repository.Filter{Where: map[string]string{"identity": "0-7"}, Limit: 9}
			found, err := store.List(t.Context(), filter)
			if err != nil || len(found) != 1 || found[0].ID != "0-7" {
				t.Errorf("step %d: List by identity = %v, %v, want 0-7", step, found, err)
			}
		}
		for i := range each {
			if err := store.Save(t.Context(), addition(fmt.Sprintf("%d-%d", step, i))); err != nil {
				t.Fatalf("Save: %v", err)
			}
		}
		if err := db.Close(); err != nil {
			t.Fatalf("Close: %v", err)
		}
	}
}

func TestFieldsAreFilledInWhollyOrNotAtAll(t *testing.T) {
	t.Parallel()
	db := open(t, "sqlite::memory:")
	store := newStore(t, db, repository.Schema[ticket]{Name: "tickets"})
	for _, id := range []string{"a", "b"} {
		if err := store.Save(t.Context(), addition(id)); err != nil {
			t.Fatalf("Save: %v", err)
		}
	}
	sqlrepo.Exec(t, db, `UPDATE tickets SET document = 'broken' WHERE id = 'b'`)
	_, err := sqlrepo.New(t.Context(), db, repositorytest.Schema())
	if err == nil || !strings.Contains(err.Error(), `decode "b"`) {
		t.Errorf("New over a broken document = %v, want an error that names it", err)
	}
	sqlrepo.Exec(t, db, `DELETE FROM tickets WHERE id = 'b'`)
	repaired := newStore(t, db, repositorytest.Schema())
	if counts, err := repaired.Count(t.Context(), "owner"); err != nil || counts["ann"] != 1 {
		t.Errorf("Count = %v, %v, want ann: 1", counts, err)
	}
}

func TestListsAndCountsUseIndexes(t *testing.T) {
	t.Parallel()
	db := open(t, "sqlite::memory:")
	newStore(t, db, repositorytest.Schema())
	for query, want := range map[string]string{
		`SELECT id FROM tickets WHERE (created_at, id) > (1, 'a') ORDER BY created_at, id LIMIT 5`:                             "SEARCH tickets USING COVERING INDEX tickets___created ((created_at,id)>(?,?))",
		`SELECT document FROM tickets WHERE (created_at, id) > (1, 'a') AND field_state = 'x' ORDER BY created_at, id LIMIT 5`: "SEARCH tickets USING INDEX tickets__state (field_state=? AND (created_at,id)>(?,?))",
		`SELECT field_state, count(*) FROM tickets GROUP BY field_state`:                                                       "SCAN tickets USING COVERING INDEX tickets__state",
		`SELECT max(created_at) FROM tickets`:                                                                                  "SEARCH tickets USING COVERING INDEX tickets___created",
	} {
		if got := sqlrepo.Plan(t, db, query); got != want {
			t.Errorf("plan of %s = %q, want %q", query, got, want)
		}
	}
}
