package sqlrepo

import (
	"fmt"
	"testing"
	"time"
)

// InUse returns how many connections somebody works with.
func InUse(db *DB) int {
	return db.reader.Stats().InUse + db.writer.Stats().InUse + db.relayer.Stats().InUse
}

// CloseIdle closes connections soon after nobody works with them.
func CloseIdle(db *DB) {
	if db.dialect.alone != "" {
		db.writer.SetConnMaxIdleTime(time.Second)
		db.relayer.SetConnMaxIdleTime(time.Second)
	}
}

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

// Integrity returns what the database finds wrong in its files, or "ok".
func Integrity(tb testing.TB, db *DB) string {
	tb.Helper()
	if db.dialect.alone != "" {
		return "ok" // no process of ours writes them
	}
	return Query[string](tb, db, `PRAGMA integrity_check`)
}

// Plan returns how the database would run a query.
func Plan(tb testing.TB, db *DB, text string) string {
	tb.Helper()
	var id, parent, unused int
	var detail string
	row := db.reader.QueryRowContext(tb.Context(), "EXPLAIN QUERY PLAN "+text)
	if err := row.Scan(&id, &parent, &unused, &detail); err != nil {
		tb.Fatalf("%s: %v", text, err)
	}
	return detail
}

// Lock holds the lock of a writer until unlock is called.
func Lock(tb testing.TB, db *DB) (unlock func()) {
	tb.Helper()
	tx, err := db.writer.BeginTx(tb.Context(), nil)
	if err != nil {
		tb.Fatalf("lock: %v", err)
	}
	return func() {
		if err := tx.Rollback(); err != nil {
			tb.Errorf("unlock: %v", err)
		}
	}
}

// SetBusyTimeout sets how long the writer waits for another, in milliseconds.
func SetBusyTimeout(tb testing.TB, db *DB, ms int) {
	tb.Helper()
	Exec(tb, db, fmt.Sprintf("PRAGMA busy_timeout = %d", ms))
}
