package mongorepo

import (
	"context"
	"testing"
)

// Drop deletes the database.
func Drop(tb testing.TB, db *DB) {
	tb.Helper()
	if err := db.database.Drop(context.Background()); err != nil {
		tb.Errorf("drop the database: %v", err)
	}
}
