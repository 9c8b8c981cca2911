package sqlrepo

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/neuroglia-go/neuroglia/repository"
)

// Store is a repository.Store in a table of a [DB].
type Store[A any] struct {
	db     *DB
	schema repository.Schema[A]
	fields []string // declared, sorted
	table  string   // quoted

	get, contains          *statement
	insert, update, remove *statement
	selections             sync.Map // text to *statement: lists and counts, prepared when first used
}

var _ repository.Store[struct{}] = (*Store[struct{}])(nil)

// New returns the store of the aggregates that schema describes, and makes or extends its table. Names in the schema are
// in lower snake case. A field that is declared later is filled in for the rows there are, which takes its time and must
// not happen while programs that do not know the field still write.
func New[A any](ctx context.Context, db *DB, schema repository.Schema[A]) (*Store[A], error) {
	if err := validate(schema); err != nil {
		return nil, err
	}
	s := &Store[A]{db: db, schema: schema, fields: slices.Sorted(maps.Keys(schema.Fields)), table: `"` + schema.Name + `"`}
	if err := s.prepare(ctx); err != nil {
		return nil, fmt.Errorf("prepare table %s: %w", schema.Name, err)
	}
	if err := s.prepareStatements(ctx); err != nil {
		return nil, fmt.Errorf("prepare statements of %s: %w", schema.Name, db.classify(ctx, err))
	}
	return s, nil
}

// Get implements repository.Store. The document is decoded when others have the connection.
func (s *Store[A]) Get(ctx context.Context, id string) (repository.Loaded[A], error) {
	var r stored
	found, err := s.get.one(ctx, nil, []any{id}, &r.id, &r.version, &r.created, &r.document)
	switch {
	case err != nil:
		return repository.Loaded[A]{}, s.db.classify(ctx, err)
	case !found:
		return repository.Loaded[A]{}, repository.ErrNotFound
	}
	return load[A](&r)
}

// Contains implements repository.Store.
func (s *Store[A]) Contains(ctx context.Context, id string) (bool, error) {
	var found int
	there, err := s.contains.one(ctx, nil, []any{id}, &found)
	return there, s.db.classify(ctx, err)
}

// Save implements repository.Store.
func (s *Store[A]) Save(ctx context.Context, c repository.Change[A]) error {
	values, err := s.values(c)
	if err != nil {
		return err
	}
	var held bool
	err = s.db.save(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if c.Once != "" {
			if first, err := s.db.outbox.record(ctx, tx, c.Once); err != nil || !first {
				return cmp.Or(err, repository.ErrDuplicate)
			}
		}
		if err := s.change(ctx, tx, c, values); err != nil {
			return err
		}
		held, err = s.db.outbox.save(ctx, tx, c.Events)
		return err
	})
	if err == nil && held {
		for i := range c.Events {
			c.Events[i].Held, c.Events[i].Attempts = true, 1
		}
	}
	return err
}

// Seen implements repository.Store.
func (s *Store[A]) Seen(ctx context.Context, _, key string) (bool, error) {
	var found int
	seen, err := s.db.outbox.seen.one(ctx, nil, []any{key}, &found)
	return seen, s.db.classify(ctx, err)
}

// values returns the document and the values of the declared fields.
func (s *Store[A]) values(c repository.Change[A]) ([]any, error) {
	if c.Op == repository.Remove {
		return nil, nil
	}
	document, err := json.Marshal(c.State)
	if err != nil {
		return nil, fmt.Errorf("encode: %w", err)
	}
	values := make([]any, 0, len(s.fields)+1)
	values = append(values, string(document))
	for _, field := range s.fields {
		values = append(values, s.schema.Fields[field](c.State))
	}
	return values, nil
}

// change tells from the number of rows, not from errors, whether the change was possible: an error would be one in the
// telemetry, and would end a transaction of PostgreSQL.
func (s *Store[A]) change(ctx context.Context, tx *sql.Tx, c repository.Change[A], values []any) error {
	now := time.Now().UnixNano()
	switch c.Op {
	case repository.Add:
		values = append([]any{c.ID, c.Expected + 1, now}, values...)
		return execOne(ctx, tx, s.insert, repository.ErrExists, values...)
	case repository.Update:
		values = append([]any{c.ID, c.Expected, c.Expected + 1, now}, values...)
		return execOne(ctx, tx, s.update, repository.ErrVersion, values...)
	case repository.Remove:
		none := repository.ErrVersion
		if c.Expected == 0 {
			none = repository.ErrNotFound
		}
		return execOne(ctx, tx, s.remove, none, c.ID, c.Expected)
	}
	return fmt.Errorf("change %d is not known", c.Op)
}

