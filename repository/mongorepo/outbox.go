package mongorepo

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
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

// box is what claims and settlements see of a document.
type box struct {
	ID      string  `bson:"_id"`
	Version int64   `bson:"version"` // 0 if the aggregate was removed
	Inbox   []seen  `bson:"inbox"`
	Outbox  []entry `bson:"outbox"`
	Next    next    `bson:"next"`
	Rev     int64   `bson:"rev"` // of the outbox; only who knows it replaces the array

	collection string
}

func boxOnly() bson.M { return bson.M{"version": 1, "inbox": 1, "outbox": 1, "next": 1, "rev": 1} }

// Claim implements outbox.Log.
func (l *Log) Claim(ctx context.Context, types []string, limit int) ([]outbox.Entry, time.Duration, error) {
	found, err := l.candidates(ctx, types, limit)
	if err != nil {
		return nil, 0, err
	}
	var claimed []outbox.Entry
	for i := range found {
		now := time.Now().UnixNano()
		if wait := found[i].Next.At - now; wait > 0 {
			return claimed, time.Duration(wait), nil
		}
		if len(claimed) == limit {
			break
		}
		e, taken, err := l.claim(ctx, &found[i], types)
		if err != nil && len(claimed) == 0 {
			return nil, 0, err
		}
		if err != nil {
			break // the next claim tells it
		}
		if taken {
			claimed = append(claimed, e)
		}
	}
	slices.SortStableFunc(claimed, func(a, b outbox.Entry) int { return a.RaisedAt.Compare(b.RaisedAt) })
	return claimed, 0, nil
}

// candidates returns what may be claimed first, and one more, to know when to look again.
func (l *Log) candidates(ctx context.Context, types []string, limit int) ([]box, error) {
	names, err := l.db.collections(ctx)
	if err != nil {
		return nil, err
	}
	var all []box
	for _, name := range names {
		cursor, err := l.db.database.Collection(name).Find(ctx,
			bson.M{"next.type": bson.M{"$in": append([]string{""}, types...)}},
			options.Find().SetProjection(boxOnly()).SetSort(ascending("next.at")).SetLimit(int64(limit)+1))
		if err != nil {
			return nil, fmt.Errorf("look into the outbox of %s: %w", name, l.db.classify(ctx, err))
		}
		var found []box
		if err := cursor.All(ctx, &found); err != nil {
			return nil, fmt.Errorf("look into the outbox of %s: %w", name, l.db.classify(ctx, err))
		}
		for i := range found {
			found[i].collection = name
		}
		all = append(all, found...)
	}
	slices.SortStableFunc(all, func(a, b box) int { return int(min(max(a.Next.At-b.Next.At, -1), 1)) })
	return all, nil
}

// claim takes the first pending entry of a document, unless somebody else was faster.
func (l *Log) claim(ctx context.Context, b *box, types []string) (claimed outbox.Entry, taken bool, err error) {
	now := time.Now()
	if slices.ContainsFunc(b.Outbox, func(e entry) bool { return e.Dead != 0 && e.Until <= now.UnixNano() }) {
		// Who gave them up has died before they were among the dead letters.
		if err := l.bury(ctx, b); err != nil {
			return claimed, false, err
		}
	}
	first := slices.IndexFunc(b.Outbox, func(e entry) bool { return e.Dead == 0 })
	if first < 0 {
		return claimed, false, nil
	}
	e := &b.Outbox[first]
	if !slices.Contains(types, e.Type) || max(e.Due, e.Until) > now.UnixNano() {
		return claimed, false, nil
	}
	e.Attempts++
	e.Owner, e.Until = l.db.process, now.Add(l.db.lease).UnixNano()
	if taken, err = l.replace(ctx, b); taken {
		l.db.take(b.collection, e.ID)
	}
	return e.entry(), taken, err
}

// replace stores the outbox of a document if nobody else changed it. A document that nothing is left in is deleted.
func (l *Log) replace(ctx context.Context, b *box) (bool, error) {
	collection, filter := l.db.database.Collection(b.collection), bson.M{"_id": b.ID, "rev": b.Rev}
	if len(b.Outbox) == 0 && b.Version == 0 && len(b.Inbox) == 0 {
		filter["version"], filter["inbox"] = exists(false), exists(false)
		result, err := collection.DeleteOne(ctx, filter)
		return err == nil && result.DeletedCount == 1, l.db.classify(ctx, err)
	}
	update := bson.M{"$inc": bson.M{"rev": int64(1)}}
	if n := nextOf(b.Outbox); n != nil {
		update["$set"] = bson.M{"outbox": b.Outbox, "next": n}
	} else {
		update["$unset"] = bson.M{"outbox": "", "next": ""}
	}
	result, err := collection.UpdateOne(ctx, filter, update)
	if err != nil || result.MatchedCount == 0 {
		return false, l.db.classify(ctx, err)
	}
	b.Rev++
	return true, nil
}

