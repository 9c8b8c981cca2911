package sqlrepo_test

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/neuroglia-go/neuroglia/repository/sqlrepo"
)

// A handler with a table of its own does what a message asks for once, however often the message comes.
func ExampleOnce() {
	ctx := context.Background()
	db, err := sqlrepo.Open(ctx, "sqlite::memory:")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer db.Close()
	transact := func(do func(ctx context.Context, tx *sql.Tx) error) {
		if err := db.Transact(ctx, do); err != nil {
			fmt.Println(err)
		}
	}
	transact(func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `CREATE TABLE points (customer TEXT PRIMARY KEY, points BIGINT NOT NULL)`)
		return err
	})
	for range 2 { // the message comes twice
		transact(func(ctx context.Context, tx *sql.Tx) error {
			first, err := sqlrepo.Once(ctx, tx, "loyalty order.delivered 0d3f9c1e")
			if err != nil || !first {
				return err
			}
			_, err = tx.ExecContext(ctx, `INSERT INTO points VALUES ('ann', 10)
				ON CONFLICT (customer) DO UPDATE SET points = points.points + excluded.points`)
			return err
		})
	}
	transact(func(ctx context.Context, tx *sql.Tx) error {
		var points int
		err := tx.QueryRowContext(ctx, `SELECT points FROM points`).Scan(&points)
		fmt.Println(points)
		return err
	})
	// Output:
	// 10
}
