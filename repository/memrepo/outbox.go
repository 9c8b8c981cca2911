package memrepo

import (
	"container/list"
	"context"
	"slices"
	"sync"
	"time"

	"github.com/neuroglia-go/neuroglia/aggregate"
	"github.com/neuroglia-go/neuroglia/outbox"
)

// Outbox is an outbox.Log in memory, for any number of stores: make one, and give it to each with [WithOutbox].
type Outbox struct {
	*shared
	process string        // whose leases those taken here are
	wrong   time.Duration // what the process's clock says too much
}

var (
	_ outbox.Log     = (*Outbox)(nil)
	_ outbox.Letters = (*Outbox)(nil)
)

// shared is what the processes that share an outbox share.
type shared struct {
	lease time.Duration

	mu      sync.Mutex
	pending *list.List // of *record, in the order they were saved
	byID    map[string]*list.Element
	streams map[stream]int // how many are pending
	dead    []*record
	inbox   map[string]time.Time
	wakes   map[*func()]struct{}
}

type record struct {
	outbox.Entry

	holder string // the process that has it leased
	until  time.Time
}

type stream struct{ aggregate, id string }

func streamOf(e *outbox.Entry) stream { return stream{e.AggregateType, e.AggregateID} }

// NewOutbox returns an empty outbox whose leases last as long as the duration, or outbox.Lease if it is 0.
func NewOutbox(lease time.Duration) *Outbox {
	if lease == 0 {
		lease = outbox.Lease
	}
	return &Outbox{process: aggregate.NewID(), shared: &shared{
		lease: lease, pending: list.New(), byID: map[string]*list.Element{}, streams: map[stream]int{},
		inbox: map[string]time.Time{}, wakes: map[*func()]struct{}{},
	}}
}

// Process returns the same outbox as another process would have it, for tests of several.
func (o *Outbox) Process() *Outbox { return &Outbox{process: aggregate.NewID(), shared: o.shared} }

// Skewed returns the same outbox as another process would have it whose clock is fast by a duration, or slow if it is
// negative, for tests of what clocks do.
func (o *Outbox) Skewed(by time.Duration) *Outbox {
	return &Outbox{process: aggregate.NewID(), shared: o.shared, wrong: by}
}

func (o *Outbox) now() time.Time { return time.Now().Add(o.wrong) }

// Name implements outbox.Log.
func (*Outbox) Name() string { return "memrepo" }

// Lease implements outbox.Log.
func (o *Outbox) Lease() time.Duration { return o.lease }

// save adds the entries of one change. The caller holds the lock.
func (o *Outbox) save(entries []outbox.Entry) {
	if len(entries) == 0 {
		return
	}
	held := o.streams[streamOf(&entries[0])] == 0
	for i := range entries {
		e := &entries[i]
		r := &record{Entry: e.Stored()}
		if e.Held = held; held {
			r.Attempts, r.holder, r.until = 1, o.process, o.now().Add(o.lease)
			e.Attempts = 1
		}
		o.push(r)
	}
	if !held {
		o.wakeAll()
	}
}

func (o *Outbox) push(r *record) {
	r.Data, r.Handled = slices.Clone(r.Data), slices.Clone(r.Handled)
	o.byID[r.ID] = o.pending.PushBack(r)
	o.streams[streamOf(&r.Entry)]++
}

func (o *Outbox) remove(r *record) {
	o.pending.Remove(o.byID[r.ID])
	delete(o.byID, r.ID)
	if s := streamOf(&r.Entry); o.streams[s] == 1 {
		delete(o.streams, s)
	} else {
		o.streams[s]--
	}
}

// Claim implements outbox.Log.
func (o *Outbox) Claim(ctx context.Context, types []string, limit int) ([]outbox.Entry, time.Duration, error) {
	if err := ctx.Err(); err != nil {
		return nil, 0, err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	now, seen := o.now(), map[stream]bool{}
	var claimed []outbox.Entry
	var next time.Duration
	for at := o.pending.Front(); at != nil && len(claimed) < limit; at = at.Next() {
		r := at.Value.(*record) //nolint:forcetypeassert // there is nothing else in the list
		if s := streamOf(&r.Entry); seen[s] {
			continue
		} else {
			seen[s] = true
		}
		free := r.Due
		if r.until.After(free) {
			free = r.until
		}
		switch wait := free.Sub(now); {
		case !slices.Contains(types, r.Type):
		case wait > 0:
			if next == 0 || wait < next {
				next = wait
			}
		default:
			r.Attempts++
			r.holder, r.until = o.process, now.Add(o.lease)
			claimed = append(claimed, r.copied())
		}
	}
	return claimed, next, nil
}

func (r *record) copied() outbox.Entry {
	e := r.Entry
	e.Data, e.Handled, e.Held = slices.Clone(r.Data), slices.Clone(r.Handled), r.holder != ""
	return e
}

// held returns the record of an entry that this process has leased, or nil.
func (o *Outbox) held(id string) *record {
	at, ok := o.byID[id]
	if !ok {
		return nil
	}
	if r := at.Value.(*record); r.holder == o.process { //nolint:forcetypeassert // as in Claim
		return r
	}
	return nil
}

// Renew implements outbox.Log.
func (o *Outbox) Renew(ctx context.Context, entries []outbox.Entry) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, e := range entries {
		if r := o.held(e.ID); r != nil {
			r.until = o.now().Add(o.lease)
		}
	}
	return ctx.Err()
}

// Settle implements outbox.Log.
func (o *Outbox) Settle(ctx context.Context, outcomes []outbox.Outcome) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, outcome := range outcomes {
		r := o.held(outcome.Entry.ID)
		if r == nil {
			continue
		}
		now := o.now()
		r.holder, r.until = "", time.Time{}
		switch outcome.Verdict {
		case outbox.Delivered:
			o.remove(r)
		case outbox.Again, outbox.Postponed:
			if outcome.Verdict == outbox.Postponed {
				r.Attempts--
			}
			r.Handled, r.Error, r.Due = slices.Clone(outcome.Entry.Handled), outcome.Entry.Error, now.Add(outcome.Wait)
		case outbox.Dead:
			o.remove(r)
			r.Handled, r.Error, r.Dead = slices.Clone(outcome.Entry.Handled), outcome.Entry.Error, now
			o.dead = append(o.dead, r)
		case outbox.Untouched:
			r.Attempts--
		}
	}
	return nil
}

// Status implements outbox.Log.
func (o *Outbox) Status(ctx context.Context) (outbox.Status, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	s := outbox.Status{Pending: int64(o.pending.Len()), Dead: int64(len(o.dead))}
	for at := o.pending.Front(); at != nil; at = at.Next() {
		s.Oldest = max(s.Oldest, o.now().Sub(at.Value.(*record).RaisedAt)) //nolint:forcetypeassert // as in Claim
	}
	return s, ctx.Err()
}

// Watch implements outbox.Log.
func (o *Outbox) Watch(ctx context.Context, wake func()) error {
	o.mu.Lock()
	o.wakes[&wake] = struct{}{}
	o.mu.Unlock()
	<-ctx.Done()
	o.mu.Lock()
	delete(o.wakes, &wake)
	o.mu.Unlock()
	return nil
}

func (o *Outbox) wakeAll() {
	for wake := range o.wakes {
		(*wake)()
	}
}

// Forget implements outbox.Log.
func (o *Outbox) Forget(ctx context.Context, age time.Duration) (int64, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	before := len(o.inbox)
	for key, at := range o.inbox {
		if time.Since(at) > age {
			delete(o.inbox, key)
		}
	}
	return int64(before - len(o.inbox)), ctx.Err()
}
