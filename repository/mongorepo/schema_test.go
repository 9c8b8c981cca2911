package mongorepo_test

import (
	"strings"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/neuroglia-go/neuroglia/repository"
	"github.com/neuroglia-go/neuroglia/repository/mongorepo"
	"github.com/neuroglia-go/neuroglia/repository/repositorytest"
)

func TestNamesThatAreNoIdentifiersAreRefused(t *testing.T) {
	t.Parallel()
	db := open(t, server.URL())
	field := func(name string) repository.Schema[ticket] {
		return repository.Schema[ticket]{Name: "tickets", Fields: map[string]func(*ticket) string{name: (*ticket).State}}
	}
	for want, schema := range map[string]repository.Schema[ticket]{
		`schema name "": use lower snake case, at most 28 characters`:              {},
		`schema name "Tickets": use`:                                               {Name: "Tickets"},
		`schema name "system.js": use`:                                             {Name: "system.js"},
		`schema name "aaaaaaaaaaaaaaaaaaaaaaaaaaaaa": use`:                         {Name: strings.Repeat("a", 29)},
		`schema name "neuroglia_x": names that begin with neuroglia_ are reserved`: {Name: "neuroglia_x"},
		`schema tickets: field "a.b": use`:                                         field("a.b"),
		`schema tickets: field "x" has no function`:                                {Name: "tickets", Fields: map[string]func(*ticket) string{"x": nil}},
	} {
		if _, err := mongorepo.New(t.Context(), db, schema); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("New = %v, want %s", err, want)
		}
	}
}

func TestAFieldDeclaredLaterIsFilledIn(t *testing.T) {
	t.Parallel()
	url := server.URL()
	without := repository.Schema[ticket]{Name: "tickets"}
	first := newStore(t, open(t, url), without)
	for _, id := range []string{"a", "b"} {
		if err := first.Save(t.Context(), addition(id)); err != nil {
			t.Fatalf("Save: %v", err)
		}
	}
	with := repository.Schema[ticket]{Name: "tickets", Fields: map[string]func(*ticket) string{
		"state": (*ticket).State, "id": (*ticket).ID,
	}}
	second := newStore(t, open(t, url), with)
	if counts, err := second.Count(t.Context(), "id"); err != nil || counts["a"] != 1 || counts["b"] != 1 {
		t.Errorf("Count by a field declared later = %v, %v, want a: 1, b: 1", counts, err)
	}
	// A program that does not know the fields writes a document without them, until one that does is started.
	c := repository.Change[ticket]{Op: repository.Update, ID: "a", State: repositorytest.NewTicket("a", ""), Expected: 1}
	if err := first.Save(t.Context(), c); err != nil {
		t.Fatalf("Save: %v", err)
	}
	third := newStore(t, open(t, url), with)
	if counts, err := third.Count(t.Context(), "state"); err != nil || counts["open"] != 2 {
		t.Errorf("Count after an older program has written = %v, %v, want open: 2", counts, err)
	}
}

func TestADocumentThatSomebodyElseWroteIsExplained(t *testing.T) {
	t.Parallel()
	db := open(t, server.URL())
	store := newStore(t, db, repositorytest.Schema())
	if err := store.Save(t.Context(), addition("a")); err != nil {
		t.Fatalf("Save: %v", err)
	}
	mongorepo.Set(t, db, "tickets", bson.M{"$set": bson.M{"document.state": bson.NewObjectID()}})
	const want = `decode "a": the document has a value of BSON type objectID, which was not written here`
	if _, err := store.Get(t.Context(), "a"); err == nil || err.Error() != want {
		t.Errorf("Get = %v, want %s", err, want)
	}
}
