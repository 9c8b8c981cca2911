package outboxtest

import (
	"encoding/json"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/neuroglia-go/neuroglia/aggregate"
	"github.com/neuroglia-go/neuroglia/outbox"
	"github.com/neuroglia-go/neuroglia/repository"
	"github.com/neuroglia-go/neuroglia/repository/repositorytest"
)

// process is a Process with what the tests do in it.
type process struct{ Process }

// types are those of the suite's entries, but for "stranger".
func types() []string { return []string{"Counted", "Closed"} }

// past is a time in the past, later than those that earlier calls returned, as exactly as every driver keeps it.
func past() time.Time {
	for began := time.Now(); ; {
		if now := time.Now(); now.Sub(began) > 2*time.Microsecond {
			return now.Add(-time.Minute).UTC().Truncate(time.Microsecond)
		}
	}
}

// raise returns n entries of a ticket.
func raise(id string, n int) []outbox.Entry {
	entries := make([]outbox.Entry, n)
	for i := range entries {
		raised := past()
		entries[i] = outbox.Entry{
			ID: aggregate.NewID(), Type: "Counted", AggregateType: "Ticket", AggregateID: id, Version: 1,
			RaisedAt: raised, Due: raised, Data: []byte(`{"Count":1}`),
		}
	}
	return entries
}

func change(id string, expected int64, events []outbox.Entry) repository.Change[repositorytest.Ticket] {
	c := repository.Change[repositorytest.Ticket]{
		Op: repository.Update, ID: id, Expected: expected, State: repositorytest.NewTicket(id, ""), Events: events,
	}
	if expected == 0 {
		c.Op = repository.Add
	}
	return c
}

// save stores a ticket of the given version with events, and returns them as the store has left them.
func (p *process) save(t *testing.T, id string, expected int64, events []outbox.Entry) []outbox.Entry {
	t.Helper()
	events = slices.Clone(events)
	if err := p.Tickets.Save(t.Context(), change(id, expected, events)); err != nil {
		t.Fatalf("Save(%q): %v", id, err)
	}
	return events
}

// add saves a new ticket with n events, which must be held.
func (p *process) add(t *testing.T, id string, n int) []outbox.Entry {
	t.Helper()
	events := p.save(t, id, 0, raise(id, n))
	wantHeld(t, events, true)
	return events
}

// leave saves a new ticket with n events, and gives up its leases.
func (p *process) leave(t *testing.T, id string, n int) []outbox.Entry {
	t.Helper()
	events := p.add(t, id, n)
	p.settle(t, outbox.Untouched, events...)
	return events
}

func (p *process) claimUpTo(t *testing.T, limit int, types ...string) ([]outbox.Entry, time.Duration) {
	t.Helper()
	claimed, next, err := p.Log.Claim(t.Context(), types, limit)
	if err != nil {
		t.Fatalf("Claim: %v", err)
	}
	if len(claimed) > limit {
		t.Fatalf("Claim up to %d returned %d entries", limit, len(claimed))
	}
	return claimed, next
}

// claim takes what there is.
func (p *process) claim(t *testing.T) []outbox.Entry {
	t.Helper()
	claimed, _ := p.claimUpTo(t, 100, types()...)
	return claimed
}

// wantClaim checks what there is to take, in this order.
func (p *process) wantClaim(t *testing.T, what string, want ...outbox.Entry) []outbox.Entry {
	t.Helper()
	claimed := p.claim(t)
	wantEntries(t, what, claimed, want...)
	return claimed
}

func (p *process) settle(t *testing.T, v outbox.Verdict, entries ...outbox.Entry) {
	t.Helper()
	outcomes := make([]outbox.Outcome, len(entries))
	for i, e := range entries {
		outcomes[i] = outbox.Outcome{Entry: e, Verdict: v}
	}
	p.conclude(t, outcomes...)
}

func (p *process) conclude(t *testing.T, outcomes ...outbox.Outcome) {
	t.Helper()
	if err := p.Log.Settle(t.Context(), outcomes); err != nil {
		t.Fatalf("Settle: %v", err)
	}
}

// bury makes dead letters of entries that this process has leased.
func (p *process) bury(t *testing.T, entries ...outbox.Entry) {
	t.Helper()
	p.settle(t, outbox.Dead, entries...)
}

func (p *process) list(t *testing.T, f outbox.Filter) []outbox.Entry {
	t.Helper()
	found, err := p.Log.List(t.Context(), f)
	if err != nil {
		t.Fatalf("List(%+v): %v", f, err)
	}
	return found
}

// stored reads the one entry with this identity.
func (p *process) stored(t *testing.T, e outbox.Entry, dead bool) outbox.Entry {
	t.Helper()
	found := p.list(t, outbox.Filter{IDs: []string{e.ID}, Dead: dead})
	if len(found) != 1 || found[0].ID != e.ID {
		t.Fatalf("List(dead: %t) of one identity = %v, want the entry", dead, ids(found))
	}
	return found[0]
}

func (p *process) wantStatus(t *testing.T, pending, dead int64) outbox.Status {
	t.Helper()
	status, err := p.Log.Status(t.Context())
	if err != nil || status.Pending != pending || status.Dead != dead {
		t.Errorf("Status() = %+v, %v, want %d pending and %d dead", status, err, pending, dead)
	}
	return status
}

func ids(entries []outbox.Entry) []string {
	found := make([]string, len(entries))
	for i, e := range entries {
		found[i] = e.ID
	}
	return found
}

// wantEntries checks which entries there are, in this order.
func wantEntries(t *testing.T, what string, got []outbox.Entry, want ...outbox.Entry) {
	t.Helper()
	if !slices.Equal(ids(got), ids(want)) {
		t.Errorf("%s: got entries %v, want %v", what, ids(got), ids(want))
	}
}

func wantHeld(t *testing.T, entries []outbox.Entry, held bool) {
	t.Helper()
	attempts := 0
	if held {
		attempts = 1
	}
	for i, e := range entries {
		if e.Held != held || e.Attempts != attempts {
			t.Errorf("event %d is saved with held %t and %d attempts, want %t and %d", i, e.Held, e.Attempts, held, attempts)
		}
	}
}

func wantError(t *testing.T, what string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%s = %v, want %v", what, err, want)
	}
}

func equal[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s = %v, want %v", what, got, want)
	}
}

func marshal(t *testing.T, v any) []byte {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// eventually tries until done, for at most half a minute.
func eventually(t *testing.T, what string, done func() bool) {
	t.Helper()
	deadline := time.Now().Add(30 * time.Second)
	for tick := time.NewTicker(5 * time.Millisecond); !done(); <-tick.C {
		if time.Now().After(deadline) {
			t.Fatalf("after half a minute it is not so that %s", what)
		}
	}
}
