package sqlrepo

import (
	"context"
	"database/sql"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/neuroglia-go/neuroglia/aggregate"
	"github.com/neuroglia-go/neuroglia/repository"
)

// longest keeps the names made of a table and a field within the 63 bytes that PostgreSQL has for one.
const longest = 28

// validate refuses names that would not be plain identifiers in every database.
func validate[A any](schema repository.Schema[A]) error {
	// Without double underscores the name of an index, table__field, has one meaning.
	plain := regexp.MustCompile(`^[a-z][a-z0-9]*(_[a-z0-9]+)*$`)
	const rule = "use lower snake case, at most %d characters"
	if !plain.MatchString(schema.Name) || len(schema.Name) > longest {
		return fmt.Errorf("schema name %q: "+rule, schema.Name, longest)
	}
	for _, reserved := range []string{"neuroglia_", "sqlite_", "pg_"} {
		if strings.HasPrefix(schema.Name, reserved) {
			return fmt.Errorf("schema name %q: names that begin with %s are reserved", schema.Name, reserved)
		}
	}
	for name, value := range schema.Fields {
		if !plain.MatchString(name) || len(name) > longest {
			return fmt.Errorf("schema %s: field %q: "+rule, schema.Name, name, longest)
		}
		if value == nil {
			return fmt.Errorf("schema %s: field %q has no function", schema.Name, name)
		}
	}
	return nil
}

// column is the column of a declared field. The prefix keeps it apart from the columns that every table has.
func column(field string) string { return "field_" + field }

// prepare makes the table, and the columns of fields that it does not have. Old rows get their values from the
// documents, in the same transaction. A program that does not know a field leaves its column alone, so the list of fields
// that rows have values for is kept, and a field that comes back is filled in again.
func (s *Store[A]) prepare(ctx context.Context) error {
	return s.db.alone(ctx, func(ctx context.Context, tx *sql.Tx) error {
		filled, known, err := s.filled(ctx, tx)
		if err != nil || known && slices.Equal(filled, s.fields) {
			return err
		}
		if err := execAll(ctx, tx, s.createTable()...); err != nil {
			return err
		}
		if err := s.addColumns(ctx, tx); err != nil {
			return err
		}
		missing := slices.DeleteFunc(slices.Clone(s.fields), func(f string) bool { return slices.Contains(filled, f) })
		if err := s.backfill(ctx, tx, missing); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO neuroglia_collections (name, fields) VALUES ($1, $2)
			ON CONFLICT (name) DO UPDATE SET fields = excluded.fields`, s.schema.Name, strings.Join(s.fields, ","))
		return s.explain(err, "declare fields")
	})
}

// createTable has times in nanoseconds since 1970: they compare like numbers in every database.
func (s *Store[A]) createTable() []string {
	return []string{
		`CREATE TABLE IF NOT EXISTS ` + s.table + ` (
			id ` + s.db.dialect.text + ` NOT NULL PRIMARY KEY, version BIGINT NOT NULL,
			created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL, document ` + s.db.dialect.document + ` NOT NULL)`,
		`CREATE INDEX IF NOT EXISTS "` + s.schema.Name + `___created" ON ` + s.table + ` (created_at, id)`,
	}
}

// filled returns the fields that every row has a value for, and whether there is a table.
func (s *Store[A]) filled(ctx context.Context, tx *sql.Tx) (fields []string, known bool, err error) {
	lists, err := queryStrings(ctx, tx, `SELECT fields FROM neuroglia_collections WHERE name = $1`, s.schema.Name)
	if err != nil || len(lists) == 0 || lists[0] == "" {
		return nil, len(lists) > 0, s.explain(err, "read declared fields")
	}
	return strings.Split(lists[0], ","), true, nil
}

func (s *Store[A]) addColumns(ctx context.Context, tx *sql.Tx) error {
	present, err := queryStrings(ctx, tx, s.db.dialect.columns, s.schema.Name)
	if err != nil {
		return s.explain(err, "read columns")
	}
	var ddl []string
	for _, field := range s.fields {
		if !slices.Contains(present, column(field)) {
			ddl = append(ddl, `ALTER TABLE `+s.table+` ADD COLUMN `+column(field)+` `+s.db.dialect.text+` NOT NULL DEFAULT ''`)
		}
		ddl = append(ddl, `CREATE INDEX IF NOT EXISTS "`+s.schema.Name+`__`+field+`" ON `+s.table+
			` (`+column(field)+`, created_at, id)`)
	}
	return execAll(ctx, tx, ddl...)
}

// backfill computes fields of all rows from their documents, some hundred rows at a time.
func (s *Store[A]) backfill(ctx context.Context, tx *sql.Tx, fields []string) error {
	if len(fields) == 0 {
		return nil
	}
	update := s.filling(fields)
	for after := ""; ; {
		rows, err := s.rowsAfter(ctx, tx, after)
		if err != nil || len(rows) == 0 {
			return s.explain(err, "fill in declared fields")
		}
		for _, row := range rows {
			// The function of a field may read the identity.
			if root, ok := any(row.State).(aggregate.Aggregate); ok {
				aggregate.Restore(root, row.ID, row.Version)
			}
			values := []any{row.ID}
			for _, field := range fields {
				values = append(values, s.schema.Fields[field](row.State))
			}
			if _, err := tx.ExecContext(ctx, update, values...); err != nil {
				return s.explain(err, "fill in declared fields")
			}
		}
		after = rows[len(rows)-1].ID
	}
}

func (s *Store[A]) rowsAfter(ctx context.Context, tx *sql.Tx, id string) ([]repository.Loaded[A], error) {
	rows, err := tx.QueryContext(ctx, s.batch(), id)
	if err != nil {
		return nil, err //nolint:wrapcheck // the caller explains
	}
	return scanAll[A](rows)
}

func (s *Store[A]) explain(err error, what string) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s of %s: %w", what, s.schema.Name, err)
}

func execAll(ctx context.Context, tx *sql.Tx, statements ...string) error {
	for _, statement := range statements {
		if _, err := tx.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("%s: %w", statement, err)
		}
	}
	return nil
}

func queryStrings(ctx context.Context, tx *sql.Tx, query string, args ...any) ([]string, error) {
	rows, err := tx.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err //nolint:wrapcheck // the caller explains
	}
	defer rows.Close()
	var all []string
	for rows.Next() {
		var one string
		if err := rows.Scan(&one); err != nil {
			return nil, err //nolint:wrapcheck // the caller explains
		}
		all = append(all, one)
	}
	return all, rows.Err()
}
