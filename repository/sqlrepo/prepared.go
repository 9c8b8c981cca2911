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
	brief    bool // and never waits, but for others that are brief
	*operation
}

func (db *DB) prepare(ctx context.Context, on *sql.DB, operation, table, text string) (*statement, error) {
	prepared, err := on.PrepareContext(ctx, text)
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", operation, table, err)
	}
	brief := on == db.finder && on != db.reader
	return &statement{prepared: prepared, brief: brief, operation: db.telemetry.statement(operation, table, text)}, nil
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

// query returns the rows that the statement selects. A context is watched by goroutines, which takes as long as a brief
// statement.
func (s *statement) query(ctx context.Context, tx *sql.Tx, args ...any) (rows *sql.Rows, err error) {
	ctx, run := s.run(ctx)
	defer func() { run.end(ctx, err) }()
	if s.brief {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		ctx = context.WithoutCancel(ctx)
	}
	return s.in(ctx, tx).QueryContext(ctx, args...) //nolint:wrapcheck,sqlclosecheck // as in exec
}

// one reads the first row, if there is any.
func (s *statement) one(ctx context.Context, tx *sql.Tx, args []any, into ...any) (found bool, err error) {
	rows, err := s.query(ctx, tx, args...)
	if err != nil {
		return false, err
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
