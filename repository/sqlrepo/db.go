package sqlrepo

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"github.com/neuroglia-go/neuroglia/fault"
	"github.com/neuroglia-go/neuroglia/outbox"
	"github.com/neuroglia-go/neuroglia/telemetry"
)

// DB is an open database. It is safe for concurrent use.
//
// For SQLite it has one connection that writes what is saved and one for the outbox, which take turns, because there is
// one writer at a time and waiting for it here obeys contexts, and connections that read beside them: a pool for lists, and
// one for what is found by its key, which takes no time worth watching contexts for. In a file, changes that come while
// another transaction is made and waits for the disk share the next one. For PostgreSQL it has one pool for all that, and a
// small one for the outbox, so that relaying goes on while requests use all of the other.
type DB struct {
	dialect   dialect
	writer    *sql.DB
	reader    *sql.DB
	finder    *sql.DB       // reads single rows by their keys
	places    chan struct{} // for those who use the finder, as many as it has connections; nil if it watches contexts
	relayer   *sql.DB       // writes what becomes of the outbox's entries
	turn      chan struct{} // whose turn it is to write; nil if all may at once
	saves     *queue        // of changes that wait for the writer; nil if none need to
	settles   *queue        // of those that wait for the relayer
	telemetry *instruments
	outbox    *Outbox
	listen    func(ctx context.Context, wake func()) error // nil if there is no way to hear of others
	file      string                                       // that it is in; empty for a server, and in memory
	close     []func() error
	closed    atomic.Bool
}

type options struct {
	telemetry   telemetry.Providers
	lease       time.Duration
	connections int
	existing    bool
}

// Option changes a default of [Open].
type Option func(*options)

// WithTelemetry sends the spans and metrics of statements to p. Defaults to OpenTelemetry's globals.
func WithTelemetry(p telemetry.Providers) Option { return func(o *options) { o.telemetry = p } }

// WithLease sets how long the outbox's entries are this process's once it has taken them. Defaults to outbox.Lease.
func WithLease(d time.Duration) Option { return func(o *options) { o.lease = d } }

// WithConnections sets how many connections to PostgreSQL there are at most, besides five for the outbox. Defaults to 20.
func WithConnections(n int) Option { return func(o *options) { o.connections = max(n, 1) } }

// Existing opens a database as it is, for tools: one that this version of the framework has not made is refused, and nothing is
// made or changed.
func Existing() Option { return func(o *options) { o.existing = true } }

// Open opens the database at a URL:
//
//	sqlite:data/mario.db                   a file; it and folders that are missing are made
//	sqlite::memory:                        in memory, private to this DB, gone when it is closed
//	postgres://user:password@host/mario    a database of a PostgreSQL server, version 13 or later
//
// A change that was saved outlives the process and, on a disk that keeps its promises, a loss of power. Several
// processes may open one file on a local disk. A database that was written by a newer program is refused. Open waits up
// to ten seconds for a server that cannot be reached or is just starting.
func Open(ctx context.Context, url string, opts ...Option) (*DB, error) {
	o := options{lease: outbox.Lease, connections: 20}
	for _, option := range opts {
		option(&o)
	}
	place, err := parseURL(url)
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	open := openSQLite
	if place.server != "" {
		open = openPostgres
	}
	db, err := open(ctx, place, o)
	if err != nil {
		return nil, fmt.Errorf("open database %s: %w", place, err)
	}
	prepare := db.migrate
	if o.existing {
		prepare = db.current
	}
	if err := prepare(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("open database %s: %w", place, err), db.Close())
	}
	if db.outbox, err = newOutbox(ctx, db, o.lease); err != nil {
		return nil, errors.Join(fmt.Errorf("open database %s: %w", place, err), db.Close())
	}
	return db, nil
}

// Outbox returns the outbox of the database, which is this process's part of it.
func (db *DB) Outbox() *Outbox { return db.outbox }

// Check reads from the database. It returns an error of kind fault.Unavailable if that fails.
func (db *DB) Check(ctx context.Context) error {
	var version int
	if err := db.reader.QueryRowContext(ctx, selectVersion).Scan(&version); err != nil {
		return fmt.Errorf("check database: %w", db.classify(ctx, err))
	}
	if db.file == "" {
		return nil
	}
	if _, err := os.Stat(db.file); err != nil { // SQLite goes on with a file that was deleted, which ends with the process
		return fmt.Errorf("check database: %w", fault.New(fault.Unavailable, "its file is gone: %w", err))
	}
	return nil
}

// Close closes the database. Operations that have begun end first; later ones return an error of kind
// fault.Unavailable.
func (db *DB) Close() error {
	db.closed.Store(true)
	var errs []error
	for _, c := range db.close {
		errs = append(errs, c())
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("close database: %w", err)
	}
	return nil
}

// classify gives the errors of a database that cannot be used now the kind fault.Unavailable, and makes an operation
// that ended with its context say so. It leaves other errors as they are.
func (db *DB) classify(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	switch kind, known := db.dialect.kind(err), fault.KindOf(err); {
	case known != fault.Unexpected && known != fault.Timeout && known != fault.Canceled:
		return err
	case ctx.Err() != nil:
		return fmt.Errorf("%w: %s", ctx.Err(), oneLine(err)) // whatever else failed, it is the caller who left
	case kind == fault.Unavailable || db.closed.Load() || errors.Is(err, sql.ErrConnDone) || errors.Is(err, errUnmade):
		unavailable := fault.New(fault.Unavailable, "the database cannot be used now: %w", err)
		unavailable.Message = oneLine(unavailable)
		return unavailable
	case kind != fault.Unexpected:
		return fault.New(kind, "the database cannot keep this: %w", err)
	}
	return err
}

// oneLine returns an error's text, which has several lines if several addresses were tried.
func oneLine(err error) string { return strings.Join(strings.Fields(err.Error()), " ") }
