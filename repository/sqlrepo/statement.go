package sqlrepo

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
)

// prepareStatements prepares what every use of a store needs.
func (s *Store[A]) prepareStatements(ctx context.Context) error {
	for _, p := range []struct {
		into            **statement
		on              *sql.DB
		operation, text string
	}{
		{&s.get, s.db.finder, "SELECT", `SELECT id, version, created_at, document FROM ` + s.table + ` WHERE id = $1`},
		{&s.contains, s.db.finder, "SELECT", `SELECT 1 FROM ` + s.table + ` WHERE id = $1`},
		{&s.insert, s.db.writer, "INSERT", s.insertion()},
		{&s.update, s.db.writer, "UPDATE", s.alteration()},
		{&s.remove, s.db.writer, "DELETE", `DELETE FROM ` + s.table + ` WHERE id = $1 AND ($2 = 0 OR version = $2)`},
	} {
		var err error
		if *p.into, err = s.db.prepare(ctx, p.on, p.operation, s.schema.Name, p.text); err != nil {
			return err
		}
	}
	return nil
}

// insertion gives each row a time of creation that is later than all that a list has shown, whatever the clock does. So
// nothing is ever added behind a place that a list has passed.
func (s *Store[A]) insertion() string {
	columns, values := make([]string, len(s.fields)), make([]string, len(s.fields))
	for i, field := range s.fields {
		columns[i], values[i] = ", "+column(field), fmt.Sprintf(", $%d", i+5)
	}
	return `INSERT INTO ` + s.table + ` (id, version, created_at, updated_at, document` + strings.Join(columns, "") +
		`) VALUES ($1, $2, ` + fmt.Sprintf(s.db.dialect.created, s.schema.Name) + `, $3, $4` +
		strings.Join(values, "") + `) ON CONFLICT (id) DO NOTHING`
}

func (s *Store[A]) alteration() string {
	assignments := make([]string, len(s.fields))
	for i, field := range s.fields {
		assignments[i] = fmt.Sprintf(", %s = $%d", column(field), i+6)
	}
	return `UPDATE ` + s.table + ` SET version = $3, updated_at = $4, document = $5` + strings.Join(assignments, "") +
		` WHERE id = $1 AND version = $2`
}

func (s *Store[A]) list(conditions string) string {
	return `SELECT id, version, created_at, document FROM ` + s.table +
		` WHERE (created_at, id) > ($1, $2)` + conditions + ` ORDER BY created_at, id LIMIT $3`
}

func (s *Store[A]) count(field string) string {
	return `SELECT ` + column(field) + `, count(*) FROM ` + s.table + ` GROUP BY ` + column(field)
}

// filling sets the columns of fields in one row.
func (s *Store[A]) filling(fields []string) string {
	assignments := make([]string, len(fields))
	for i, field := range fields {
		assignments[i] = fmt.Sprintf("%s = $%d", column(field), i+2)
	}
	return `UPDATE ` + s.table + ` SET ` + strings.Join(assignments, ", ") + ` WHERE id = $1`
}

// batch selects some hundred rows behind an identity.
func (s *Store[A]) batch() string {
	return `SELECT id, version, created_at, document FROM ` + s.table + ` WHERE id > $1 ORDER BY id LIMIT 200`
}

// selection returns a prepared statement. There are as many as combinations of declared fields that are asked for.
func (s *Store[A]) selection(ctx context.Context, text string) (*statement, error) {
	if known, ok := s.selections.Load(text); ok {
		return known.(*statement), nil //nolint:forcetypeassert // only this function stores in it
	}
	selection, err := s.db.prepare(ctx, s.db.reader, "SELECT", s.schema.Name, text)
	if err != nil {
		return nil, fmt.Errorf("prepare: %w", err)
	}
	if known, loaded := s.selections.LoadOrStore(text, selection); loaded {
		_ = selection.prepared.Close() // somebody else was faster: it is not used
		return known.(*statement), nil //nolint:forcetypeassert // as above
	}
	return selection, nil
}
