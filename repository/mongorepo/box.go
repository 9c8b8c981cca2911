package mongorepo

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
)

// box is what claims and settlements see of a document.
type box struct {
	ID      string  `bson:"_id"`
	Version int64   `bson:"version"` // 0 if the aggregate was removed
	Inbox   []seen  `bson:"inbox"`
	Outbox  []entry `bson:"outbox"`
	Next    next    `bson:"next"`
	Rev     int64   `bson:"rev"` // changes whenever the outbox does; only who knows it replaces the outbox

	collection string
}

// revision returns one that no document has had.
func revision() int64 { return rand.Int64() }

func boxOnly() bson.M { return bson.M{"version": 1, "inbox": 1, "outbox": 1, "next": 1, "rev": 1} }

func (b *box) document() document { return document{b.collection, b.ID} }

func (b *box) clone() *box {
	c := *b
	c.Outbox = slices.Clone(b.Outbox)
	return &c
}

// remove takes entries out.
func (b *box) remove(these func(*entry) bool) {
	b.Outbox = slices.DeleteFunc(b.Outbox, func(e entry) bool { return these(&e) })
}

// read returns nil if there is no such document.
func (l *Log) read(ctx context.Context, d document) (*box, error) {
	b := &box{collection: d.collection}
	err := l.db.database.Collection(d.collection).FindOne(ctx, bson.M{"_id": d.id},
		options.FindOne().SetProjection(boxOnly())).Decode(b)
	if errors.Is(err, mongo.ErrNoDocuments) {
		return nil, nil //nolint:nilnil // none is no error
	}
	return b, l.db.classify(ctx, err)
}

// replace stores the outbox of a document if nobody else changed it. A document that nothing is left in is deleted.
func (l *Log) replace(ctx context.Context, b *box) (bool, error) {
	collection, filter := l.db.database.Collection(b.collection), bson.M{"_id": b.ID, "rev": b.Rev}
	if b.Rev == 0 {
		filter["rev"] = exists(false)
	}
	if len(b.Outbox) == 0 && b.Version == 0 && len(b.Inbox) == 0 {
		filter["version"], filter["inbox"] = exists(false), exists(false)
		result, err := collection.DeleteOne(ctx, filter)
		return err == nil && result.DeletedCount == 1, l.db.classify(ctx, err)
	}
	rev := revision()
	update := bson.M{"$set": bson.M{"rev": rev}, "$unset": bson.M{"outbox": "", "next": ""}}
	if n := nextOf(b.Outbox); n != nil {
		update = bson.M{"$set": bson.M{"rev": rev, "outbox": b.Outbox, "next": n}}
	}
	result, err := collection.UpdateOne(ctx, filter, update)
	if err != nil || result.MatchedCount == 0 {
		return false, l.db.classify(ctx, err)
	}
	b.Rev = rev
	return true, nil
}

// amend changes the outbox of one document, again and again while others do at the same time. Change reports whether it did
// anything. It returns nil if there is no such document.
func (l *Log) amend(ctx context.Context, d document, change func(*box) bool) (*box, error) {
	b := l.db.lease.known(d)
	if b != nil && b.Version == 0 {
		b = nil // whether it is to be deleted depends on its inbox
	}
	for ; ; b = nil {
		if b == nil {
			var err error
			if b, err = l.read(ctx, d); b == nil || err != nil {
				return nil, err
			}
		}
		if !change(b) {
			return b, nil
		}
		if done, err := l.replace(ctx, b); done || err != nil {
			if done {
				l.db.lease.written(b)
			}
			return b, err
		}
	}
}
