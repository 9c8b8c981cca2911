package outboxtest

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/neuroglia-go/neuroglia/fault"
	"github.com/neuroglia-go/neuroglia/outbox"
)

// settle: what came of an attempt decides what becomes of its entry.
func (s suite) settle(t *testing.T) {
	t.Run("delivered is gone", func(t *testing.T) {
		t.Parallel()
		a, b := s.open(t)
		events := a.add(t, "one", 3)
		a.settle(t, outbox.Delivered, events[0], events[2])
		b.wantStatus(t, 1, 0)
		a.settle(t, outbox.Delivered, events...) // those that are gone are ignored
		b.wantStatus(t, 0, 0)
		a.conclude(t)
	})
	t.Run("again waits, and the stream with it", s.again)
	t.Run("dead leaves the way of its stream", func(t *testing.T) {
		t.Parallel()
		a, b := s.open(t)
		events := a.add(t, "one", 2)
		began := time.Now()
		dead := events[0]
		dead.Error, dead.Handled = "poison", []string{"audit"}
		a.bury(t, dead)
		a.settle(t, outbox.Untouched, events[1])
		b.wantStatus(t, 1, 1)
		b.wantClaim(t, "behind one that is dead", events[1])
		got := b.stored(t, dead, true)
		if got.Error != "poison" || !slices.Equal(got.Handled, dead.Handled) || got.Attempts != 1 || got.Replays != 0 {
			t.Errorf("the dead letter is %+v, want its error, 1 attempt and who handled it", got)
		}
		if d := got.Dead.Sub(began); d < -time.Minute || d > time.Minute {
			t.Errorf("it was given up at %v, want about %v", got.Dead, began)
		}
	})
	t.Run("untouched takes back the attempt", func(t *testing.T) {
		t.Parallel()
		a, b := s.open(t)
		events := a.leave(t, "one", 2)
		for _, e := range events {
			equal(t, "attempts stored", b.stored(t, e, false).Attempts, 0)
		}
		equal(t, "attempts", b.wantClaim(t, "one that was given back", events[0])[0].Attempts, 1)
	})
	t.Run("postponed takes back the attempt and waits", func(t *testing.T) {
		t.Parallel()
		a, b := s.open(t)
		e := a.add(t, "one", 1)[0]
		e.Error, e.Handled = "the broker is down", []string{"audit"}
		a.conclude(t, outbox.Outcome{Entry: e, Verdict: outbox.Postponed, Wait: time.Hour})
		got := b.stored(t, e, false)
		if got.Attempts != 0 || got.Error != e.Error || !slices.Equal(got.Handled, e.Handled) {
			t.Errorf("the entry is %+v, want its error, who handled it and no attempt", got)
		}
		b.wantClaim(t, "one that is not due")
	})
	t.Run("many of many streams at once", func(t *testing.T) {
		t.Parallel()
		a, b := s.open(t)
		var outcomes []outbox.Outcome
		for i := range 60 {
			for _, e := range a.add(t, strconv.Itoa(i), 3) {
				verdict := []outbox.Verdict{outbox.Delivered, outbox.Again, outbox.Dead, outbox.Untouched}[len(outcomes)%4]
				outcomes = append(outcomes, outbox.Outcome{Entry: e, Verdict: verdict, Wait: time.Hour})
			}
		}
		a.conclude(t, outcomes...)
		b.wantStatus(t, 90, 45)
	})
	t.Run("with a context that has ended says so", func(t *testing.T) {
		t.Parallel()
		a, _ := s.open(t)
		events := a.add(t, "one", 1)
		gone, cancel := context.WithCancel(t.Context())
		cancel()
		err := a.Log.Settle(gone, []outbox.Outcome{{Entry: events[0], Verdict: outbox.Delivered}})
		equal(t, "kind of the error", fault.KindOf(err), fault.Canceled)
		a.wantStatus(t, 1, 0)
		a.settle(t, outbox.Delivered, events...)
		a.wantStatus(t, 0, 0)
	})
}

func (s suite) again(t *testing.T) {
	t.Parallel()
	a, b := s.open(t)
	events := a.add(t, "one", 2)
	first := events[0]
	for attempt := 1; attempt <= 4; attempt++ {
		first.Error = fmt.Sprintf("attempt %d", attempt)
		first.Handled = append(slices.Clone(first.Handled), fmt.Sprintf("handler.%d", attempt))
		wait := time.Duration(0)
		if attempt == 4 {
			wait = time.Hour
		}
		a.conclude(t, outbox.Outcome{Entry: first, Verdict: outbox.Again, Wait: wait})
		if attempt == 1 {
			a.settle(t, outbox.Untouched, events[1])
		}
		if attempt == 4 {
			break
		}
		a, b = b, a
		claimed := a.wantClaim(t, "the first again", events[0])
		if len(claimed) != 1 {
			return
		}
		if got := claimed[0]; got.Attempts != attempt+1 || got.Error != first.Error || !slices.Equal(got.Handled, first.Handled) {
			t.Errorf("claimed with %d attempts, error %q, handled %v, want %d, %q, %v",
				got.Attempts, got.Error, got.Handled, attempt+1, first.Error, first.Handled)
		}
		first = claimed[0]
	}
	b.wantClaim(t, "behind one that waits")
	got := b.stored(t, events[0], false)
	if wait := time.Until(got.Due); wait < 50*time.Minute || wait > 61*time.Minute {
		t.Errorf("it is due in %v, want an hour", wait)
	}
	b.wantStatus(t, 2, 0)
}

// status: how full an outbox is.
func (s suite) status(t *testing.T) {
	t.Parallel()
	a, b := s.open(t)
	equal(t, "age of the oldest of none", a.wantStatus(t, 0, 0).Oldest, 0)
	old := raise("one", 1)
	old[0].RaisedAt = old[0].RaisedAt.Add(-time.Hour)
	events := append(a.save(t, "one", 0, old), a.add(t, "two", 2)...)
	oldest := func(want time.Duration) {
		t.Helper()
		status, err := b.Log.Status(t.Context())
		if d := status.Oldest - want; err != nil || d < 0 || d > time.Minute {
			t.Errorf("the oldest is %v old, %v, want about %v", status.Oldest, err, want)
		}
	}
	b.wantStatus(t, 3, 0)
	oldest(time.Hour + time.Minute)
	a.bury(t, events[0])
	b.wantStatus(t, 2, 1)
	oldest(50 * time.Second)
	a.settle(t, outbox.Delivered, events[1:]...)
	equal(t, "age of the oldest of none", b.wantStatus(t, 0, 1).Oldest, 0)
}
