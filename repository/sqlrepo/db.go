package sqlrepo

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync/atomic"

	"github.com/neuroglia-go/neuroglia/fault"
	"github.com/neuroglia-go/neuroglia/telemetry"
)

// DB is an open database. It is safe for concurrent use.
//
// It has one connection that writes, because SQLite has one writer at a time and waiting for it here obeys contexts,
// and a pool of connections that read beside it.
type DB struct {
	dialect    dialect
	writer     *sql.DB
	reader     *sql.DB
	statements *statements
	closed     atomic.Bool
}

type options struct {
	telemetry telemetry.Providers
}

// Option changes a default of [Open].
type Option func(*options)

// WithTelemetry sends the spans and metrics of statements to p. Defaults to OpenTelemetry's globals.
func WithTelemetry(p telemetry.Providers) Option { return func(o *options) { o.telemetry = p } }

// Open opens the database at a URL, and makes it if it is not there:
//
//	sqlite:data/mario.db   a file; folders that are missing are made
//	sqlite::memory:        in memory, private to this DB, gone when it is closed
//
// A change that was saved outlives the process and, on a disk that keeps its promises, a loss of power. Several
// processes may open one file on a local disk. A database that was written by a newer program is refused.
func Open(ctx context.Context, url string, opts ...Option) (*DB, error) {
	var o options
	for _, option := range opts {
		option(&o)
	}
	place, err := parseURL(url)
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	db, err := openSQLite(ctx, place, o.telemetry.OrGlobal())
	if err != nil {
		return nil, fmt.Errorf("open database %s: %w", place, err)
	}
	if err := db.migrate(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("open database %s: %w", place, err), db.Close())
	}
	return db, nil
}

// Check reads from the database. It returns an error of kind fault.Unavailable if that fails.
func (db *DB) Check(ctx context.Context) error {
	var version int
	if err := db.reader.QueryRowContext(ctx, selectVersion).Scan(&version); err != nil {
		return fmt.Errorf("check database: %w", db.classify(ctx, err))
	}
	return nil
}

// Close closes the database. Operations that have begun end first; later ones return an error of kind
// fault.Unavailable.
func (db *DB) Close() error {
	db.closed.Store(true)
	if err := errors.Join(db.reader.Close(), db.writer.Close()); err != nil {
		return fmt.Errorf("close database: %w", err)
	}
	return nil
}

// write runs change in one transaction, which is rolled back if change fails. No other transaction writes meanwhile,
// in this process or another.
func (db *DB) write(ctx context.Context, change func(*sql.Tx) error) error {
	tx, err := db.writer.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", db.classify(ctx, err))
	}
	if err := change(tx); err != nil {
		// After a failure of the rollback the connection is not used again, which rolls back too.
		_ = tx.Rollback()
		return db.classify(ctx, err)
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", db.classify(ctx, err))
	}
	return nil
}

// classify gives the errors of a database that cannot be used now the kind fault.Unavailable, and makes an operation
// that ended with its context say so. It leaves other errors as they are.
func (db *DB) classify(ctx context.Context, err error) error {
	switch {
	case err == nil || fault.KindOf(err) != fault.Unexpected:
		return err
	case ctx.Err() != nil:
		return fmt.Errorf("%w: %w", ctx.Err(), err)
	case db.closed.Load() || errors.Is(err, sql.ErrConnDone) || db.dialect.unavailable(err):
		return fault.New(fault.Unavailable, "the database cannot be used now: %w", err)
	}
	return err
}
