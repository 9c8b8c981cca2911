package outboxtest

import (
	"slices"
	"testing"
	"time"

	"github.com/neuroglia-go/neuroglia/outbox"
	"github.com/neuroglia-go/neuroglia/repository"
)

// letters: dead letters are listed, replayed and discarded.
func (s suite) letters(t *testing.T) {
	t.Run("List filters", s.listed)
	t.Run("List pages", s.pages)
	t.Run("Replay makes dead letters pending, after what is", s.replay)
	t.Run("Replay of an aggregate that was removed", func(t *testing.T) {
		t.Parallel()
		a, b := s.open(t)
		dead := a.add(t, "one", 1)
		a.bury(t, dead...)
		remove := change("one", 1, nil)
		remove.Op, remove.State = repository.Remove, nil
		if err := a.Tickets.Save(t.Context(), remove); err != nil {
			t.Fatalf("Save(Remove): %v", err)
		}
		wantTaken(t, "Replay", 1)(b.Log.Replay(t.Context(), ids(dead)))
		if found, err := a.Tickets.Contains(t.Context(), "one"); found || err != nil {
			t.Errorf("Contains after Remove = %t, %v, want false", found, err)
		}
		b.settle(t, outbox.Delivered, b.wantClaim(t, "replayed", dead...)...)
		a.wantStatus(t, 0, 0)
	})
	t.Run("Discard deletes dead letters", func(t *testing.T) {
		t.Parallel()
		a, b := s.open(t)
		events := append(a.add(t, "one", 3), a.add(t, "two", 1)...)
		a.bury(t, events[0], events[1], events[3])
		wantTaken(t, "Discard of two, and of what is not dead", 2)(
			b.Log.Discard(t.Context(), []string{events[0].ID, events[2].ID, events[3].ID, "none"}))
		wantTaken(t, "Discard again", 0)(b.Log.Discard(t.Context(), []string{events[0].ID}))
		wantTaken(t, "Discard of none", 0)(b.Log.Discard(t.Context(), nil))
		wantEntries(t, "dead", a.list(t, outbox.Filter{Dead: true}), events[1])
		a.wantStatus(t, 1, 1)
	})
}

func wantTaken(t *testing.T, what string, want int) func(int, error) {
	t.Helper()
	return func(got int, err error) {
		t.Helper()
		if got != want || err != nil {
			t.Errorf("%s = %d, %v, want %d", what, got, err, want)
		}
	}
}

func (s suite) listed(t *testing.T) {
	t.Parallel()
	a, b := s.open(t)
	events := raise("one", 4)
	events[1].Type = "Closed"
	events[2].RaisedAt = events[2].RaisedAt.Add(-time.Hour)
	events = a.save(t, "one", 0, events)
	other := a.add(t, "two", 1)
	pending := a.add(t, "three", 2)
	pending = append(pending, a.save(t, "three", 1, raise("three", 1))...)
	for i, text := range []string{"Disk is full", "100% of it_is", "", "100 per cent of itxis"} {
		events[i].Error = text
	}
	a.bury(t, append(events, other...)...)
	for _, tt := range []struct {
		name   string
		filter outbox.Filter
		want   []outbox.Entry
	}{
		{"dead, oldest first", outbox.Filter{Dead: true}, []outbox.Entry{events[2], events[0], events[1], events[3], other[0]}},
		{"pending, held or not", outbox.Filter{}, pending},
		{"type", outbox.Filter{Dead: true, Type: "Closed"}, events[1:2]},
		{"no such type", outbox.Filter{Dead: true, Type: "closed"}, nil},
		{"stream", outbox.Filter{Dead: true, Stream: "two"}, other},
		{"stream of what is pending", outbox.Filter{Stream: "one"}, nil},
		{
			"identities", outbox.Filter{Dead: true, IDs: []string{events[3].ID, other[0].ID, pending[0].ID, "none"}},
			[]outbox.Entry{events[3], other[0]},
		},
		{"error, in any case", outbox.Filter{Dead: true, Error: "disk IS"}, events[:1]},
		{"error with signs", outbox.Filter{Dead: true, Error: "0% of"}, events[1:2]},
		{"error with more signs", outbox.Filter{Dead: true, Error: "it_is"}, events[1:2]},
		{"no such error", outbox.Filter{Dead: true, Error: "d.*k"}, nil},
		{"age", outbox.Filter{Dead: true, OlderBy: 30 * time.Minute}, events[2:3]},
		{"no such age", outbox.Filter{Dead: true, OlderBy: 3 * time.Hour}, nil},
		{"all together", outbox.Filter{
			Dead: true, OlderBy: time.Second, Type: "Counted", Stream: "one", Error: "i", Limit: 1, IDs: ids(events),
		}, events[:1]},
		{"limit", outbox.Filter{Dead: true, Limit: 2}, []outbox.Entry{events[2], events[0]}},
	} {
		wantEntries(t, tt.name, b.list(t, tt.filter), tt.want...)
	}
}

