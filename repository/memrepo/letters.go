package memrepo

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/neuroglia-go/neuroglia/outbox"
)

// List implements outbox.Letters.
func (o *Outbox) List(ctx context.Context, f outbox.Filter) ([]outbox.Entry, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	all := o.dead
	if !f.Dead {
		all = nil
		for at := o.pending.Front(); at != nil; at = at.Next() {
			all = append(all, at.Value.(*record)) //nolint:forcetypeassert // as in Claim
		}
	}
	all = slices.Clone(all)
	slices.SortStableFunc(all, func(a, b *record) int { return a.RaisedAt.Compare(b.RaisedAt) })
	if after := slices.IndexFunc(all, func(r *record) bool { return r.ID == f.After }); f.After != "" {
		all = all[after+1:]
	}
	found := []outbox.Entry{}
	limit := f.Limit
	if limit == 0 {
		limit = 100
	}
	for _, r := range all {
		if len(found) < limit && matches(r, f) {
			found = append(found, r.copied())
		}
	}
	return found, ctx.Err()
}

func matches(r *record, f outbox.Filter) bool {
	return (f.Type == "" || r.Type == f.Type) && (f.Stream == "" || r.AggregateID == f.Stream) &&
		(len(f.IDs) == 0 || slices.Contains(f.IDs, r.ID)) && time.Since(r.RaisedAt) >= f.OlderBy &&
		strings.Contains(strings.ToLower(r.Error), strings.ToLower(f.Error))
}

// Replay implements outbox.Letters.
func (o *Outbox) Replay(ctx context.Context, ids []string) (int, error) {
	return o.take(ctx, ids, func(r *record) {
		r.Dead, r.Due, r.Attempts = time.Time{}, o.now(), 0
		r.Replays++
		o.push(r)
	})
}

// Discard implements outbox.Letters.
func (o *Outbox) Discard(ctx context.Context, ids []string) (int, error) {
	return o.take(ctx, ids, func(*record) {})
}

// take takes dead letters out and does something with each.
func (o *Outbox) take(ctx context.Context, ids []string, do func(*record)) (int, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	taken := 0
	o.dead = slices.DeleteFunc(o.dead, func(r *record) bool {
		if !slices.Contains(ids, r.ID) {
			return false
		}
		taken++
		do(r)
		return true
	})
	o.wakeAll()
	return taken, nil
}
