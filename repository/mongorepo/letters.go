package mongorepo

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/neuroglia-go/neuroglia/outbox"
)

// letter is a dead letter. Its identity is that of the entry.
type letter struct {
	LetterID   string `bson:"_id"`
	Collection string `bson:"collection"`
	Entry      entry  `bson:",inline"`
}

// bury moves the entries of a document that were given up to the dead letters. An entry is marked in its document first,
// then copied, then removed: at each moment it is either pending or dead, whoever dies.
func (l *Log) bury(ctx context.Context, b *box) error {
	dead := slices.DeleteFunc(slices.Clone(b.Outbox), func(e entry) bool { return e.Dead == 0 })
	for _, e := range dead {
		e.Owner, e.Until = "", 0
		_, err := l.db.database.Collection(letters).ReplaceOne(ctx, bson.M{"_id": e.ID},
			letter{Entry: e, LetterID: e.ID, Collection: b.collection}, options.Replace().SetUpsert(true))
		if err != nil && !mongo.IsDuplicateKeyError(err) {
			return fmt.Errorf("keep dead letter %s: %w", e.ID, l.db.classify(ctx, err))
		}
	}
	if len(dead) == 0 {
		return nil
	}
	_, err := l.amend(ctx, b.document(), func(b *box) bool {
		before := len(b.Outbox)
		b.remove(func(e *entry) bool {
			return e.Dead != 0 && slices.ContainsFunc(dead, func(d entry) bool { return d.ID == e.ID })
		})
		return len(b.Outbox) < before
	})
	return err
}

// List implements outbox.Letters.
func (l *Log) List(ctx context.Context, f outbox.Filter) ([]outbox.Entry, error) {
	if f.Limit <= 0 {
		f.Limit = 100
	}
	list := l.pending
	if f.Dead {
		list = l.dead
	}
	found, err := list(ctx, f)
	if err != nil {
		return nil, fmt.Errorf("list entries: %w", l.db.classify(ctx, err))
	}
	entries := make([]outbox.Entry, len(found))
	for i := range found {
		entries[i] = found[i].entry()
	}
	return entries, nil
}

func (l *Log) dead(ctx context.Context, f outbox.Filter) ([]entry, error) {
	collection, filter := l.db.database.Collection(letters), bson.M{}
	for field, value := range map[string]string{"type": f.Type, "aggregate_id": f.Stream} {
		if value != "" {
			filter[field] = value
		}
	}
	if len(f.IDs) > 0 {
		filter["_id"] = bson.M{"$in": f.IDs}
	}
	if f.Error != "" {
		filter["error"] = bson.Regex{Pattern: regexp.QuoteMeta(f.Error), Options: "i"}
	}
	if f.OlderBy > 0 {
		filter["raised"] = bson.M{"$lte": time.Now().Add(-f.OlderBy).UnixNano()}
	}
	if f.After != "" {
		var after entry
		err := collection.FindOne(ctx, bson.M{"_id": f.After}).Decode(&after)
		if err != nil && !errors.Is(err, mongo.ErrNoDocuments) {
			return nil, err //nolint:wrapcheck // the caller explains
		}
		filter["$or"] = bson.A{
			bson.M{"raised": bson.M{"$gt": after.RaisedAt}}, bson.M{"raised": after.RaisedAt, "_id": bson.M{"$gt": after.ID}},
		}
	}
	cursor, err := collection.Find(ctx, filter, options.Find().SetSort(ascending("raised", "_id")).SetLimit(int64(f.Limit)))
	if err != nil {
		return nil, err //nolint:wrapcheck // the caller explains
	}
	var found []entry
	return found, cursor.All(ctx, &found) //nolint:wrapcheck // the caller explains
}

// pending reads all documents with pending entries, of which it keeps no more than it has to.
func (l *Log) pending(ctx context.Context, f outbox.Filter) ([]entry, error) {
	after, err := l.find(ctx, f.After)
	if err != nil {
		return nil, err
	}
	var found []entry
	shorten := func() {
		slices.SortFunc(found, byAge)
		found = found[:min(len(found), f.Limit)]
	}
	err = l.every(ctx, bson.M{"next.oldest": bson.M{"$gt": 0}}, func(e entry) {
		if e.Dead == 0 && byAge(e, after) > 0 && matches(&e, f) {
			if found = append(found, e); len(found) >= 2*f.Limit {
				shorten()
			}
		}
	})
	shorten()
	return found, err
}

func byAge(a, b entry) int {
	return cmp.Or(cmp.Compare(a.RaisedAt, b.RaisedAt), cmp.Compare(a.ID, b.ID))
}

