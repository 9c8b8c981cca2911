package sqlrepo

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgconn/ctxwatch"
)

// Watch implements outbox.Log. It listens on a connection of its own. With SQLite it returns at once: other processes
// cannot be heard of.
func (o *Outbox) Watch(ctx context.Context, wake func()) error {
	if o.db.listen == nil {
		return nil
	}
	err := o.db.listen(ctx, wake)
	if ctx.Err() != nil {
		return nil //nolint:nilerr // it ended as it should
	}
	return o.explain(ctx, "watch", err)
}

// listener returns what listens for notices of a server that config leads to.
func listener(config *pgx.ConnConfig) func(context.Context, func()) error {
	config = config.Copy()
	// The connection goes with who listens, and nothing runs on it that would have to be cancelled.
	config.BuildContextWatcherHandler = func(connection *pgconn.PgConn) ctxwatch.Handler {
		return &pgconn.DeadlineContextWatcherHandler{Conn: connection.Conn()}
	}
	return func(ctx context.Context, wake func()) error {
		connection, err := pgx.ConnectConfig(ctx, config)
		if err != nil {
			return fmt.Errorf("connect: %w", err)
		}
		defer func() {
			ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
			defer cancel()
			_ = connection.Close(ctx) // its work is done
		}()
		if _, err := connection.Exec(ctx, "LISTEN neuroglia_outbox"); err != nil {
			return fmt.Errorf("listen: %w", err)
		}
		for {
			wake() // for what came before this could be heard
			if _, err := connection.WaitForNotification(ctx); err != nil {
				return fmt.Errorf("wait for notices: %w", err)
			}
		}
	}
}
