package outboxtest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strconv"
	"testing"
	"time"

	"github.com/neuroglia-go/neuroglia/outbox"
)

// interrupted: calls that are broken off at any moment are made whole or not at all.
func (s suite) interrupted(t *testing.T) {
	t.Run("Save", s.saveInterrupted)
	t.Run("Claim and Settle", s.settleInterrupted)
}

// interrupt returns a context that ends at a random moment while a call that takes about as long as the duration runs.
func interrupt(t *testing.T, took time.Duration) (context.Context, context.CancelFunc) {
	t.Helper()
	return context.WithTimeout(t.Context(), rand.N(took+took/4))
}

const interruptions = 60

func (s suite) saveInterrupted(t *testing.T) {
	t.Parallel()
	a, b := s.open(t)
	began := time.Now()
	a.add(t, "one", 3)
	took := time.Since(began)
	var tried []attempted
	for range interruptions {
		loaded, err := b.Tickets.Get(t.Context(), "one")
		if err != nil {
			t.Fatalf("Get: %v", err)
		}
		events := raise("one", 3)
		c := change("one", loaded.Version, events)
		c.Once = "key " + events[0].ID
		ctx, cancel := interrupt(t, took)
		err = a.Tickets.Save(ctx, c)
		cancel()
		tried = append(tried, attempted{events: events, key: c.Once, done: err == nil})
	}
	// What was broken off at the last moment may be stored a little later.
	var problem string
	for end := time.Now().Add(2 * time.Second); ; {
		if problem = b.halves(t, tried); problem == "" || time.Now().After(end) {
			break
		}
	}
	if problem != "" {
		t.Error(problem)
	}
}

// attempted is a change that may have been broken off.
type attempted struct {
	events []outbox.Entry
	key    string
	done   bool
}

// halves says which change is not whole, if one is.
func (p *process) halves(t *testing.T, tried []attempted) string {
	t.Helper()
	stored := int64(1)
	for i, c := range tried {
		found := len(p.list(t, outbox.Filter{IDs: ids(c.events)}))
		seen, err := p.Tickets.Seen(t.Context(), "one", c.key)
		if err != nil {
			t.Fatalf("Seen: %v", err)
		}
		whole := found == len(c.events)
		if found > 0 && !whole || seen != whole || c.done && !whole {
			return fmt.Sprintf("change %d (it returned no error: %t) has %d of %d events stored, its inbox key: %t",
				i, c.done, found, len(c.events), seen)
		}
		if whole {
			stored++
		}
	}
	loaded, err := p.Tickets.Get(t.Context(), "one")
	if err != nil || loaded.Version != stored {
		return fmt.Sprintf("the version is %d, %v, after %d changes that have their events stored", loaded.Version, err, stored)
	}
	return ""
}

func (s suite) settleInterrupted(t *testing.T) {
	t.Parallel()
	connect := s.Open(t, brief)
	a, b := &process{connect(t)}, &process{connect(t)}
	for i := range interruptions {
		a.leave(t, strconv.Itoa(i), 1)
	}
	began := time.Now()
	a.settle(t, outbox.Untouched, a.add(t, "more", 1)...)
	took := time.Since(began)
	gone, calls := map[string]bool{}, 0
	sometimes := func() (context.Context, context.CancelFunc) {
		if calls++; calls%3 == 0 {
			return context.WithCancel(t.Context()) // so that there is progress, however slow the database
		}
		return interrupt(t, took)
	}
	eventually(t, "all is delivered in spite of interruptions", func() bool {
		ctx, cancel := sometimes()
		claimed, _, err := a.Log.Claim(ctx, types(), 5)
		cancel()
		if err != nil || len(claimed) == 0 {
			return b.wantNoLoss(t, interruptions+1, gone) == 0
		}
		outcomes := make([]outbox.Outcome, len(claimed))
		for i, e := range claimed {
			if gone[e.ID] {
				t.Errorf("%s was delivered, and can be claimed again", e.ID)
			}
			outcomes[i] = outbox.Outcome{Entry: e, Verdict: outbox.Delivered}
		}
		ctx, cancel = sometimes()
		err = a.Log.Settle(ctx, outcomes)
		cancel()
		for _, e := range claimed {
			if err == nil {
				gone[e.ID] = true
			}
		}
		if left := b.list(t, outbox.Filter{IDs: ids(claimed)}); err == nil && len(left) > 0 {
			t.Errorf("%d of %d entries are there after they were settled", len(left), len(claimed))
		}
		return false
	})
}

// wantNoLoss returns how many are pending, of which none that is gone.
func (p *process) wantNoLoss(t *testing.T, total int, gone map[string]bool) int {
	t.Helper()
	pending := p.list(t, outbox.Filter{})
	for _, e := range pending {
		if gone[e.ID] {
			t.Errorf("%s was delivered, and is pending", e.ID)
		}
	}
	if len(pending)+len(gone) > total {
		t.Errorf("%d are pending and %d delivered, of %d", len(pending), len(gone), total)
	}
	return len(pending)
}
