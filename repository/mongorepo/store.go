package mongorepo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/neuroglia-go/neuroglia/repository"
)

// Store is a repository.Store in a collection of a [DB].
type Store[A any] struct {
	db         *DB
	schema     repository.Schema[A]
	fields     []string // declared, sorted
	collection *mongo.Collection
}

var _ repository.Store[struct{}] = (*Store[struct{}])(nil)

// New returns the store of the aggregates that schema describes, and makes its indexes. Names in the schema are in lower
// snake case. A field that is declared later is filled in for the documents there are, which takes its time.
func New[A any](ctx context.Context, db *DB, schema repository.Schema[A]) (*Store[A], error) {
	if err := validate(schema); err != nil {
		return nil, err
	}
	s := &Store[A]{
		db: db, schema: schema, fields: slices.Sorted(maps.Keys(schema.Fields)),
		collection: db.database.Collection(schema.Name),
	}
	if err := s.prepare(ctx); err != nil {
		return nil, fmt.Errorf("prepare collection %s: %w", schema.Name, err)
	}
	return s, nil
}

// Get implements repository.Store.
func (s *Store[A]) Get(ctx context.Context, id string) (repository.Loaded[A], error) {
	document, err := s.collection.FindOne(ctx, bson.M{"_id": id}, options.FindOne().SetProjection(aggregateOnly())).Raw()
	if errors.Is(err, mongo.ErrNoDocuments) || err == nil && !alive(document) {
		return repository.Loaded[A]{}, repository.ErrNotFound
	}
	if err != nil {
		return repository.Loaded[A]{}, s.db.classify(ctx, err)
	}
	return decode[A](document)
}

// aggregateOnly leaves out what belongs to the outbox and inbox.
func aggregateOnly() bson.M { return bson.M{"version": 1, "created": 1, "document": 1} }

// alive reports whether a document has an aggregate: one that was removed leaves its outbox and inbox.
func alive(document bson.Raw) bool { return document.Lookup("version").Type == bson.TypeInt64 }

func decode[A any](document bson.Raw) (repository.Loaded[A], error) {
	loaded := repository.Loaded[A]{
		ID: document.Lookup("_id").StringValue(), Version: document.Lookup("version").Int64(),
		Created: time.Unix(0, document.Lookup("created").Int64()).UTC(), State: new(A),
	}
	text, err := toJSON(document.Lookup("document"))
	if err == nil {
		err = json.Unmarshal(text, loaded.State)
	}
	if err != nil {
		return repository.Loaded[A]{}, fmt.Errorf("decode %q: %w", loaded.ID, err)
	}
	return loaded, nil
}

// Contains implements repository.Store.
func (s *Store[A]) Contains(ctx context.Context, id string) (bool, error) {
	document, err := s.collection.FindOne(ctx, bson.M{"_id": id}, options.FindOne().SetProjection(bson.M{"version": 1})).Raw()
	if errors.Is(err, mongo.ErrNoDocuments) {
		return false, nil
	}
	return err == nil && alive(document), s.db.classify(ctx, err)
}

// List implements repository.Store.
func (s *Store[A]) List(ctx context.Context, f repository.Filter) ([]repository.Loaded[A], error) {
	after := since(f.After.Created)
	filter := bson.M{
		"created": bson.M{"$gte": after},
		"$or":     bson.A{bson.M{"created": bson.M{"$gt": after}}, bson.M{"_id": bson.M{"$gt": f.After.ID}}},
	}
	for field, value := range f.Where {
		if !slices.Contains(s.fields, field) {
			return nil, s.undeclared(field)
		}
		filter[column(field)] = value
	}
	if f.Limit <= 0 {
		return nil, ctx.Err()
	}
	cursor, err := s.collection.Find(ctx, filter, options.Find().SetProjection(aggregateOnly()).
		SetSort(ascending("created", "_id")).SetLimit(int64(f.Limit)))
	if err != nil {
		return nil, s.db.classify(ctx, err)
	}
	defer cursor.Close(ctx)
	var all []repository.Loaded[A]
	for cursor.Next(ctx) {
		loaded, err := decode[A](cursor.Current)
		if err != nil {
			return nil, err
		}
		all = append(all, loaded)
	}
	return all, s.db.classify(ctx, cursor.Err())
}

// since is the time of a place in a list, within what a document can have.
func since(t time.Time) int64 {
	switch {
	case t.Before(time.Unix(0, 0)):
		return 0
	case t.After(time.Unix(0, math.MaxInt64)):
		return math.MaxInt64
	}
	return t.UnixNano()
}

// Count implements repository.Store.
func (s *Store[A]) Count(ctx context.Context, field string) (map[string]int64, error) {
	if !slices.Contains(s.fields, field) {
		return nil, s.undeclared(field)
	}
	cursor, err := s.collection.Aggregate(ctx, bson.A{
		bson.M{"$match": bson.M{column(field): exists(true)}},
		bson.M{"$group": bson.M{"_id": "$" + column(field), "n": bson.M{"$sum": 1}}},
	})
	if err != nil {
		return nil, s.db.classify(ctx, err)
	}
	var rows []struct {
		Value string `bson:"_id"`
		N     int64  `bson:"n"`
	}
	if err := cursor.All(ctx, &rows); err != nil {
		return nil, s.db.classify(ctx, err)
	}
	counts := map[string]int64{}
	for _, row := range rows {
		counts[row.Value] = row.N
	}
	return counts, nil
}

func (s *Store[A]) undeclared(field string) error {
	return fmt.Errorf("%s has no declared field %q", s.schema.Name, field)
}
