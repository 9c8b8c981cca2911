package sqlrepo

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"
	"time"
)

const (
	selectVersion = `SELECT coalesce(max(version), 0) FROM neuroglia_migrations`
	createVersion = `CREATE TABLE IF NOT EXISTS neuroglia_migrations (
		version BIGINT NOT NULL PRIMARY KEY, name TEXT NOT NULL, applied_at BIGINT NOT NULL)`
	insertVersion = `INSERT INTO neuroglia_migrations (version, name, applied_at) VALUES ($1, $2, $3)`
)

// migrate brings the framework's own tables up to date. Of processes that start at once the first does it and the others
// wait. Migrations are numbered from 1 without gaps.
func (db *DB) migrate(ctx context.Context) error {
	names, err := fs.Glob(db.dialect.migrations, "*.sql")
	if err != nil {
		return fmt.Errorf("embedded migrations: %w", err)
	}
	return db.alone(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, createVersion); err != nil {
			return fmt.Errorf("migrate: %w", err)
		}
		var version int
		if err := tx.QueryRowContext(ctx, selectVersion).Scan(&version); err != nil {
			return fmt.Errorf("migrate: %w", err)
		}
		if version > len(names) {
			return fmt.Errorf("the database has version %d and this program knows versions up to %d: use the "+
				"program that wrote it, or a newer one", version, len(names))
		}
		for i, name := range names[version:] {
			if err := db.apply(ctx, tx, version+i+1, name); err != nil {
				return fmt.Errorf("migrate: %s: %w", name, err)
			}
		}
		return nil
	})
}

// current reports, by an error, if the framework's own tables are not those of this version.
func (db *DB) current(ctx context.Context) error {
	names, err := fs.Glob(db.dialect.migrations, "*.sql")
	if err != nil {
		return fmt.Errorf("embedded migrations: %w", err)
	}
	var version int
	if err := db.reader.QueryRowContext(ctx, selectVersion).Scan(&version); err != nil {
		return fmt.Errorf("it is not a database of a service with this framework: %w", db.classify(ctx, err))
	}
	if version != len(names) {
		return fmt.Errorf("the database has version %d and this program is for version %d: use that of the same release as the service",
			version, len(names))
	}
	return nil
}

func (db *DB) apply(ctx context.Context, tx *sql.Tx, version int, name string) error {
	script, err := fs.ReadFile(db.dialect.migrations, name)
	if err != nil {
		return fmt.Errorf("read: %w", err)
	}
	if _, err := tx.ExecContext(ctx, string(script)); err != nil {
		return fmt.Errorf("execute: %w", err)
	}
	if _, err := tx.ExecContext(ctx, insertVersion, version, name, time.Now().UnixNano()); err != nil {
		return fmt.Errorf("record: %w", err)
	}
	return nil
}
