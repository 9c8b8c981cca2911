package main

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"

	_ "modernc.org/sqlite" // which FerretDB opens its files with
)

// identityIndexes makes the indexes of identities that FerretDB means to make: those it makes are of another expression
// than its queries have, so that SQLite reads whole tables.
func identityIndexes(ctx context.Context, folder, database string) error {
	db, err := sql.Open("sqlite", "file:"+filepath.Join(folder, database+".sqlite")+"?_pragma=busy_timeout(10000)")
	if err != nil {
		return fmt.Errorf("open database %s: %w", database, err)
	}
	defer db.Close()
	rows, err := db.QueryContext(ctx, `SELECT table_name FROM _ferretdb_collections`)
	if err != nil {
		return fmt.Errorf("read the tables of %s: %w", database, err)
	}
	defer rows.Close()
	var tables []string
	for rows.Next() {
		var table string
		if err := rows.Scan(&table); err != nil {
			return fmt.Errorf("read the tables of %s: %w", database, err)
		}
		tables = append(tables, table)
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("read the tables of %s: %w", database, err)
	}
	for _, table := range tables {
		_, err := db.ExecContext(ctx, fmt.Sprintf(
			`CREATE INDEX IF NOT EXISTS "%[1]s_identity" ON "%[1]s" (_ferretdb_sjson->'$._id')`, table))
		if err != nil {
			return fmt.Errorf("index the identities of %s: %w", table, err)
		}
	}
	return nil
}
