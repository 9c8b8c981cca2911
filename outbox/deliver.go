package outbox

import (
	"context"
	"fmt"
	"reflect"
	"sync/atomic"
	"time"

	"github.com/neuroglia-go/neuroglia/aggregate"
	"github.com/neuroglia-go/neuroglia/internal/instrument"
	"github.com/neuroglia-go/neuroglia/retry"
)

func typeName(t reflect.Type) string { return instrument.TypeName(t) }

// deliver calls the handlers of one entry and has noted what came of it. It reports whether the entry is delivered, which
// it is not yet if a handler goes on after it returned.
func (r *Relay) deliver(ctx context.Context, e Entry, byRelay bool) bool {
	policy := r.policy(&e)
	if e.Attempts > 1 && policy.Last(e.Attempts-1) {
		return r.conclude(ctx, e, byRelay, aggregate.Result{Handled: e.Handled, Err: unfinished(&e)})
	}
	raised, err := r.raised(&e)
	if err != nil {
		// Another version of the program may know how to decode it, so it is tried again, and given up like any other.
		wait, again := next(&e, policy, err)
		return r.conclude(ctx, e, byRelay, aggregate.Result{Handled: e.Handled, Err: err, Again: again, Wait: wait})
	}
	var delivered atomic.Bool // a handler that goes on may end at any time
	raised.Delivery = aggregate.NewDelivery(e.Handled,
		func(err error) (time.Duration, bool) { return next(&e, policy, err) },
		func() { delivered.Store(r.conclude(ctx, e, byRelay, raised.Delivery.Result())) })
	func() {
		returned := false
		defer func() {
			if !returned {
				raised.Delivery.Done("", instrument.ErrUnfinished)
			}
			raised.Delivery.Close()
		}()
		_ = r.handlers.Dispatch(ctx, raised) // the delivery has the errors
		returned = true
	}()
	return delivered.Load()
}

// next says whether there is to be another attempt, and when. An attempt that failed since something is unavailable does not
// count, for there is nothing wrong with the event: it is tried again after a quarter of the time that it has waited.
func next(e *Entry, policy retry.Policy, err error) (time.Duration, bool) {
	if !retry.Unavailable(err) {
		return policy.Next(max(e.Attempts, 1), err)
	}
	return policy.Postpone(time.Since(e.RaisedAt), err)
}

// unfinished is the error of an entry whose last attempt has begun and nobody knows how it ended. Its handlers may be what
// ends processes.
func unfinished(e *Entry) error {
	if e.Error == "" {
		return fmt.Errorf("none of %d attempts came to an end: the process ended, or lost the event, in each", e.Attempts-1)
	}
	return fmt.Errorf("the last of %d attempts did not come to an end; before that: %s", e.Attempts-1, e.Error)
}

// raised returns the event as its handlers get it.
func (r *Relay) raised(e *Entry) (aggregate.Raised, error) {
	known, err := r.handlers.Events()
	if err != nil {
		return aggregate.Raised{}, fmt.Errorf("outbox: %w", err)
	}
	return e.raised(known[e.Type])
}

// conclude notes what came of an attempt, and reports whether the entry is delivered.
func (r *Relay) conclude(ctx context.Context, e Entry, byRelay bool, result aggregate.Result) bool {
	e.Attempts = r.attempts(&e)
	e.Handled, e.Error = result.Handled, ""
	outcome := Outcome{Entry: e, Verdict: Delivered, Wait: result.Wait}
	if result.Err != nil {
		outcome.Verdict, outcome.Entry.Error = Dead, instrument.Text(result.Err)
		switch {
		case result.Again && (retry.Unavailable(result.Err) || r.policy(&e).Last(e.Attempts)):
			outcome.Verdict = Postponed // also if only one handler of several has attempts left, since it was unavailable
		case result.Again:
			outcome.Verdict = Again
		}
	}
	r.telemetry.concluded(ctx, &outcome, byRelay, result.Err)
	r.settler.add(outcome)
	return outcome.Verdict == Delivered
}

// takeOff notes that an entry is being delivered, so that its lease is renewed. It returns false if this process has it in
// flight already, and had lost the lease.
func (r *Relay) takeOff(e Entry, byRelay bool) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if f, ok := r.flying[e.ID]; ok {
		f.entry.Attempts = e.Attempts // it is by this one that the driver knows the entry now
		r.flying[e.ID] = f
		return false
	}
	r.flying[e.ID] = flight{entry: e, since: time.Now(), relay: byRelay}
	return true
}

// InFlight returns how many events this process has taken on and not finished: those that it is delivering, also if a
// handler goes on after it returned, as with a bus in memory, and those whose delivery is being stored. A service whose
// handlers do not keep up with its requests sees it rise, and can refuse more: see web.Config.Overloaded.
func (r *Relay) InFlight() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.flying)
}

// attempts is how many there have been of an entry in flight, with those that were counted when it was leased again.
func (r *Relay) attempts(e *Entry) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	if f, ok := r.flying[e.ID]; ok {
		return f.entry.Attempts
	}
	return e.Attempts
}

// landed notes that what came of entries is stored.
func (r *Relay) landed(outcomes []Outcome) {
	r.mu.Lock()
	for _, o := range outcomes {
		delete(r.flying, o.Entry.ID)
		if o.Verdict != Delivered {
			r.behind = true
		}
	}
	behind := r.behind
	r.mu.Unlock()
	if behind {
		r.Wake()
	}
}

// fallBehind notes that something waits for the relay, which then looks whenever an entry has landed.
func (r *Relay) fallBehind(behind bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.behind = behind
}

// inFlight returns the entries that have been in flight for some time.
func (r *Relay) inFlight(longer time.Duration) []Entry {
	r.mu.Lock()
	defer r.mu.Unlock()
	var entries []Entry
	for _, f := range r.flying {
		if time.Since(f.since) >= longer {
			entries = append(entries, f.entry)
		}
	}
	return entries
}

// makeRoom lets the relay take another entry in place of one whose handlers have returned. Some may go on: they hold nobody up.
func (r *Relay) makeRoom(e *Entry) {
	r.mu.Lock()
	f, ok := r.flying[e.ID]
	if ok {
		f.relay = false
		r.flying[e.ID] = f
	}
	behind := r.behind
	r.mu.Unlock()
	if ok && behind {
		r.Wake()
	}
}

// room is how many entries the relay may take.
func (r *Relay) room() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := r.options.concurrency
	for _, f := range r.flying {
		if f.relay {
			n--
		}
	}
	return n
}