func (s suite) pages(t *testing.T) {
	t.Parallel()
	a, b := s.open(t)
	same := past()
	events := raise("one", 101)
	for i := range events { // several at the same time
		events[i].RaisedAt = same.Add(time.Duration(i/10) * time.Microsecond)
	}
	events = a.save(t, "one", 0, events)
	for _, dead := range []bool{false, true} {
		if dead {
			a.bury(t, events...)
		}
		equal(t, "length of a list without a limit", len(b.list(t, outbox.Filter{Dead: dead})), 100)
		var seen []string
		for after, pages := "", 0; pages < 40; pages++ {
			page := b.list(t, outbox.Filter{Dead: dead, Limit: 7, After: after})
			if len(page) == 0 {
				break
			}
			if !slices.IsSortedFunc(page, func(x, y outbox.Entry) int { return x.RaisedAt.Compare(y.RaisedAt) }) {
				t.Error("a page is not oldest first")
			}
			seen = append(seen, ids(page)...)
			after = page[len(page)-1].ID
		}
		slices.Sort(seen)
		if got, want := len(slices.Compact(seen)), len(events); got != want || len(seen) != want {
			t.Errorf("pages (dead: %t) have %d entries, %d of them different, want %d", dead, len(seen), got, want)
		}
	}
}

func (s suite) replay(t *testing.T) {
	t.Parallel()
	a, b := s.open(t)
	events := a.add(t, "one", 4)
	events[0].Error, events[0].Handled = "poison", []string{"audit"}
	a.bury(t, events[0], events[1])
	a.settle(t, outbox.Untouched, events[2:]...)
	before := time.Now()
	wantTaken(t, "Replay of one, and of what is not dead", 1)(
		b.Log.Replay(t.Context(), []string{events[0].ID, events[2].ID, "none"}))
	wantTaken(t, "Replay again", 0)(b.Log.Replay(t.Context(), []string{events[0].ID}))
	wantTaken(t, "Replay of none", 0)(b.Log.Replay(t.Context(), nil))
	a.wantStatus(t, 3, 1)

	got := a.stored(t, events[0], false)
	want := events[0]
	want.Attempts, want.Replays, want.Due, want.Error, want.Dead = 0, 1, got.Due, got.Error, time.Time{}
	wantWhole(t, "replayed", got, want)
	if got.Due.Before(before.Add(-time.Minute)) || got.Due.After(time.Now().Add(time.Second)) {
		t.Errorf("it is due at %v, want now", got.Due)
	}
	wantHeld(t, a.save(t, "one", 1, raise("one", 1)), false)
	for _, next := range []outbox.Entry{events[2], events[3], events[0]} {
		a.settle(t, outbox.Delivered, a.wantClaim(t, "what was pending, then what was replayed", next)...)
	}
	last := a.claim(t)
	equal(t, "left", len(last), 1)
	a.bury(t, last...)
	wantTaken(t, "Replay of two", 2)(b.Log.Replay(t.Context(), []string{last[0].ID, events[1].ID}))
	claimed := a.claim(t)
	equal(t, "replayed events of one stream that can be claimed at once", len(claimed), 1)
	a.bury(t, claimed...)
	equal(t, "replays", a.stored(t, claimed[0], true).Replays, 1)
	wantTaken(t, "Replay of the same", 1)(b.Log.Replay(t.Context(), ids(claimed)))
	equal(t, "replays", a.stored(t, claimed[0], false).Replays, 2)
}
