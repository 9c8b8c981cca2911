package outboxtest

import (
	"context"
	"strconv"
	"testing"
	"time"

	"github.com/neuroglia-go/neuroglia/fault"
	"github.com/neuroglia-go/neuroglia/outbox"
)

// claim: a process takes the first entries of streams, oldest first, each for itself.
func (s suite) claim(t *testing.T) {
	t.Run("takes the first of each stream, oldest first", func(t *testing.T) {
		t.Parallel()
		a, b := s.open(t)
		// Identities are in the opposite order of age, so that an order by identity is found out.
		three, two, one := a.leave(t, "3", 2), a.leave(t, "2", 1), a.leave(t, "1", 3)
		claimed := b.wantClaim(t, "all", three[0], two[0], one[0])
		for _, e := range claimed {
			equal(t, "attempts", e.Attempts, 1)
		}
		b.wantClaim(t, "what this process has")
		a.wantClaim(t, "what another process has")
		b.settle(t, outbox.Delivered, claimed[0], claimed[2])
		a.wantClaim(t, "those behind", three[1], one[1])
	})
	t.Run("takes no more than the limit", func(t *testing.T) {
		t.Parallel()
		a, b := s.open(t)
		var left []outbox.Entry
		for i := range 5 {
			left = append(left, a.leave(t, strconv.Itoa(9-i), 1)...)
		}
		claimed, _ := b.claimUpTo(t, 2, types()...)
		wantEntries(t, "two", claimed, left[:2]...)
		claimed, _ = a.claimUpTo(t, 2, types()...)
		wantEntries(t, "two more", claimed, left[2:4]...)
		b.wantClaim(t, "the rest", left[4])
	})
	t.Run("leaves types that it does not know, and what is behind them", s.strangers)
	t.Run("takes nothing that is not due", func(t *testing.T) {
		t.Parallel()
		a, b := s.open(t)
		later := raise("one", 2)
		for i := range later {
			later[i].Due = time.Now().Add(time.Hour)
		}
		later = a.save(t, "one", 0, later)
		a.settle(t, outbox.Untouched, later...)
		claimed, next := b.claimUpTo(t, 9, types()...)
		wantEntries(t, "before it is due", claimed)
		wantNext(t, next, 50*time.Minute, time.Hour)
	})
	t.Run("says when there may be more", s.next)
	t.Run("with a context that has ended takes nothing", func(t *testing.T) {
		t.Parallel()
		a, b := s.open(t)
		events := a.leave(t, "one", 1)
		gone, cancel := context.WithCancel(t.Context())
		cancel()
		if claimed, _, err := b.Log.Claim(gone, types(), 9); fault.KindOf(err) != fault.Canceled || len(claimed) > 0 {
			t.Errorf("Claim = %v, %v, want nothing and kind canceled", ids(claimed), err)
		}
		a.wantClaim(t, "after that", events...)
	})
}

func (s suite) strangers(t *testing.T) {
	t.Parallel()
	a, b := s.open(t)
	odd := raise("odd", 2)
	odd[0].Type = "Stranger"
	odd = a.save(t, "odd", 0, odd)
	a.settle(t, outbox.Untouched, odd...)
	even := a.leave(t, "even", 1)
	b.wantClaim(t, "known types", even...)
	b.wantClaim(t, "behind a stranger")
	claimed, _ := b.claimUpTo(t, 9)
	wantEntries(t, "no types", claimed)
	claimed, _ = a.claimUpTo(t, 9, "Stranger")
	wantEntries(t, "the stranger", claimed, odd[0])
	a.settle(t, outbox.Delivered, claimed...)
	claimed, _ = a.claimUpTo(t, 9, "Stranger")
	wantEntries(t, "behind the stranger, by who knows only strangers", claimed)
	b.wantClaim(t, "behind the stranger", odd[1])
}

func (s suite) next(t *testing.T) {
	t.Parallel()
	a, b := s.open(t)
	_, next := b.claimUpTo(t, 9, types()...)
	equal(t, "next when all is empty", next, 0)
	held := a.add(t, "one", 1)
	_, next = b.claimUpTo(t, 9, types()...)
	wantNext(t, next, 50*time.Minute, time.Hour) // its lease
	a.conclude(t, outbox.Outcome{Entry: held[0], Verdict: outbox.Again, Wait: time.Minute})
	_, next = b.claimUpTo(t, 9, types()...)
	wantNext(t, next, 50*time.Second, time.Minute)
	other := a.add(t, "two", 1)
	a.conclude(t, outbox.Outcome{Entry: other[0], Verdict: outbox.Again, Wait: 40 * time.Second})
	_, next = b.claimUpTo(t, 9, types()...)
	wantNext(t, next, 30*time.Second, 40*time.Second)
}

// wantNext allows for the time that a test takes, and for clocks that are read one after the other.
func wantNext(t *testing.T, next, least, most time.Duration) {
	t.Helper()
	if next < least || next > most+time.Second {
		t.Errorf("Claim says that there may be more in %v, want between %v and %v", next, least, most)
	}
}