// amend changes entries of one document, until nobody else does at the same time. Change reports whether it did anything.
// It returns nil if there is no such document.
func (l *Log) amend(ctx context.Context, collection, id string, change func(*box) bool) (*box, error) {
	for {
		b := box{collection: collection}
		err := l.db.database.Collection(collection).FindOne(ctx, bson.M{"_id": id},
			options.FindOne().SetProjection(boxOnly())).Decode(&b)
		if errors.Is(err, mongo.ErrNoDocuments) {
			return nil, nil //nolint:nilnil // no document is no error
		}
		if err != nil {
			return nil, l.db.classify(ctx, err)
		}
		if !change(&b) {
			return &b, nil
		}
		if done, err := l.replace(ctx, &b); done || err != nil {
			return &b, err
		}
	}
}

// mine returns the entry if this process has it leased, for the attempt that the given one is of.
func (l *Log) mine(b *box, e *outbox.Entry) *entry {
	for i := range b.Outbox {
		if found := &b.Outbox[i]; found.ID == e.ID && found.Owner == l.db.process && found.Attempts == e.Attempts && found.Dead == 0 {
			return found
		}
	}
	return nil
}

// Renew implements outbox.Log.
func (l *Log) Renew(ctx context.Context, entries []outbox.Entry) error {
	return l.each(entries, func(collection, id string, indexes []int) error {
		_, err := l.amend(ctx, collection, id, func(b *box) (changed bool) {
			for _, i := range indexes {
				if e := l.mine(b, &entries[i]); e != nil {
					e.Until, changed = time.Now().Add(l.db.lease).UnixNano(), true
				}
			}
			return changed
		})
		return err
	})
}

// Settle implements outbox.Log. What concerns one document is one step.
func (l *Log) Settle(ctx context.Context, outcomes []outbox.Outcome) error {
	entries := make([]outbox.Entry, len(outcomes))
	for i := range outcomes {
		entries[i] = outcomes[i].Entry
	}
	return l.each(entries, func(collection, id string, indexes []int) error {
		b, err := l.amend(ctx, collection, id, func(b *box) (changed bool) {
			for _, i := range indexes {
				if e := l.mine(b, &entries[i]); e != nil {
					l.settle(b, e, &outcomes[i])
					changed = true
				}
			}
			return changed
		})
		if err != nil {
			return err
		}
		if b != nil {
			if err := l.bury(ctx, b); err != nil {
				return err
			}
		}
		l.db.giveBack(entries, indexes)
		return nil
	})
}

func (l *Log) settle(b *box, e *entry, o *outbox.Outcome) {
	now := time.Now()
	switch o.Verdict {
	case outbox.Delivered:
		b.Outbox = slices.DeleteFunc(b.Outbox, func(other entry) bool { return other.ID == o.Entry.ID })
		return
	case outbox.Again:
		e.Handled, e.Error, e.Due = o.Entry.Handled, o.Entry.Error, now.Add(o.Wait).UnixNano()
	case outbox.Dead:
		// The lease goes on until it is among the dead letters.
		e.Handled, e.Error, e.Dead = o.Entry.Handled, o.Entry.Error, now.UnixNano()
		e.Until = now.Add(l.db.lease).UnixNano()
		return
	case outbox.Untouched:
		e.Attempts--
	}
	e.Owner, e.Until = "", 0
}

// each calls do for each document that has some of the entries that this process has leased, with their indexes. It goes
// on after an error, and returns all.
func (l *Log) each(entries []outbox.Entry, do func(collection, id string, indexes []int) error) error {
	type document struct{ collection, id string }
	var order []document
	indexes := map[document][]int{}
	l.db.mu.Lock()
	for i := range entries {
		if collection, ok := l.db.leased[entries[i].ID]; ok {
			d := document{collection, entries[i].AggregateID}
			if indexes[d] == nil {
				order = append(order, d)
			}
			indexes[d] = append(indexes[d], i)
		}
	}
	l.db.mu.Unlock()
	var errs []error
	for _, d := range order {
		if err := do(d.collection, d.id, indexes[d]); err != nil {
			errs = append(errs, fmt.Errorf("outbox of %s %q: %w", d.collection, d.id, err))
		}
	}
	return errors.Join(errs...)
}

func (db *DB) take(collection, id string) {
	db.mu.Lock()
	defer db.mu.Unlock()
	db.leased[id] = collection
}

func (db *DB) giveBack(entries []outbox.Entry, indexes []int) {
	db.mu.Lock()
	defer db.mu.Unlock()
	for _, i := range indexes {
		delete(db.leased, entries[i].ID)
	}
}
