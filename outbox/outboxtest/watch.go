package outboxtest

import (
	"context"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/neuroglia-go/neuroglia/fault"
	"github.com/neuroglia-go/neuroglia/outbox"
)

// watch: a process is woken when another one leaves work.
func (s suite) watch(t *testing.T) {
	t.Parallel()
	a, b := s.open(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var woken atomic.Int64
	ended := make(chan error, 1)
	go func() { ended <- b.Log.Watch(ctx, func() { woken.Add(1) }) }()

	a.add(t, "one", 1) // which its process holds
	version := int64(0)
	if _, ok := s.Exceptions[Wakes]; !ok {
		eventually(t, "a process is woken by what another one saved", func() bool {
			version++
			wantHeld(t, a.save(t, "one", version, raise("one", 1)), false)
			return woken.Load() > 0
		})
	}
	cancel()
	select {
	case err := <-ended:
		if err != nil {
			t.Errorf("Watch = %v when its context ended, want nil", err)
		}
	case <-time.After(30 * time.Second):
		t.Error("Watch goes on when its context has ended")
	}
	s.needs(t, Wakes)
}

// unreachable: a database that does not answer is said to be so, by all that is done with it.
func (s suite) unreachable(t *testing.T) {
	t.Parallel()
	if s.Unreachable == nil {
		t.Skip("there is no database that could be out of reach")
	}
	p := s.Unreachable(t)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	entries := raise("one", 1)
	_, errGet := p.Tickets.Get(ctx, "one")
	_, errSeen := p.Tickets.Seen(ctx, "one", "key")
	_, _, errClaim := p.Log.Claim(ctx, types(), 1)
	_, errStatus := p.Log.Status(ctx)
	_, errList := p.Log.List(ctx, outbox.Filter{})
	_, errReplay := p.Log.Replay(ctx, ids(entries))
	_, errDiscard := p.Log.Discard(ctx, ids(entries))
	_, errForget := p.Log.Forget(ctx, time.Hour)
	for what, err := range map[string]error{
		"Get": errGet, "Seen": errSeen, "Claim": errClaim, "Status": errStatus, "List": errList, "Replay": errReplay,
		"Discard": errDiscard, "Forget": errForget, "Renew": p.Log.Renew(ctx, slices.Clone(entries)),
		"Settle": p.Log.Settle(ctx, []outbox.Outcome{{Entry: entries[0], Verdict: outbox.Delivered}}),
		"Save":   p.Tickets.Save(ctx, change("one", 0, entries)),
	} {
		if got := fault.KindOf(err); got != fault.Unavailable {
			t.Errorf("%s: kind of %v is %v, want unavailable", what, err, got)
		}
	}
}
