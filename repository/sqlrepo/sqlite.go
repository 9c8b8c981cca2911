package sqlrepo

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/neuroglia-go/neuroglia/fault"
)

//go:embed migrations/sqlite/*.sql
var sqliteMigrations embed.FS

// busyTimeout is how long a transaction waits for one of another process.
const busyTimeout = 5 * time.Second

func sqliteDialect(migrations fs.FS) dialect {
	return dialect{
		system: "sqlite", migrations: migrations, kind: sqliteKind, again: func(error) bool { return false }, status: sqliteStatus,
		text: "TEXT", document: "TEXT",
		columns: `SELECT name FROM pragma_table_info($1)`,
		created: `max($3, (SELECT coalesce(max(created_at), 0) + 1 FROM "%[1]s"))`,
		now:     `(CAST(unixepoch('subsec') * 1000 AS INTEGER) * 1000000)`,
		rows:    `(SELECT value FROM json_each($%d)) AS e`,
		among:   `%s IN (SELECT value FROM json_each($%d))`,
		find:    `instr`,
		pick:    `id IN (%s)`,
		busy:    `EXISTS (SELECT 1 FROM neuroglia_outbox WHERE aggregate_type = $2 AND aggregate_id = $3)`,
		hold:    `NULL`,
	}
}

// openSQLite opens the connections. synchronous=FULL makes each commit wait for the disk, so that a change that was
// saved is there after a loss of power; NORMAL would lose the last ones.
func openSQLite(ctx context.Context, p place, o options) (*DB, error) {
	migrations, err := fs.Sub(sqliteMigrations, "migrations/sqlite")
	if err != nil {
		return nil, fmt.Errorf("embedded migrations: %w", err)
	}
	db := &DB{dialect: sqliteDialect(migrations)}
	db.telemetry = newInstruments(o.telemetry.OrGlobal(), db.dialect)
	parameters := url.Values{
		"_busy_timeout": {strconv.FormatInt(busyTimeout.Milliseconds(), 10)},
		"_foreign_keys": {"on"}, "_synchronous": {"full"}, "_txlock": {"immediate"},
		"_dqs": {"false"}, "_defensive": {"true"}, "_error_rc": {"true"},
	}
	if p.memory() {
		// Each connection to :memory: has a database of its own, so there is one, and it is never closed when idle.
		if db.writer, err = db.connect("main", 1, "file::memory:", parameters); err != nil {
			return nil, err
		}
		db.reader, db.finder, db.relayer = db.writer, db.writer, db.writer
		return db, nil
	}
	if err := p.prepare(); err != nil {
		return nil, err
	}
	db.file = p.path
	name := "file:" + (&url.URL{Path: filepath.ToSlash(p.path)}).EscapedPath()
	parameters.Set("_query_only", "on")
	size := max(4, runtime.GOMAXPROCS(0))
	db.places = make(chan struct{}, size)
	for pool, into := range map[string]**sql.DB{"read": &db.reader, "find": &db.finder} {
		if *into, err = db.connect(pool, size, name, parameters); err != nil {
			return nil, err
		}
	}
	parameters.Set("_query_only", "off")
	if db.writer, err = db.connect("write", 1, name, parameters); err != nil {
		return nil, err
	}
	// What became of a delivery may be lost with the power: then there is another one, as always after a crash.
	parameters.Set("_synchronous", "normal")
	if db.relayer, err = db.connect("relay", 1, name, parameters); err != nil {
		return nil, err
	}
	db.turn = make(chan struct{}, 1)
	if err := db.useWAL(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	var errs [2]error
	db.saves, errs[0] = newQueue(ctx, db, db.writer)
	db.settles, errs[1] = newQueue(ctx, db, db.relayer)
	if err := errors.Join(errs[:]...); err != nil {
		return nil, errors.Join(db.classify(ctx, err), db.Close())
	}
	return db, nil
}

// useWAL makes readers and the writer not wait for each other. The file remembers it. SQLite does not wait for others
// that open a new file at the same moment, so this does.
func (db *DB) useWAL(ctx context.Context) error {
	const pause = 10 * time.Millisecond
	deadline := time.Now().Add(busyTimeout)
	for {
		var mode string
		err := db.writer.QueryRowContext(ctx, `PRAGMA journal_mode = wal`).Scan(&mode)
		if err == nil && mode != "wal" {
			return errors.New("its file system has no shared memory for write-ahead logging: use a local disk")
		}
		if code, _ := sqliteCode(err); code != sqlite3.SQLITE_BUSY || time.Now().After(deadline) {
			return db.classify(ctx, err)
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return db.classify(ctx, ctx.Err())
		}
	}
}

// connect does not connect yet: the first use does.
func (db *DB) connect(pool string, size int, path string, parameters url.Values) (*sql.DB, error) {
	connector, err := sqlite.NewConnector(path + "?" + parameters.Encode())
	if err != nil {
		return nil, fmt.Errorf("connector: %w", err)
	}
	return db.pool(pool, size, connector), nil
}

func sqliteCode(err error) (int, bool) {
	var failed *sqlite.Error
	if !errors.As(err, &failed) {
		return 0, false
	}
	return failed.Code() & 0xff, true // without the extension
}

func sqliteKind(err error) fault.Kind {
	switch code, _ := sqliteCode(err); code {
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR,
		sqlite3.SQLITE_FULL, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PROTOCOL, sqlite3.SQLITE_NOMEM:
		return fault.Unavailable
	}
	return fault.Unexpected
}

// sqliteStatus is the name of the result code, such as SQLITE_BUSY, which says more than its number.
func sqliteStatus(err error) string {
	code, ok := sqliteCode(err)
	if !ok {
		return ""
	}
	if _, name, ok := strings.Cut(sqlite.ErrorCodeString[code], "(SQLITE_"); ok {
		return "SQLITE_" + strings.TrimSuffix(name, ")")
	}
	return strconv.Itoa(code)
}
