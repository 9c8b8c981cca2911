package mongorepo

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/neuroglia-go/neuroglia/outbox"
)

// Log is the outbox of all aggregates in a [DB]. Leases, and when entries are due, are measured by the clocks of the
// processes.
type Log struct{ db *DB }

var (
	_ outbox.Log     = (*Log)(nil)
	_ outbox.Letters = (*Log)(nil)
)

// Outbox returns the outbox that stores of this database save events to.
func (db *DB) Outbox() *Log { return &Log{db} }

// Name implements outbox.Log.
func (*Log) Name() string { return "mongorepo" }

// Lease implements outbox.Log.
func (l *Log) Lease() time.Duration { return l.db.lease.term }

// Claim implements outbox.Log.
func (l *Log) Claim(ctx context.Context, types []string, limit int) ([]outbox.Entry, time.Duration, error) {
	found, err := l.candidates(ctx, types, limit)
	if err != nil {
		return nil, 0, err
	}
	now := time.Now().UnixNano()
	due := slices.IndexFunc(found, func(b box) bool { return b.Next.At > now })
	var next time.Duration
	if due < 0 {
		due = len(found)
	} else {
		next = time.Duration(found[due].Next.At - now)
	}
	found = found[:min(due, max(limit, 0))]
	claims := make([]*outbox.Entry, len(found))
	err = parallel(len(found), func(i int) error {
		var err error
		claims[i], err = l.claim(ctx, &found[i], types)
		return err
	})
	var claimed []outbox.Entry
	for _, e := range claims {
		if e != nil {
			claimed = append(claimed, *e)
		}
	}
	if len(claimed) == 0 {
		return nil, next, err
	}
	slices.SortStableFunc(claimed, func(a, b outbox.Entry) int { return a.RaisedAt.Compare(b.RaisedAt) })
	return claimed, next, nil // if there is an error, the next claim meets it
}

// candidates returns what may be claimed first, and one more, to know when to look again.
func (l *Log) candidates(ctx context.Context, types []string, limit int) ([]box, error) {
	names, err := l.db.collections(ctx)
	if err != nil {
		return nil, err
	}
	found := make([][]box, len(names))
	err = parallel(len(names), func(i int) error {
		cursor, err := l.db.database.Collection(names[i]).Find(ctx,
			bson.M{"next.type": bson.M{"$in": append([]string{""}, types...)}},
			options.Find().SetProjection(boxOnly()).SetSort(ascending("next.at")).SetLimit(int64(max(limit, 0))+1))
		if err == nil {
			err = cursor.All(ctx, &found[i])
		}
		if err != nil {
			return fmt.Errorf("look into the outbox of %s: %w", names[i], l.db.classify(ctx, err))
		}
		for k := range found[i] {
			found[i][k].collection = names[i]
		}
		return nil
	})
	all := slices.Concat(found...)
	slices.SortStableFunc(all, func(a, b box) int { return cmp.Compare(a.Next.At, b.Next.At) })
	return all, err
}

// claim takes the first pending entry of a document. It returns nil if somebody else was faster.
func (l *Log) claim(ctx context.Context, b *box, types []string) (*outbox.Entry, error) {
	now := time.Now().UnixNano()
	if slices.ContainsFunc(b.Outbox, func(e entry) bool { return e.Dead != 0 && e.Until <= now }) {
		// Who gave them up has died before they were among the dead letters.
		return nil, l.bury(ctx, b)
	}
	first := slices.IndexFunc(b.Outbox, func(e entry) bool { return e.Dead == 0 })
	if first < 0 {
		return nil, nil //nolint:nilnil // as said above
	}
	e := &b.Outbox[first]
	if !slices.Contains(types, e.Type) || max(e.Due, e.Until) > now {
		return nil, nil //nolint:nilnil // as said above
	}
	e.Attempts++
	e.Owner, e.Until = l.db.lease.owner, l.db.lease.end()
	if done, err := l.replace(ctx, b); !done {
		return nil, err
	}
	l.db.lease.note(b, b.Outbox[first:first+1])
	claimed := e.entry()
	return &claimed, nil
}

// mine returns the entry if this process has it leased, for the attempt that the given one is of.
func (l *Log) mine(b *box, e *outbox.Entry) *entry {
	for i := range b.Outbox {
		found := &b.Outbox[i]
		if found.ID == e.ID && found.Owner == l.db.lease.owner && found.Attempts == e.Attempts && found.Dead == 0 {
			return found
		}
	}
	return nil
}

// Renew implements outbox.Log.
func (l *Log) Renew(ctx context.Context, entries []outbox.Entry) error {
	return l.each(ctx, entries, func(d document, indexes []int) error {
		_, err := l.amend(ctx, d, func(b *box) (changed bool) {
			for _, i := range indexes {
				if e := l.mine(b, &entries[i]); e != nil {
					e.Until, changed = l.db.lease.end(), true
				}
			}
			return changed
		})
		return err
	})
}

// Settle implements outbox.Log. What concerns one aggregate is one step.
func (l *Log) Settle(ctx context.Context, outcomes []outbox.Outcome) error {
	entries := make([]outbox.Entry, len(outcomes))
	for i := range outcomes {
		entries[i] = outcomes[i].Entry
	}
	return l.each(ctx, entries, func(d document, indexes []int) error {
		b, err := l.amend(ctx, d, func(b *box) (changed bool) {
			for _, i := range indexes {
				if e := l.mine(b, &entries[i]); e != nil {
					l.settle(b, e, &outcomes[i])
					changed = true
				}
			}
			return changed
		})
		if err == nil && b != nil {
			err = l.bury(ctx, b)
		}
		if err == nil {
			l.db.lease.done(d, entries, indexes)
		}
		return err
	})
}

func (l *Log) settle(b *box, e *entry, o *outbox.Outcome) {
	switch o.Verdict {
	case outbox.Delivered:
		b.remove(func(other *entry) bool { return other.ID == o.Entry.ID })
		return
	case outbox.Again, outbox.Postponed:
		if o.Verdict == outbox.Postponed {
			e.Attempts--
		}
		e.Handled, e.Error, e.Due = o.Entry.Handled, o.Entry.Error, time.Now().Add(o.Wait).UnixNano()
	case outbox.Dead:
		// The lease goes on until it is among the dead letters.
		e.Handled, e.Error, e.Dead, e.Until = o.Entry.Handled, o.Entry.Error, time.Now().UnixNano(), l.db.lease.end()
		return
	case outbox.Untouched:
		e.Attempts--
	}
	e.Owner, e.Until = "", 0
}

// each calls do for each document that has some of the entries which this process has leased, with their indexes. It goes
// on after an error, and returns all.
func (l *Log) each(ctx context.Context, entries []outbox.Entry, do func(document, []int) error) error {
	order, indexes := l.db.lease.byDocument(entries)
	if len(order) == 0 && len(entries) > 0 {
		return l.db.Check(ctx) // who asks is to know when the database cannot be reached
	}
	return parallel(len(order), func(i int) error {
		if err := do(order[i], indexes[order[i]]); err != nil {
			return fmt.Errorf("outbox of %s %q: %w", order[i].collection, order[i].id, err)
		}
		return nil
	})
}

// parallel calls do with 0 to n-1, some at a time, and returns all errors.
func parallel(n int, do func(int) error) error {
	const most = 8
	errs := make([]error, n)
	free := make(chan struct{}, most)
	var work sync.WaitGroup
	for i := range n {
		free <- struct{}{}
		work.Go(func() {
			defer func() { <-free }()
			errs[i] = do(i)
		})
	}
	work.Wait()
	return errors.Join(errs...)
}
