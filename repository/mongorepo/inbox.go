package mongorepo

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
)

// A document has the inbox keys of its latest changes. When they are many, the older half is moved to a collection, so that
// the document of an aggregate that all messages change does not grow without end. A key is looked for in the document,
// then in the collection; a change is made only if no key was moved since.
const crowded = 256

// seen is an inbox key.
type seen struct {
	Key string `bson:"key"`
	At  int64  `bson:"at"`
}

// glance is what Save has to know of a document.
type glance struct {
	Version int64  `bson:"version"` // 0 if there is no aggregate
	Inbox   []seen `bson:"inbox"`
	Moved   int64  `bson:"moved"` // how often keys were moved
	Next    *next  `bson:"next"`

	there bool // a document, with or without an aggregate
	fresh bool // nobody has looked yet
}

func (g *glance) seen(key string) bool {
	for _, seen := range g.Inbox {
		if key != "" && seen.Key == key {
			return true
		}
	}
	return false
}

// pending reports whether events wait that have to be delivered before new ones.
func (g *glance) pending() bool { return g.Next != nil }

func (s *Store[A]) look(ctx context.Context, id string) (*glance, error) {
	g := glance{there: true}
	err := s.collection.FindOne(ctx, bson.M{"_id": id},
		options.FindOne().SetProjection(bson.M{"version": 1, "inbox": 1, "moved": 1, "next": 1})).Decode(&g)
	if errors.Is(err, mongo.ErrNoDocuments) {
		return &glance{}, nil
	}
	return &g, s.db.classify(ctx, err)
}

// Seen implements repository.Store.
func (s *Store[A]) Seen(ctx context.Context, id, key string) (bool, error) {
	is, err := s.look(ctx, id)
	if err != nil {
		return false, err
	}
	if len(is.Inbox) >= crowded {
		if err := s.move(ctx, id, is); err != nil {
			return false, fmt.Errorf("move inbox keys: %w", s.db.classify(ctx, err))
		}
	}
	return s.recorded(ctx, id, key, is)
}

// recorded reports whether a key is in the document, or was moved.
func (s *Store[A]) recorded(ctx context.Context, id, key string, is *glance) (bool, error) {
	if key == "" || is.seen(key) || is.Moved == 0 {
		return is.seen(key), nil
	}
	err := s.db.database.Collection(inbox).FindOne(ctx, bson.M{"_id": s.place(id, key)}).Err()
	if errors.Is(err, mongo.ErrNoDocuments) {
		return false, nil
	}
	return err == nil, s.db.classify(ctx, err)
}

// place is the identity of a key that was moved.
func (s *Store[A]) place(id, key string) string {
	return fmt.Sprintf("%s|%d|%s|%s", s.schema.Name, len(id), id, key)
}

// move moves the older half. Whoever dies meanwhile leaves keys in both places, which changes nothing.
func (s *Store[A]) move(ctx context.Context, id string, is *glance) error {
	older := is.Inbox[:len(is.Inbox)/2]
	documents := make([]any, len(older))
	for i, k := range older {
		documents[i] = bson.M{"_id": s.place(id, k.Key), "at": k.At}
	}
	_, err := s.db.database.Collection(inbox).InsertMany(ctx, documents, options.InsertMany().SetOrdered(false))
	if err != nil && !allThere(err) {
		return err //nolint:wrapcheck // the caller explains
	}
	moved := any(exists(false))
	if is.Moved > 0 {
		moved = is.Moved
	}
	result, err := s.collection.UpdateOne(ctx, bson.M{"_id": id, "moved": moved},
		bson.M{"$pullAll": bson.M{"inbox": older}, "$set": bson.M{"moved": is.Moved + 1}})
	if err == nil && result.MatchedCount == 1 {
		is.Moved++ // else somebody else has moved them
	}
	return err //nolint:wrapcheck // the caller explains
}

// allThere reports whether all that could not be inserted is there.
func allThere(err error) bool {
	failed, ok := errors.AsType[mongo.BulkWriteException](err)
	return ok && failed.WriteConcernError == nil &&
		!slices.ContainsFunc(failed.WriteErrors, func(e mongo.BulkWriteError) bool { return !mongo.IsDuplicateKeyError(e) })
}
