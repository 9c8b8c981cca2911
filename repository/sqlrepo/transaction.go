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
	return db.try(ctx, db.writer, func(tx *sql.Tx) error {
		return do(context.WithValue(ctx, within{}, db), tx)
	})
}

// Once records that the message with this key has its effect, which is what the rest of the transaction does. It returns
// false if that was recorded before: then there is nothing left to do. Others that handle the same message wait until
// this transaction ends. The relay of the database's outbox forgets keys, after a week by default.
func Once(ctx context.Context, tx *sql.Tx, key string) (first bool, err error) {
	result, err := tx.ExecContext(ctx, insertKey, key, time.Now().UnixNano())
	if err != nil {
		return false, fmt.Errorf("record inbox key: %w", err)
	}
	n, err := result.RowsAffected()
	if err != nil {
		return false, fmt.Errorf("count changed rows: %w", err)
	}
	return n == 1, nil
}

// within is the context key of the database that a transaction is made in.
type within struct{}

// write runs change in one transaction, which is rolled back if change fails. If the database gives up the transaction in
// favour of another one, change runs again.
func (db *DB) write(ctx context.Context, on *sql.DB, change func(*sql.Tx) error) error {
	const attempts = 5
	for attempt := 1; ; attempt++ {
		err := db.try(ctx, on, change)
		if attempt == attempts || !db.dialect.again(err) || ctx.Err() != nil {
			return err
		}
	}
}

// alone is write for changes of tables. No other process makes such changes meanwhile.
func (db *DB) alone(ctx context.Context, change func(*sql.Tx) error) error {
	return db.write(ctx, db.writer, func(tx *sql.Tx) error {
		if db.dialect.alone != "" {
			if _, err := tx.ExecContext(ctx, db.dialect.alone); err != nil {
				return fmt.Errorf("wait for others: %w", err)
			}
		}
		return change(tx)
	})
}

// try makes a transaction. When its caller has gone, the statement that runs ends, but not a commit, after which nobody
// would know whether the change was saved, and not a rollback, without which the connection would be lost.
func (db *DB) try(ctx context.Context, on *sql.DB, change func(*sql.Tx) error) error {
	if ctx.Value(within{}) == db {
		return errors.New("the database is in a transaction of the caller: change its stores before or after Transact")
	}
	done, err := db.await(ctx)
	if err != nil {
		return err
	}
	defer done()
	connection, err := on.Conn(ctx)
	if err != nil {
		return fmt.Errorf("connect: %w", db.classify(ctx, err))
	}
	defer func() { _ = connection.Close() }() // which gives it back
	outer, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	defer context.AfterFunc(ctx, func() { time.AfterFunc(lastWord, cancel) })()
	tx, err := connection.BeginTx(outer, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", db.classify(ctx, err))
	}
	// After a failure of the rollback the connection is not used again, which rolls back too.
	defer func() { _ = tx.Rollback() }()
	if err := cmp.Or(change(tx), ctx.Err()); err != nil {
		return db.classify(ctx, err)
	}
	if err := tx.Commit(); err != nil {
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
