package outboxtest

import (
	"strconv"
	"testing"
	"time"

	"github.com/neuroglia-go/neuroglia/outbox"
)

// short is a lease whose end a test waits for.
const short = 500 * time.Millisecond

// lease: what a process has leased no other gets, until the lease ends.
func (s suite) lease(t *testing.T) {
	t.Run("of entries that were saved ends", func(t *testing.T) {
		t.Parallel()
		connect := s.Open(t, short)
		a, b := &process{connect(t)}, &process{connect(t)}
		began := time.Now()
		held := a.add(t, "one", 2)
		for _, want := range held {
			claimed := b.waitFor(t, began)
			wantEntries(t, "after its lease", claimed, want)
			equal(t, "attempts", claimed[0].Attempts, 2)
			b.settle(t, outbox.Delivered, claimed...)
			began = time.Time{} // the lease of the second has ended with that of the first
		}
	})
	t.Run("of entries that were claimed ends", func(t *testing.T) {
		t.Parallel()
		connect := s.Open(t, short)
		a, b := &process{connect(t)}, &process{connect(t)}
		events := a.leave(t, "one", 1)
		began := time.Now()
		wantEntries(t, "claimed", a.claim(t), events...)
		claimed := b.waitFor(t, began)
		wantEntries(t, "after its lease", claimed, events...)
		equal(t, "attempts", claimed[0].Attempts, 2)
		wantEntries(t, "by the first again", a.waitFor(t, time.Time{}), events...)
	})
	t.Run("is prolonged by renewal", s.renewal)
	t.Run("that is lost is lost", s.lost)
	t.Run("is of nobody else", func(t *testing.T) {
		t.Parallel()
		a, b := s.open(t)
		held := a.add(t, "one", 2)
		for _, v := range []outbox.Verdict{outbox.Delivered, outbox.Again, outbox.Postponed, outbox.Dead, outbox.Untouched} {
			b.settle(t, v, held...)
		}
		if err := b.Log.Renew(t.Context(), held); err != nil {
			t.Errorf("Renew of what another process has: %v", err)
		}
		a.wantStatus(t, 2, 0)
		b.wantClaim(t, "what another has")
		equal(t, "attempts", b.stored(t, held[0], false).Attempts, 1)
		a.settle(t, outbox.Delivered, held...)
		a.wantStatus(t, 0, 0)
	})
}

// waitFor claims until there is something, and checks that it was not there before a lease ended that began at a time.
func (p *process) waitFor(t *testing.T, began time.Time) (claimed []outbox.Entry) {
	t.Helper()
	eventually(t, "an entry can be claimed", func() bool {
		claimed = p.claim(t)
		return len(claimed) > 0
	})
	if took := time.Since(began); took < short-10*time.Millisecond {
		t.Errorf("another process got an entry %v after it was leased for %v", took, short)
	}
	return claimed
}

func (s suite) lost(t *testing.T) {
	t.Parallel()
	connect := s.Open(t, short)
	a, b := &process{connect(t)}, &process{connect(t)}
	held := a.add(t, "one", 1)
	claimed := b.waitFor(t, time.Time{})
	wantEntries(t, "after its lease", claimed, held...)
	if err := a.Log.Renew(t.Context(), held); err != nil {
		t.Errorf("Renew of a lease that was lost: %v", err)
	}
	for _, v := range []outbox.Verdict{outbox.Delivered, outbox.Again, outbox.Postponed, outbox.Dead, outbox.Untouched} {
		held[0].Error, held[0].Handled = "lost", []string{"nobody"}
		a.settle(t, v, held...)
	}
	a.wantStatus(t, 1, 0)
	e := a.stored(t, claimed[0], false)
	if e.Attempts != 2 || e.Error != "" || len(e.Handled) > 0 {
		t.Errorf("after others settled what they had lost it has %d attempts, error %q, handled %v, want 2 and none",
			e.Attempts, e.Error, e.Handled)
	}
	b.settle(t, outbox.Delivered, claimed...)
	b.wantStatus(t, 0, 0)
}

func (s suite) renewal(t *testing.T) {
	t.Parallel()
	connect := s.Open(t, short)
	a, b := &process{connect(t)}, &process{connect(t)}
	renew := func(held []outbox.Entry) (began time.Time) {
		began = time.Now()
		if err := a.Log.Renew(t.Context(), held); err != nil {
			t.Fatalf("Renew: %v", err)
		}
		return began
	}
	// A machine that does not come to renew in time is no defect of the driver, which begins with another entry then.
	tries := 0
	eventually(t, "a lease can be renewed in time", func() bool {
		tries++
		held := a.add(t, strconv.Itoa(tries), 1)
		for end := time.Now().Add(4 * short); time.Now().Before(end); {
			began := renew(held)
			claimed := b.claim(t)
			if len(claimed) == 0 {
				continue
			}
			if took := time.Since(began); took < short {
				t.Fatalf("another process got an entry %v after its lease of %v was renewed", took, short)
			}
			b.settle(t, outbox.Delivered, claimed...)
			return false
		}
		began := renew(held)
		wantEntries(t, "after the last renewal", b.waitFor(t, began), held...)
		return true
	})
}
