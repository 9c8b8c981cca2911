package sqlrepo

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"sync"
	"time"
)

// queue is the changes that wait until one connection may write. Those that came while others wrote share a transaction,
// and its wait for the disk. Within it each is made, or not, by itself.
type queue struct {
	db              *DB
	on              *sql.DB
	savepoint, keep *sql.Stmt

	mu      sync.Mutex
	waiting []*waiter
}

// waiter is one of those whose change waits.
type waiter struct {
	ctx      context.Context //nolint:containedctx // whoever's turn it is makes the change for its caller
	change   change
	result   error // of the change alone
	panicked *panicked
	done     chan error // has room for what came of it
}

// panicked is what a change has panicked with, for its caller to panic with.
type panicked struct {
	value any
	stack []byte
}

func (p *panicked) Error() string { return fmt.Sprintf("%v\n\n%s", p.value, p.stack) }

const (
	// most is how many changes share a transaction at most, so that other processes come to write.
	most = 100

	// sharedTime is how long several changes may take together. No caller's context says, because each may leave by itself.
	sharedTime = 30 * time.Second

	savepoint     = `SAVEPOINT one`
	releaseOne    = `RELEASE one`
	rollbackToOne = `ROLLBACK TO one`
)

// errUnmade is what those get whose transaction others, or time, kept from its end. They may try again.
var errUnmade = errors.New("the transaction with others' changes was not finished")

func newQueue(ctx context.Context, db *DB, on *sql.DB) (*queue, error) {
	q := &queue{db: db, on: on}
	var errs [2]error
	q.savepoint, errs[0] = on.PrepareContext(ctx, savepoint)
	q.keep, errs[1] = on.PrepareContext(ctx, releaseOne)
	return q, errors.Join(errs[:]...)
}

// make makes a change. It returns when it is committed or will not be.
func (q *queue) make(ctx context.Context, c change) error {
	w := &waiter{ctx: ctx, change: c, done: make(chan error, 1)}
	q.mu.Lock()
	q.waiting = append(q.waiting, w)
	q.mu.Unlock()
	select {
	case err := <-w.done:
		return w.end(err)
	case q.db.turn <- struct{}{}:
		defer func() { <-q.db.turn }()
		if q.leave(w) {
			q.lead(w)
		}
	case <-ctx.Done():
		if q.leave(w) {
			return fmt.Errorf("wait for others to write: %w", ctx.Err())
		}
	}
	return w.end(<-w.done) // which somebody is making
}

// end is where the caller gets what came of its change.
func (w *waiter) end(err error) error {
	if w.panicked != nil {
		panic(w.panicked)
	}
	return err
}

// leave reports whether nobody had begun to make the change, and nobody will.
func (q *queue) leave(w *waiter) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	at := slices.Index(q.waiting, w)
	if at >= 0 {
		q.waiting = slices.Delete(q.waiting, at, at+1)
	}
	return at >= 0
}

// join adds those that wait to a group.
func (q *queue) join(group []*waiter) []*waiter {
	q.mu.Lock()
	defer q.mu.Unlock()
	n := min(len(q.waiting), most-len(group))
	group = append(group, q.waiting[:n]...)
	q.waiting = slices.Delete(q.waiting, 0, n)
	return group
}

// lead makes the change of first, and those of all that wait when its transaction has begun. If that cannot be committed,
// all of them fail: what one was refused for may have been another's change.
func (q *queue) lead(first *waiter) {
	group, err := []*waiter{first}, errUnmade
	defer func() {
		for _, w := range group {
			w.done <- q.db.classify(w.ctx, cmp.Or(err, w.result))
		}
	}()
	tx, openErr := q.db.open(first.ctx, q.on)
	if openErr != nil {
		err = openErr
		return
	}
	defer tx.end()
	if group = q.join(group); len(group) == 1 {
		err = q.db.finish(first.ctx, tx, first.make)
	} else {
		err = q.together(tx, group)
	}
}

// together makes several changes.
func (q *queue) together(tx transaction, group []*waiter) error {
	defer time.AfterFunc(sharedTime, tx.cancel).Stop()
	for _, w := range group {
		if err := q.part(tx.Tx, w); err != nil {
			return unmade(err)
		}
	}
	return unmade(q.db.commit(group[0].ctx, tx.Tx))
}

// unmade says so if the time is up.
func unmade(err error) error {
	if errors.Is(err, sql.ErrTxDone) || errors.Is(err, context.Canceled) {
		return fmt.Errorf("%w in %v", errUnmade, sharedTime)
	}
	return err
}

// part makes one change of several. It returns an error if the transaction cannot go on.
func (q *queue) part(tx *sql.Tx, w *waiter) (err error) {
	defer func() {
		if value := recover(); value != nil {
			w.panicked, err = &panicked{value, debug.Stack()}, errUnmade
		}
	}()
	ctx := context.WithoutCancel(w.ctx)
	if _, err := tx.StmtContext(ctx, q.savepoint).ExecContext(ctx); err != nil { //nolint:sqlclosecheck // the transaction does
		return fmt.Errorf("set a savepoint: %w", err)
	}
	if w.result = w.make(tx); w.result != nil {
		if _, err := tx.ExecContext(ctx, rollbackToOne); err != nil {
			return fmt.Errorf("%w: %w, after %s", errUnmade, err, oneLine(w.result)) // which has ended the transaction
		}
	}
	if _, err := tx.StmtContext(ctx, q.keep).ExecContext(ctx); err != nil { //nolint:sqlclosecheck // the transaction does
		return fmt.Errorf("release a savepoint: %w", err)
	}
	return nil
}

// make makes the change, unless its caller has gone. Its statements are short and wait for nobody, and to interrupt one
// would end the transaction that others are in.
func (w *waiter) make(tx *sql.Tx) error {
	if err := w.ctx.Err(); err != nil {
		return err
	}
	return cmp.Or(w.change(context.WithoutCancel(w.ctx), tx), w.ctx.Err()) //nolint:wrapcheck // the portable type wraps
}
