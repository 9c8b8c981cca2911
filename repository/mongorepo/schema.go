package mongorepo

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/neuroglia-go/neuroglia/aggregate"
	"github.com/neuroglia-go/neuroglia/repository"
)

// The collections beside those of stores.
const (
	collections = "neuroglia_collections"  // the names of those that stores were made of
	letters     = "neuroglia_dead_letters" // events that were given up
	inbox       = "neuroglia_inbox"        // keys that were moved out of their documents
)

// longest is that of names in every driver, so that a service can change its database.
const longest = 28

// validate refuses names that would not be plain identifiers in every database.
func validate[A any](schema repository.Schema[A]) error {
	plain := regexp.MustCompile(`^[a-z][a-z0-9]*(_[a-z0-9]+)*$`)
	const rule = "use lower snake case, at most %d characters"
	if !plain.MatchString(schema.Name) || len(schema.Name) > longest {
		return fmt.Errorf("schema name %q: "+rule, schema.Name, longest)
	}
	if strings.HasPrefix(schema.Name, "neuroglia_") {
		return fmt.Errorf("schema name %q: names that begin with neuroglia_ are reserved", schema.Name)
	}
	for name, value := range schema.Fields {
		if !plain.MatchString(name) || len(name) > longest {
			return fmt.Errorf("schema %s: field %q: "+rule, schema.Name, name, longest)
		}
		if value == nil {
			return fmt.Errorf("schema %s: field %q has no function", schema.Name, name)
		}
	}
	return nil
}

// prepare makes what the outbox needs beside the collections of stores.
func (db *DB) prepare(ctx context.Context) error {
	if err := db.index(ctx, inbox, ascending("at")); err != nil {
		return err
	}
	return db.index(ctx, letters,
		ascending("raised", "_id"), ascending("type", "raised", "_id"), ascending("aggregate_id", "raised", "_id"))
}

// known reports, by an error, if no store of this framework was made in the database.
func (db *DB) known(ctx context.Context) error {
	err := db.database.Collection(collections).FindOne(ctx, bson.D{}).Err()
	if errors.Is(err, mongo.ErrNoDocuments) {
		return errors.New("it is not a database of a service with this framework: is the name after the last slash right?")
	}
	return db.classify(ctx, err)
}

// index makes the indexes that are not there. One that begins with a field of the outbox or inbox has only the documents
// that have it. They are made one by one: FerretDB ends the connection if several of a command are there already.
func (db *DB) index(ctx context.Context, collection string, keys ...bson.D) error {
	for _, key := range keys {
		first := key[0].Key
		sparse := strings.HasPrefix(first, "next.") || strings.HasPrefix(first, "inbox.")
		_, err := db.database.Collection(collection).Indexes().CreateOne(ctx,
			mongo.IndexModel{Keys: key, Options: options.Index().SetSparse(sparse)})
		if err != nil {
			return fmt.Errorf("make an index of %s by %s: %w", collection, first, db.classify(ctx, err))
		}
	}
	return nil
}

// prepare makes the indexes of the collection, notes that it is one, and fills in fields that documents do not have.
func (s *Store[A]) prepare(ctx context.Context) error {
	keys := []bson.D{
		ascending("created", "_id"), ascending("next.type", "next.at"), ascending("next.oldest"), ascending("inbox.at"),
	}
	for _, field := range s.fields {
		keys = append(keys, ascending(column(field), "created", "_id"))
	}
	if err := s.db.index(ctx, s.schema.Name, keys...); err != nil {
		return err
	}
	_, err := s.db.database.Collection(collections).UpdateOne(ctx, bson.M{"_id": s.schema.Name},
		bson.M{"$set": bson.M{"used": time.Now().UTC()}}, options.UpdateOne().SetUpsert(true))
	if err != nil {
		return fmt.Errorf("note collection %s: %w", s.schema.Name, s.db.classify(ctx, err))
	}
	s.db.know(s.schema.Name)
	return s.backfill(ctx)
}

// backfill gives documents the fields that they do not have. Fields are replaced as a whole, so those of a document that
// was written by a program that does not know a field are found whenever a program that does is started.
func (s *Store[A]) backfill(ctx context.Context) error {
	for _, field := range s.fields {
		missing := bson.M{column(field): exists(false), "version": exists(true)}
		cursor, err := s.collection.Find(ctx, missing)
		if err != nil {
			return fmt.Errorf("find documents without field %s: %w", field, s.db.classify(ctx, err))
		}
		for cursor.Next(ctx) {
			if err := s.fill(ctx, cursor.Current); err != nil {
				return fmt.Errorf("fill in field %s: %w", field, s.db.classify(ctx, err))
			}
		}
		if err := cursor.Err(); err != nil {
			return fmt.Errorf("fill in field %s: %w", field, s.db.classify(ctx, err))
		}
	}
	return nil
}

// fill leaves alone what somebody saved meanwhile: they knew the field.
func (s *Store[A]) fill(ctx context.Context, document bson.Raw) error {
	loaded, err := decode[A](document)
	if err != nil {
		return err
	}
	// The function of a field may read the identity.
	if root, ok := any(loaded.State).(aggregate.Aggregate); ok {
		aggregate.Restore(root, loaded.ID, loaded.Version)
	}
	_, err = s.collection.UpdateOne(ctx, bson.M{"_id": loaded.ID, "version": loaded.Version},
		bson.M{"$set": bson.M{"fields": s.values(loaded.State)}})
	return err //nolint:wrapcheck // the caller explains
}

// ascending is a key of an index, or an order.
func ascending(fields ...string) bson.D {
	var key bson.D
	for _, field := range fields {
		key = append(key, bson.E{Key: field, Value: 1})
	}
	return key
}

// column is the path of a declared field.
func column(field string) string { return "fields." + field }

func exists(yes bool) bson.M { return bson.M{"$exists": yes} }
