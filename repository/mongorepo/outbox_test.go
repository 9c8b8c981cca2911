package mongorepo_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/neuroglia-go/neuroglia/aggregate"
	"github.com/neuroglia-go/neuroglia/outbox"
	"github.com/neuroglia-go/neuroglia/repository"
	"github.com/neuroglia-go/neuroglia/repository/mongorepo"
	"github.com/neuroglia-go/neuroglia/repository/repositorytest"
)

func TestARemovedAggregateLeavesADocumentUntilItsEventsAndKeysAreGone(t *testing.T) {
	t.Parallel()
	db := open(t, server.URL())
	store := newStore(t, db, repositorytest.Schema())
	add := addition("a")
	add.Once, add.Events = "key", []outbox.Entry{event("a", 1)}
	last := event("a", 2)
	remove := repository.Change[ticket]{Op: repository.Remove, ID: "a", Expected: 1, Events: []outbox.Entry{last}}
	for _, c := range []repository.Change[ticket]{add, remove, addition("b"), {Op: repository.Remove, ID: "b"}} {
		if err := store.Save(t.Context(), c); err != nil {
			t.Fatalf("Save(%v %s): %v", c.Op, c.ID, err)
		}
	}
	wantDocuments(t, db, 1) // that of b is gone at once
	settle(t, db, add.Events[0])
	for _, e := range claim(t, db) {
		settle(t, db, e)
	}
	wantDocuments(t, db, 1)
	if counts, err := store.Count(t.Context(), "state"); err != nil || len(counts) != 0 {
		t.Errorf("Count = %v, %v, want nothing of what was removed", counts, err)
	}
	if n, err := db.Outbox().Forget(t.Context(), -time.Second); n != 1 || err != nil {
		t.Errorf("Forget = %d, %v, want 1", n, err)
	}
	wantDocuments(t, db, 0)
}

// An entry is marked as dead before it is among the dead letters. Whoever dies between leaves it to others, and it is
// neither pending nor lost.
func TestADeadLetterIsBuriedByOthersIfWhoGaveItUpDies(t *testing.T) {
	t.Parallel()
	url := server.URL()
	db, other := open(t, url, mongorepo.WithLease(200*time.Millisecond)), open(t, url)
	store := newStore(t, db, repositorytest.Schema())
	add := addition("a")
	add.Events = []outbox.Entry{event("a", 1), event("a", 2)}
	if err := store.Save(t.Context(), add); err != nil {
		t.Fatalf("Save: %v", err)
	}
	mongorepo.MarkDead(t, db, "tickets", add.Events[0])
	var claimed []outbox.Entry
	var status outbox.Status
	eventually(t, "the letter is buried and what is behind it goes on", func() bool {
		claimed = append(claimed, claim(t, other)...)
		var err error
		if status, err = other.Outbox().Status(t.Context()); err != nil {
			t.Fatalf("Status: %v", err)
		}
		return len(claimed) > 0 && status.Dead > 0
	})
	if status.Pending != 1 || status.Dead != 1 || len(claimed) != 1 || claimed[0].ID != add.Events[1].ID {
		t.Errorf("Status = %+v, claimed %+v, want the second pending and the first dead", status, claimed)
	}
	dead, err := other.Outbox().List(t.Context(), outbox.Filter{Dead: true})
	if err != nil || len(dead) != 1 || dead[0].ID != add.Events[0].ID || dead[0].Error != "given up" || dead[0].Dead.IsZero() {
		t.Errorf("dead letters = %+v, %v, want the first event", dead, err)
	}
}

func TestEventsOfCollectionsThatAProcessHasNoStoreOfAreClaimed(t *testing.T) {
	t.Parallel()
	url := server.URL()
	db := open(t, url, mongorepo.WithLease(time.Millisecond))
	add := addition("a")
	add.Events = []outbox.Entry{event("a", 1)}
	if err := newStore(t, db, repositorytest.Schema()).Save(t.Context(), add); err != nil {
		t.Fatalf("Save: %v", err)
	}
	other := open(t, url)
	eventually(t, "the event is claimed", func() bool { return len(claim(t, other)) == 1 })
}

func TestTheInboxOfABusyAggregateIsMovedOutOfItsDocument(t *testing.T) {
	t.Parallel()
	url := server.URL()
	db, other := open(t, url), open(t, url)
	store, second := newStore(t, db, repositorytest.Schema()), newStore(t, other, repositorytest.Schema())
	change := addition("a")
	const changes = 600
	for i := range int64(changes) {
		change.Expected, change.Once = i, fmt.Sprint("key ", i)
		if seen, err := second.Seen(t.Context(), "a", change.Once); seen || err != nil {
			t.Fatalf("Seen(%q) = %t, %v, want false", change.Once, seen, err)
		}
		if err := store.Save(t.Context(), change); err != nil {
			t.Fatalf("Save(%q): %v", change.Once, err)
		}
		change.Op = repository.Update
	}
	if n := mongorepo.InboxLength(t, db, "tickets", "a"); n == 0 || n > 256 {
		t.Errorf("the document has %d inbox keys, want at most 256", n)
	}
	for _, i := range []int{0, 100, 127, 128, 400, changes - 1} {
		change.Expected, change.Once = changes, fmt.Sprint("key ", i)
		if seen, err := second.Seen(t.Context(), "a", change.Once); !seen || err != nil {
			t.Errorf("Seen(%q) = %t, %v, want true", change.Once, seen, err)
		}
		if err := second.Save(t.Context(), change); !errors.Is(err, repository.ErrDuplicate) {
			t.Errorf("Save(%q) again = %v, want %v", change.Once, err, repository.ErrDuplicate)
		}
	}
	if n, err := db.Outbox().Forget(t.Context(), -time.Second); n != changes || err != nil {
		t.Errorf("Forget = %d, %v, want %d", n, err, changes)
	}
	if err := second.Save(t.Context(), change); err != nil {
		t.Errorf("Save of a key that was forgotten: %v", err)
	}
}

func event(id string, version int64) outbox.Entry {
	now := time.Now().UTC()
	return outbox.Entry{
		ID: aggregate.NewID(), Type: "Counted", AggregateType: "Ticket", AggregateID: id, Version: version,
		RaisedAt: now, Due: now, Data: []byte(`{}`),
	}
}

func claim(t *testing.T, db *mongorepo.DB) []outbox.Entry {
	t.Helper()
	claimed, _, err := db.Outbox().Claim(t.Context(), []string{"Counted"}, 10)
	if err != nil {
		t.Fatalf("Claim: %v", err)
	}
	return claimed
}

func settle(t *testing.T, db *mongorepo.DB, e outbox.Entry) {
	t.Helper()
	if err := db.Outbox().Settle(t.Context(), []outbox.Outcome{{Entry: e, Verdict: outbox.Delivered}}); err != nil {
		t.Fatalf("Settle: %v", err)
	}
}

func wantDocuments(t *testing.T, db *mongorepo.DB, want int64) {
	t.Helper()
	if got := mongorepo.Documents(t, db, "tickets"); got != want {
		t.Errorf("%d documents are there, want %d", got, want)
	}
}

// eventually tries until done, for at most half a minute.
func eventually(t *testing.T, what string, done func() bool) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(30 * time.Second); !done(); <-tick.C {
		if time.Now().After(deadline) {
			t.Fatalf("after half a minute it is not so that %s", what)
		}
	}
}
