package repositorytest

import (
	"slices"
	"strings"
	"testing"

	"github.com/neuroglia-go/neuroglia/repository"
)

// isolation: what a caller does with an aggregate changes nothing in the store.
func (s suite) isolation(t *testing.T) {
	t.Parallel()
	store := s.open(t)
	ticket := NewTicket("a", "ann")
	ticket.notes = []string{"one"}
	add(t, store, ticket)
	ticket.notes[0] = "changed after Add"
	ticket.owner = "eve"

	loaded := get(t, store, "a").State
	equal(t, "owner", loaded.owner, "ann")
	loaded.notes[0] = "changed after Get"
	listed := list(t, store, repository.Filter{Limit: 10})[0].State
	equal(t, "note", listed.notes[0], "one")
	listed.notes[0] = "changed after List"
	equal(t, "note", get(t, store, "a").State.notes[0], "one")
}

func (s suite) documents(t *testing.T) {
	t.Run("keep any text", func(t *testing.T) {
		t.Parallel()
		store := s.open(t)
		notes := []string{
			"", " ", "a'b\"c\\d", "\n\r\t", "{\"json\":true}",
			"\u00e4\u4e16\U0001f355", "<&>", "NULL", "%s?1$1:x@y",
		}
		ticket := NewTicket("a", "O'Hara; DROP TABLE tickets")
		ticket.notes = notes
		add(t, store, ticket)
		got := get(t, store, "a").State
		if !slices.Equal(got.notes, notes) {
			t.Errorf("notes = %q, want %q", got.notes, notes)
		}
		found := list(t, store, repository.Filter{Where: map[string]string{"owner": ticket.owner}, Limit: 1})
		equal(t, "found by owner", len(found), 1)
	})
	t.Run("keep large numbers", func(t *testing.T) {
		t.Parallel()
		store := s.open(t)
		ticket := NewTicket("a", "")
		ticket.count = 1<<63 - 1
		add(t, store, ticket)
		equal(t, "count", get(t, store, "a").State.count, ticket.count)
	})
	t.Run("may be large", func(t *testing.T) {
		t.Parallel()
		s.needs(t, LargeDocuments)
		store := s.open(t)
		ticket := NewTicket("a", "")
		ticket.notes = []string{strings.Repeat("0123456789abcdef", 1<<16)}
		add(t, store, ticket)
		if err := store.Save(t.Context(), update(ticket, 1)); err != nil {
			t.Fatalf("Update: %v", err)
		}
		if got := get(t, store, "a").State.notes; !slices.Equal(got, ticket.notes) {
			t.Errorf("a note of %d bytes was changed", len(ticket.notes[0]))
		}
	})
}

func (s suite) identities(t *testing.T) {
	for name, id := range map[string]string{
		"space": " a b ", "slash": "a/b/../c", "backslash": `a\b`, "quote": `a'b"c` + "`", "percent": "%41%", "newline": "a\nb",
		"accent": "\u00e9", "combining accent": "e\u0301", "emoji": "\U0001f355", "right to left": "\u05d0\u05d1",
		"SQL": `'; DROP TABLE tickets; --`, "wildcard": "%_*?", "number": "007", "null": "NULL",
		"200 characters": strings.Repeat("\u4e16", 200),
		"dots":           "..", "dollar": "$where.a", "JSON": `{"$gt":""}`, "upper case": "ABC", "lower case": "abc",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s.needs(t, AnyIdentity)
			store := s.open(t)
			add(t, store, NewTicket("other", ""))
			for _, near := range []string{id + " ", strings.TrimSpace(id) + "x", "x" + id} {
				add(t, store, NewTicket(near, "near"))
			}
			add(t, store, NewTicket(id, "exact"))
			equal(t, "owner", get(t, store, id).State.owner, "exact")
			found := list(t, store, repository.Filter{Where: map[string]string{"owner": "exact"}, Limit: 10})
			if got := identities(found); !slices.Equal(got, []string{id}) {
				t.Errorf("listed %q, want %q", got, id)
			}
			if err := store.Save(t.Context(), update(NewTicket(id, "changed"), 1)); err != nil {
				t.Errorf("Update(%q): %v", id, err)
			}
			if err := store.Save(t.Context(), repository.Change[Ticket]{Op: repository.Remove, ID: id}); err != nil {
				t.Errorf("Remove(%q): %v", id, err)
			}
			equal(t, "others left", len(list(t, store, repository.Filter{Limit: 10})), 4)
		})
	}
}