// execOne returns none if the statement changed no row.
func execOne(ctx context.Context, tx *sql.Tx, s *statement, none error, args ...any) error {
	n, err := s.exec(ctx, tx, args...)
	if err == nil && n == 0 {
		return none
	}
	return err
}

// List implements repository.Store.
func (s *Store[A]) List(ctx context.Context, f repository.Filter) ([]repository.Loaded[A], error) {
	args := []any{nanoseconds(f.After.Created), f.After.ID, max(f.Limit, 0)}
	var conditions strings.Builder
	if s.db.dialect.settled != "" {
		var before int64
		if err := s.db.reader.QueryRowContext(ctx, s.db.dialect.settled, s.schema.Name).Scan(&before); err != nil {
			return nil, s.db.classify(ctx, err)
		}
		args = append(args, before)
		fmt.Fprintf(&conditions, " AND created_at < $%d", len(args))
	}
	for _, field := range s.fields {
		if value, ok := f.Where[field]; ok {
			args = append(args, value)
			fmt.Fprintf(&conditions, " AND %s = $%d", column(field), len(args))
		}
	}
	for field := range f.Where {
		if !slices.Contains(s.fields, field) {
			return nil, s.undeclared(field)
		}
	}
	statement, err := s.selection(ctx, s.list(conditions.String()))
	if err != nil {
		return nil, s.db.classify(ctx, err)
	}
	rows, err := statement.query(ctx, nil, args...)
	if err != nil {
		return nil, s.db.classify(ctx, err)
	}
	found, err := scanAll[A](rows)
	return found, s.db.classify(ctx, err)
}

// Count implements repository.Store.
func (s *Store[A]) Count(ctx context.Context, field string) (map[string]int64, error) {
	if !slices.Contains(s.fields, field) {
		return nil, s.undeclared(field)
	}
	statement, err := s.selection(ctx, s.count(field))
	if err != nil {
		return nil, s.db.classify(ctx, err)
	}
	rows, err := statement.query(ctx, nil)
	if err != nil {
		return nil, s.db.classify(ctx, err)
	}
	defer rows.Close()
	counts := map[string]int64{}
	for rows.Next() {
		var value string
		var n int64
		if err := rows.Scan(&value, &n); err != nil {
			return nil, s.db.classify(ctx, err)
		}
		counts[value] = n
	}
	return counts, s.db.classify(ctx, rows.Err())
}

func (s *Store[A]) undeclared(field string) error {
	return fmt.Errorf("%s has no declared field %q", s.schema.Name, field)
}

// nanoseconds are those of a place in a list, within what a table can hold.
func nanoseconds(t time.Time) int64 {
	switch {
	case t.Before(time.Unix(0, 0)):
		return 0
	case t.After(time.Unix(0, math.MaxInt64)):
		return math.MaxInt64
	}
	return t.UnixNano()
}

// stored is a row of a store's table.
type stored struct {
	id               string
	version, created int64
	document         []byte
}

func load[A any](r *stored) (repository.Loaded[A], error) {
	loaded := repository.Loaded[A]{
		ID: r.id, Version: r.version, Created: time.Unix(0, r.created).UTC(), State: new(A),
	}
	if err := json.Unmarshal(r.document, loaded.State); err != nil {
		return loaded, fmt.Errorf("decode %q: %w", r.id, err)
	}
	return loaded, nil
}

// scanAll reads rows of id, version, created_at and document, and closes them.
func scanAll[A any](rows *sql.Rows) ([]repository.Loaded[A], error) {
	defer rows.Close()
	var all []repository.Loaded[A]
	var r stored
	for rows.Next() {
		// The document is decoded before the next row takes its place.
		if err := rows.Scan(&r.id, &r.version, &r.created, (*sql.RawBytes)(&r.document)); err != nil {
			return nil, fmt.Errorf("read row: %w", err)
		}
		loaded, err := load[A](&r)
		if err != nil {
			return nil, err
		}
		all = append(all, loaded)
	}
	return all, rows.Err()
}
