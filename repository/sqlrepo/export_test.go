package sqlrepo

import "testing"

// InUse returns how many connections somebody works with.
func InUse(db *DB) int { return db.reader.Stats().InUse + db.writer.Stats().InUse }

// Exec executes SQL that no store would.
func Exec(tb testing.TB, db *DB, text string, args ...any) {
	tb.Helper()
	if _, err := db.writer.ExecContext(tb.Context(), text, args...); err != nil {
		tb.Fatalf("%s: %v", text, err)
	}
}

// Query returns the one value that a query selects.
func Query[V any](tb testing.TB, db *DB, text string, args ...any) V {
	tb.Helper()
	var v V
	if err := db.reader.QueryRowContext(tb.Context(), text, args...).Scan(&v); err != nil {
		tb.Fatalf("%s: %v", text, err)
	}
	return v
}
