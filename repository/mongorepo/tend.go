package mongorepo

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/neuroglia-go/neuroglia/outbox"
)

// Status implements outbox.Log.
func (l *Log) Status(ctx context.Context) (outbox.Status, error) {
	names, err := l.db.collections(ctx)
	if err != nil {
		return outbox.Status{}, err
	}
	var status outbox.Status
	for _, name := range names {
		if err := l.status(ctx, name, &status); err != nil {
			return outbox.Status{}, fmt.Errorf("read how full the outbox of %s is: %w", name, l.db.classify(ctx, err))
		}
	}
	if status.Dead, err = l.db.database.Collection(letters).EstimatedDocumentCount(ctx); err != nil {
		return outbox.Status{}, fmt.Errorf("count dead letters: %w", l.db.classify(ctx, err))
	}
	return status, nil
}

func (l *Log) status(ctx context.Context, name string, status *outbox.Status) error {
	waiting := bson.M{"next.oldest": bson.M{"$gt": 0}}
	cursor, err := l.db.database.Collection(name).Aggregate(ctx, bson.A{
		bson.M{"$match": waiting}, bson.M{"$group": bson.M{"_id": nil, "n": bson.M{"$sum": "$next.pending"}}},
	})
	if err != nil {
		return err //nolint:wrapcheck // the caller explains
	}
	var sums []struct {
		N int64 `bson:"n"`
	}
	if err := cursor.All(ctx, &sums); err != nil || len(sums) == 0 {
		return err //nolint:wrapcheck // the caller explains
	}
	status.Pending += sums[0].N
	var oldest box
	err = l.db.database.Collection(name).FindOne(ctx, waiting,
		options.FindOne().SetSort(ascending("next.oldest")).SetProjection(bson.M{"next": 1})).Decode(&oldest)
	if errors.Is(err, mongo.ErrNoDocuments) {
		return nil
	}
	if err == nil {
		status.Oldest = max(status.Oldest, time.Since(moment(oldest.Next.Oldest)))
	}
	return err //nolint:wrapcheck // the caller explains
}

// Watch implements outbox.Log. Only replica sets tell what changes.
func (*Log) Watch(context.Context, func()) error { return nil }

// Forget implements outbox.Log.
func (l *Log) Forget(ctx context.Context, age time.Duration) (int64, error) {
	names, err := l.db.collections(ctx)
	if err != nil {
		return 0, err
	}
	var forgotten int64
	before := time.Now().Add(-age).UnixNano()
	for _, name := range names {
		n, err := l.forget(ctx, name, before)
		forgotten += n
		if err != nil {
			return forgotten, fmt.Errorf("forget inbox keys of %s: %w", name, l.db.classify(ctx, err))
		}
	}
	result, err := l.db.database.Collection(inbox).DeleteMany(ctx, bson.M{"at": bson.M{"$lt": before}})
	if err != nil {
		return forgotten, fmt.Errorf("forget inbox keys: %w", l.db.classify(ctx, err))
	}
	return forgotten + result.DeletedCount, nil
}

func (l *Log) forget(ctx context.Context, name string, before int64) (forgotten int64, err error) {
	collection := l.db.database.Collection(name)
	cursor, err := collection.Find(ctx, bson.M{"inbox.at": bson.M{"$lt": before}},
		options.Find().SetProjection(bson.M{"inbox": 1}))
	if err != nil {
		return 0, err //nolint:wrapcheck // the caller explains
	}
	defer cursor.Close(ctx)
	for cursor.Next(ctx) {
		var b box
		if err := cursor.Decode(&b); err != nil {
			return forgotten, err //nolint:wrapcheck // the caller explains
		}
		old := slices.DeleteFunc(b.Inbox, func(s seen) bool { return s.At >= before })
		_, err = collection.UpdateOne(ctx, bson.M{"_id": b.ID}, bson.M{"$pullAll": bson.M{"inbox": old}})
		if err != nil {
			return forgotten, err //nolint:wrapcheck // the caller explains
		}
		forgotten += int64(len(old))
		empty := bson.M{"_id": b.ID, "inbox": bson.M{"$size": 0}}
		_, err = collection.UpdateOne(ctx, empty, bson.M{"$unset": bson.M{"inbox": ""}, "$set": bson.M{"rev": revision()}})
		if err != nil {
			return forgotten, err //nolint:wrapcheck // the caller explains
		}
		nothing := bson.M{"_id": b.ID, "version": exists(false), "inbox": exists(false), "next": exists(false)}
		if _, err := collection.DeleteOne(ctx, nothing); err != nil {
			return forgotten, err //nolint:wrapcheck // the caller explains
		}
	}
	return forgotten, cursor.Err()
}

// know notes a collection of a store.
func (db *DB) know(name string) {
	db.mu.Lock()
	defer db.mu.Unlock()
	db.names[name] = struct{}{}
}

// fresh is how long the names of collections that other processes made may not be known.
const fresh = 10 * time.Second

// collections returns the names of all stores' collections, whoever made them.
func (db *DB) collections(ctx context.Context) ([]string, error) {
	db.mu.Lock()
	defer db.mu.Unlock()
	if time.Since(db.read) > fresh {
		cursor, err := db.database.Collection(collections).Find(ctx, bson.M{})
		if err != nil {
			return nil, fmt.Errorf("read the names of collections: %w", db.classify(ctx, err))
		}
		var found []box
		if err := cursor.All(ctx, &found); err != nil {
			return nil, fmt.Errorf("read the names of collections: %w", db.classify(ctx, err))
		}
		for _, known := range found {
			db.names[known.ID] = struct{}{}
		}
		db.read = time.Now()
	}
	return slices.Sorted(maps.Keys(db.names)), nil
}
