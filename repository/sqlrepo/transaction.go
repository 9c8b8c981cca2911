package sqlrepo

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/neuroglia-go/neuroglia/fault"
)

// lastWord is how long a commit or rollback may take once the caller has gone.
const lastWord = 5 * time.Second

// Transact runs do in one transaction on tables of the caller's own. The transaction is rolled back if do fails or
// panics, and do must not commit or roll back itself. With [Once] it has the effect of a message once.
//
// Changes of this database's stores within do are refused, because they are transactions of their own; with SQLite in
// memory, which has one connection, reads by them would wait for do to end.
func (db *DB) Transact(ctx context.Context, do func(ctx context.Context, tx *sql.Tx) error) error {
	return db.try(ctx, db.writer, func(ctx context.Context, tx *sql.Tx) error {
		return do(context.WithValue(ctx, within{}, db), tx)
	})
}

// Once records that the message with this key has its effect, which is what the rest of the transaction does. It returns
// false if that was recorded before: then there is nothing left to do. Others that handle the same message wait until
// this transaction ends. The relay of the database's outbox forgets keys, after a week by default.
func Once(ctx context.Context, tx *sql.Tx, key string) (first bool, err error) {
	db, ok := ctx.Value(within{}).(*DB)
	if !ok {
		return false, errors.New("record inbox key: the context is not that of a transaction: use the one that Transact gives")
	}
	return db.outbox.record(ctx, tx, key)
}

// within is the context key of the database that a transaction is made in.
type within struct{}

// change is what a transaction is for. It uses the context that it gets.
type change = func(ctx context.Context, tx *sql.Tx) error

// save makes a change on the connections of requests, alone or with others that came meanwhile.
func (db *DB) save(ctx context.Context, c change) error {
	return db.queued(ctx, db.saves, db.writer, c)
}

// settle makes a change on the connections of the outbox, alone or with others that came meanwhile.
func (db *DB) settle(ctx context.Context, c change) error {
	return db.queued(ctx, db.settles, db.relayer, c)
}

func (db *DB) queued(ctx context.Context, q *queue, on *sql.DB, c change) error {
	if q == nil {
		return db.write(ctx, on, c)
	}
	if err := db.outside(ctx); err != nil {
		return err
	}
	return q.make(ctx, c)
}

// write makes a change in a transaction of its own, which is rolled back if the change fails. If the database gives up the
// transaction in favour of another one, the change is made again.
func (db *DB) write(ctx context.Context, on *sql.DB, c change) error {
	const attempts = 5
	for attempt := 1; ; attempt++ {
		err := db.try(ctx, on, c)
		if attempt == attempts || !db.dialect.again(err) || ctx.Err() != nil {
			return err
		}
	}
}

// alone is write for changes of tables. No other process makes such changes meanwhile.
func (db *DB) alone(ctx context.Context, c change) error {
	return db.write(ctx, db.writer, func(ctx context.Context, tx *sql.Tx) error {
		if db.dialect.alone != "" {
			if _, err := tx.ExecContext(ctx, db.dialect.alone); err != nil {
				return fmt.Errorf("wait for others: %w", err)
			}
		}
		return c(ctx, tx)
	})
}

// try makes a transaction when it is its turn.
func (db *DB) try(ctx context.Context, on *sql.DB, c change) error {
	if err := db.outside(ctx); err != nil {
		return err
	}
	done, err := db.await(ctx)
	if err != nil {
		return err
	}
	defer done()
	t, err := db.open(ctx, on)
	if err != nil {
		return err
	}
	defer t.end()
	return db.classify(ctx, db.finish(ctx, t, func(tx *sql.Tx) error { return cmp.Or(c(ctx, tx), ctx.Err()) }))
}

// outside refuses what would wait for the transaction that it is in.
func (db *DB) outside(ctx context.Context) error {
	if ctx.Value(within{}) == db {
		return errors.New("the database is in a transaction of the caller: change its stores before or after Transact")
	}
	return nil
}

// transaction is one that has begun, on a connection of its own.
type transaction struct {
	*sql.Tx

	connection *sql.Conn
	cancel     context.CancelFunc
}

// open begins a transaction, which does not end with ctx then.
func (db *DB) open(ctx context.Context, on *sql.DB) (t transaction, err error) {
	if t.connection, err = on.Conn(ctx); err != nil {
		return t, fmt.Errorf("connect: %w", db.classify(ctx, err))
	}
	outer, cancel := context.WithCancel(context.WithoutCancel(ctx))
	t.cancel = cancel
	begun := context.AfterFunc(ctx, cancel)
	t.Tx, err = db.begin(outer, t.connection)
	if !begun() && err == nil {
		err = ctx.Err()
	}
	if err != nil {
		t.end()
		return t, fmt.Errorf("begin: %w", db.classify(ctx, err))
	}
	return t, nil
}

// end rolls back what is not committed, and gives the connection back. After a failure of the rollback the connection is
// not used again, which rolls back too.
func (t transaction) end() {
	if t.Tx != nil {
		_ = t.Rollback()
	}
	t.cancel()
	_ = t.connection.Close()
}

// finish does what a transaction is for and commits it. When its caller has gone, the statement that runs ends, but not a
// commit, after which nobody would know whether the change was saved, and not a rollback, without which the connection
// would be lost.
func (db *DB) finish(ctx context.Context, t transaction, do func(*sql.Tx) error) error {
	defer context.AfterFunc(ctx, func() { time.AfterFunc(lastWord, t.cancel) })()
	if err := do(t.Tx); err != nil {
		return err
	}
	return db.commit(ctx, t.Tx)
}

func (db *DB) begin(ctx context.Context, connection *sql.Conn) (tx *sql.Tx, err error) {
	ctx, run := db.telemetry.begin.run(ctx)
	defer func() { run.end(ctx, err) }()
	return connection.BeginTx(ctx, nil) //nolint:wrapcheck // the caller explains
}

func (db *DB) commit(ctx context.Context, tx *sql.Tx) error {
	ctx, run := db.telemetry.commit.run(ctx)
	err := tx.Commit()
	if run.end(ctx, err); err != nil {
		return db.uncommitted(err)
	}
	return nil
}

// await waits for the turn to write, which done gives to the next.
func (db *DB) await(ctx context.Context) (done func(), err error) {
	if db.turn == nil {
		return func() {}, nil
	}
	select {
	case db.turn <- struct{}{}:
		return func() { <-db.turn }, nil
	case <-ctx.Done():
		return nil, fmt.Errorf("wait for others to write: %w", ctx.Err())
	}
}

// uncommitted explains the error of a commit. If the connection was lost, the change may be saved or not.
func (db *DB) uncommitted(err error) error {
	err = db.classify(context.Background(), err)
	switch fault.KindOf(err) { //nolint:exhaustive // the others are explained
	case fault.Timeout, fault.Canceled:
		return fault.New(fault.Unavailable, "commit: the database does not answer: %w", err)
	}
	return fmt.Errorf("commit: %w", err)
}
