package mongorepo

import (
	"context"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/neuroglia-go/neuroglia/outbox"
)

// Drop deletes the database.
func Drop(tb testing.TB, db *DB) {
	tb.Helper()
	if err := db.database.Drop(context.Background()); err != nil {
		tb.Errorf("drop the database: %v", err)
	}
}

// RoundTrip stores JSON in a BSON document and reads it again.
func RoundTrip(text []byte) (string, error) {
	value, err := fromJSON(text)
	if err != nil {
		return "", err
	}
	document, err := bson.Marshal(bson.M{"document": value})
	if err != nil {
		return "", err
	}
	back, err := toJSON(bson.Raw(document).Lookup("document"))
	return string(back), err
}

// Documents returns how many documents a collection has, with or without aggregates.
func Documents(tb testing.TB, db *DB, collection string) int64 {
	tb.Helper()
	n, err := db.database.Collection(collection).CountDocuments(tb.Context(), bson.M{})
	if err != nil {
		tb.Fatalf("count documents: %v", err)
	}
	return n
}

// MarkDead gives an entry up, and does no more.
func MarkDead(tb testing.TB, db *DB, collection string, e outbox.Entry) {
	tb.Helper()
	e.Error = "given up"
	l := db.Outbox()
	_, err := l.amend(tb.Context(), document{collection, e.AggregateID}, func(b *box) bool {
		l.settle(b, l.mine(b, &e), &outbox.Outcome{Entry: e, Verdict: outbox.Dead})
		return true
	})
	if err != nil {
		tb.Fatalf("mark an entry: %v", err)
	}
}

// Set changes documents as no store would.
func Set(tb testing.TB, db *DB, collection string, change bson.M) {
	tb.Helper()
	if _, err := db.database.Collection(collection).UpdateMany(tb.Context(), bson.M{}, change); err != nil {
		tb.Fatalf("change documents: %v", err)
	}
}

// Fail runs a query.
func Fail(ctx context.Context, db *DB, collection string, filter bson.M) error {
	return db.database.Collection(collection).FindOne(ctx, filter).Err()
}

// InboxLength returns how many inbox keys a document has.
func InboxLength(tb testing.TB, db *DB, collection, id string) int {
	tb.Helper()
	b, err := db.Outbox().read(tb.Context(), document{collection, id})
	if err != nil {
		tb.Fatal(err)
	}
	return len(b.Inbox)
}
