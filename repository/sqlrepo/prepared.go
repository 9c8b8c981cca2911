package sqlrepo

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
)

// statement is prepared on the connections of a pool, traced and measured. It runs within a transaction or, if that is
// nil, by itself, and lives as long as the database.
type statement struct {
	prepared *sql.Stmt
	places   chan struct{} // has room for as many as run at once; nil if the connections of the pool are waited for
	*operation
}

func (db *DB) prepare(ctx context.Context, on *sql.DB, operation, table, text string) (*statement, error) {
	s := &statement{operation: db.telemetry.statement(operation, table, text)}
	if on == db.finder {
		s.places = db.places
	}
	err := s.enter(ctx)
	if err == nil {
		defer s.leave()
		s.prepared, err = on.PrepareContext(ctx, text)
	}
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", operation, table, err)
	}
	return s, nil
}

// enter waits for a place.
func (s *statement) enter(ctx context.Context) error {
	if s.places == nil {
		return nil
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("wait for others to read: %w", err)
	}
	select {
	case s.places <- struct{}{}: // without a channel of the context, which is made when it is asked for
		return nil
	default:
	}
	select {
	case s.places <- struct{}{}:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("wait for others to read: %w", ctx.Err())
	}
}

func (s *statement) leave() {
	if s.places != nil {
		<-s.places
	}
}

// in returns the statement as the transaction has it, which closes it.
func (s *statement) in(ctx context.Context, tx *sql.Tx) *sql.Stmt {
	if tx == nil {
		return s.prepared
	}
	return tx.StmtContext(ctx, s.prepared)
}

// exec returns how many rows the statement has changed.
func (s *statement) exec(ctx context.Context, tx *sql.Tx, args ...any) (changed int64, err error) {
	ctx, run := s.run(ctx)
	defer func() { run.end(ctx, err) }()
	result, err := s.in(ctx, tx).ExecContext(ctx, args...) //nolint:sqlclosecheck // as said above
	if err != nil {
		return 0, err //nolint:wrapcheck // the portable type says what was attempted
	}
	return result.RowsAffected() //nolint:wrapcheck // as said above
}

// query returns the rows that the statement selects, which must not be one with places.
func (s *statement) query(ctx context.Context, tx *sql.Tx, args ...any) (rows *sql.Rows, err error) {
	ctx, run := s.run(ctx)
	defer func() { run.end(ctx, err) }()
	return s.in(ctx, tx).QueryContext(ctx, args...) //nolint:wrapcheck,sqlclosecheck // as in exec
}

// one reads the first row, if there is any. A context is watched by goroutines, which takes as long as finding a row by its
// key: who has a place for that looks at the context before and after it.
func (s *statement) one(ctx context.Context, tx *sql.Tx, args []any, into ...any) (found bool, err error) {
	ctx, run := s.run(ctx)
	defer func() { run.end(ctx, err) }()
	if err := s.enter(ctx); err != nil {
		return false, err
	}
	defer s.leave()
	if s.places == nil {
		return s.first(ctx, tx, args, into)
	}
	found, err = s.first(context.WithoutCancel(ctx), tx, args, into)
	return found, cmp.Or(err, ctx.Err()) //nolint:wrapcheck // as in exec
}

func (s *statement) first(ctx context.Context, tx *sql.Tx, args, into []any) (found bool, err error) {
	rows, err := s.in(ctx, tx).QueryContext(ctx, args...) //nolint:sqlclosecheck // as in exec
	if err != nil {
		return false, err //nolint:wrapcheck // as in exec
	}
	defer rows.Close()
	if rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return false, fmt.Errorf("read row: %w", err)
		}
		found = true
	}
	return found, cmp.Or(rows.Err(), rows.Close()) //nolint:wrapcheck // the portable type says what was attempted
}
