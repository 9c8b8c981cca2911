package sqlrepo

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/neuroglia-go/neuroglia/aggregate"
)

// InUse returns how many connections somebody works with.
func InUse(db *DB) int {
	return db.reader.Stats().InUse + db.finder.Stats().InUse + db.writer.Stats().InUse + db.relayer.Stats().InUse
}

// Classify is what a database makes of an error.
func Classify(ctx context.Context, db *DB, err error) error { return db.classify(ctx, err) }

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

// Plans returns how the database would run the statements of its outbox.
func Plans(tb testing.TB, db *DB) map[string]string {
	tb.Helper()
	o, found := db.outbox, map[string]string{}
	const one = `["one"]`
	objects := encode([]row{{ID: "one", Type: "Ticket", Verdict: "again"}})
	args := map[**statement][]any{
		&o.claim: {"owner", 1, one, 1}, &o.peek: {one},
		&o.renewal: {"owner", one, 1}, &o.conclusion: {"owner", objects}, &o.burial: {"owner", one},
		&o.removal: {"owner", one}, &o.promotion: {objects}, &o.forgetting: {1, 1}, &o.exhumation: {one},
		&o.resave: {one}, &o.discards: {one}, &o.seen: {"key"}, &o.key: {"key", 1},
	}
	for i := range o.insertions {
		inserted := []any{"owner", "Ticket", "one", 1, false}
		for range i + 1 {
			inserted = append(inserted, "id", "type", 1, 1, "{}", "null", 1, 0)
		}
		args[&o.insertions[i]] = inserted
	}
	for _, s := range o.statements() {
		if s.into != &o.status { // which counts
			found[s.operation+" "+s.text] = explain(tb, db, s.on, s.text, args[s.into]...)
		}
	}
	return found
}

func explain(tb testing.TB, db *DB, on *sql.DB, text string, args ...any) string {
	tb.Helper()
	explain := "EXPLAIN QUERY PLAN "
	if db.dialect.alone != "" {
		explain = "EXPLAIN "
	}
	rows, err := on.QueryContext(tb.Context(), explain+text, args...)
	if err != nil {
		tb.Fatalf("%s: %v", text, err)
	}
	defer rows.Close()
	var plan strings.Builder
	for rows.Next() {
		var line string
		into := []any{&line}
		if db.dialect.alone == "" {
			into = []any{new(int), new(int), new(int), &line}
		}
		if err := rows.Scan(into...); err != nil {
			tb.Fatal(err)
		}
		plan.WriteString(line + "\n")
	}
	if err := rows.Err(); err != nil {
		tb.Fatal(err)
	}
	return plan.String()
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

// Backlog makes events that nobody holds, each others of as many streams.
func Backlog(tb testing.TB, db *DB, streams, each int) {
	tb.Helper()
	Exec(tb, db, `WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < `+
		strconv.Itoa(streams*each)+`)
		INSERT INTO neuroglia_outbox (`+kept+`, owner, free_at, head)
		SELECT '`+aggregate.NewID()+`' || n, 'Counted', 'Ticket', 'stream ' || (n % `+strconv.Itoa(streams)+`), 1, 1,
			'{"Count":1}', 'null', 0, 'null', '', 1, 0, NULL, n, n <= `+strconv.Itoa(streams)+` FROM numbers`)
}

// Postpone makes all events wait for an hour.
func Postpone(tb testing.TB, db *DB) {
	tb.Helper()
	Exec(tb, db, `UPDATE neuroglia_outbox SET free_at = `+db.dialect.now+` + 3600000000000`)
}

// Estrange gives all events a type that nobody knows.
func Estrange(tb testing.TB, db *DB) {
	tb.Helper()
	Exec(tb, db, `UPDATE neuroglia_outbox SET type = 'Strange'`)
}

// Bury makes dead letters of all events.
func Bury(tb testing.TB, db *DB) {
	tb.Helper()
	Exec(tb, db, `INSERT INTO neuroglia_dead_letters (`+kept+`, dead_at) SELECT `+kept+`, 1 FROM neuroglia_outbox`)
	Exec(tb, db, `DELETE FROM neuroglia_outbox`)
}

// Hold keeps everybody of this process from writing until release is called.
func Hold(db *DB) (release func()) {
	db.turn <- struct{}{}
	return func() { <-db.turn }
}

// Waiting returns how many changes of stores wait.
func Waiting(db *DB) int {
	db.saves.mu.Lock()
	defer db.saves.mu.Unlock()
	return len(db.saves.waiting)
}

// Change makes a change that no store would, alone or with others.
func Change(ctx context.Context, db *DB, change func(context.Context, *sql.Tx) error) error {
	return db.save(ctx, change)
}

// Occupy takes all connections that lists are read with, until the test ends.
func Occupy(tb testing.TB, db *DB) {
	tb.Helper()
	for range db.reader.Stats().MaxOpenConnections {
		connection, err := db.reader.Conn(tb.Context())
		if err != nil {
			tb.Fatalf("occupy: %v", err)
		}
		tb.Cleanup(func() { _ = connection.Close() })
	}
}

// OccupyFinder takes all connections that rows are found by their keys with, until release is called.
func OccupyFinder(tb testing.TB, db *DB) (release func()) {
	tb.Helper()
	var held []*sql.Conn
	for range db.finder.Stats().MaxOpenConnections {
		db.places <- struct{}{}
		connection, err := db.finder.Conn(tb.Context())
		if err != nil {
			tb.Fatalf("occupy: %v", err)
		}
		held = append(held, connection)
	}
	return func() {
		for _, connection := range held {
			_ = connection.Close()
			<-db.places
		}
	}
}