func matches(e *entry, f outbox.Filter) bool {
	return (f.Type == "" || e.Type == f.Type) && (f.Stream == "" || e.AggregateID == f.Stream) &&
		(len(f.IDs) == 0 || slices.Contains(f.IDs, e.ID)) && time.Since(moment(e.RaisedAt)) >= f.OlderBy &&
		strings.Contains(strings.ToLower(e.Error), strings.ToLower(f.Error))
}

// find returns a pending entry, or the zero value, which is before all others.
func (l *Log) find(ctx context.Context, id string) (found entry, err error) {
	if id == "" {
		return found, nil
	}
	err = l.every(ctx, bson.M{"next.oldest": bson.M{"$gt": 0}, "outbox.id": id}, func(e entry) {
		if e.ID == id {
			found = e
		}
	})
	return found, err
}

// every calls do for each entry in the documents of all collections that match.
func (l *Log) every(ctx context.Context, filter bson.M, do func(entry)) error {
	names, err := l.db.collections(ctx)
	if err != nil {
		return err
	}
	for _, name := range names {
		cursor, err := l.db.database.Collection(name).Find(ctx, filter, options.Find().SetProjection(boxOnly()))
		if err != nil {
			return err //nolint:wrapcheck // the caller explains
		}
		for cursor.Next(ctx) {
			var b box
			if err := cursor.Decode(&b); err != nil {
				return err //nolint:wrapcheck // the caller explains
			}
			for _, e := range b.Outbox {
				do(e)
			}
		}
		if err := cursor.Err(); err != nil {
			return err
		}
	}
	return nil
}

// Replay implements outbox.Letters. Who replays a letter has it for the time of a lease; if they die in between, the
// letter may be replayed again.
func (l *Log) Replay(ctx context.Context, ids []string) (int, error) {
	replayed := 0
	for _, id := range ids {
		done, err := l.replay(ctx, id)
		if err != nil {
			return replayed, fmt.Errorf("replay dead letter %s: %w", id, l.db.classify(ctx, err))
		}
		if done {
			replayed++
		}
	}
	return replayed, nil
}

func (l *Log) replay(ctx context.Context, id string) (bool, error) {
	now := time.Now()
	var found letter
	err := l.db.database.Collection(letters).FindOneAndUpdate(ctx,
		bson.M{"_id": id, "until": bson.M{"$not": bson.M{"$gt": now.UnixNano()}}},
		bson.M{"$set": bson.M{"until": l.db.lease.end()}}).Decode(&found)
	if errors.Is(err, mongo.ErrNoDocuments) {
		return false, nil
	}
	if err != nil {
		return false, err //nolint:wrapcheck // the caller explains
	}
	e := found.Entry
	e.Attempts, e.Due, e.Dead, e.Until = 0, now.UnixNano(), 0, 0
	e.Replays++
	if err := l.putBack(ctx, found.Collection, e); err != nil {
		return false, err
	}
	result, err := l.db.database.Collection(letters).DeleteOne(ctx, bson.M{"_id": id})
	return err == nil && result.DeletedCount == 1, err //nolint:wrapcheck // the caller explains
}

// putBack adds an entry to the outbox of its aggregate, which may have been removed, unless it is there.
func (l *Log) putBack(ctx context.Context, collection string, e entry) error {
	for {
		b, err := l.amend(ctx, document{collection, e.AggregateID}, func(b *box) bool {
			if slices.ContainsFunc(b.Outbox, func(other entry) bool { return other.ID == e.ID }) {
				return false
			}
			b.Outbox = append(b.Outbox, e)
			return true
		})
		if b != nil || err != nil {
			return err
		}
		_, err = l.db.database.Collection(collection).InsertOne(ctx,
			bson.M{"_id": e.AggregateID, "outbox": []entry{e}, "next": nextOf([]entry{e}), "rev": revision()})
		if !mongo.IsDuplicateKeyError(err) {
			return err //nolint:wrapcheck // the caller explains
		}
	}
}

// Discard implements outbox.Letters.
func (l *Log) Discard(ctx context.Context, ids []string) (int, error) {
	if len(ids) == 0 {
		return 0, ctx.Err()
	}
	result, err := l.db.database.Collection(letters).DeleteMany(ctx, bson.M{"_id": bson.M{"$in": ids}})
	if err != nil {
		return 0, fmt.Errorf("discard dead letters: %w", l.db.classify(ctx, err))
	}
	return int(result.DeletedCount), nil
}
