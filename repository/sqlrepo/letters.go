package sqlrepo

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"strings"

	"github.com/neuroglia-go/neuroglia/outbox"
)

// List implements outbox.Letters.
func (o *Outbox) List(ctx context.Context, f outbox.Filter) ([]outbox.Entry, error) {
	table, ends := pendingTable, "0, owner"
	if f.Dead {
		table, ends = deadTable, "dead_at, NULL"
	}
	var conditions []string
	args := []any{cmp.Or(max(f.Limit, 0), 100)}
	where := func(condition string, arg any) {
		args = append(args, arg)
		conditions = append(conditions, strings.ReplaceAll(condition, "$?", fmt.Sprintf("$%d", len(args))))
	}
	if len(f.IDs) > 0 {
		where(fmt.Sprintf(o.db.dialect.among, "id", len(args)+1), list(f.IDs))
	}
	if f.Type != "" {
		where("type = $?", f.Type)
	}
	if f.Stream != "" {
		where("aggregate_id = $?", f.Stream)
	}
	if f.Error != "" {
		where(o.db.dialect.find+"(lower(error), $?) > 0", strings.ToLower(storable(f.Error)))
	}
	if f.OlderBy > 0 {
		where("raised_at < "+o.db.dialect.now+" - $?", f.OlderBy.Nanoseconds())
	}
	if f.After != "" {
		where("(raised_at, id) > (SELECT raised_at, id FROM "+table+" WHERE id = $?)", f.After)
	}
	text := `SELECT ` + kept + `, ` + ends + ` FROM ` + table
	if len(conditions) > 0 {
		text += ` WHERE ` + strings.Join(conditions, " AND ")
	}
	rows, err := o.db.reader.QueryContext(ctx, text+` ORDER BY raised_at, id LIMIT $1`, args...)
	if err != nil {
		return nil, o.explain(ctx, "list", err)
	}
	entries, err := scanEntries(rows)
	return entries, o.explain(ctx, "list", err)
}

// Replay implements outbox.Letters. What is replayed comes behind what is pending of its stream.
func (o *Outbox) Replay(ctx context.Context, ids []string) (replayed int, err error) {
	listed := list(ids)
	err = o.db.write(ctx, o.db.relayer, func(ctx context.Context, tx *sql.Tx) error {
		streams, err := o.streams(ctx, tx, o.exhumation, listed)
		if err != nil || len(streams) == 0 {
			return err
		}
		if replayed, err = o.exec(ctx, tx, o.resave, listed); err != nil {
			return err
		}
		if _, err := o.exec(ctx, tx, o.discards, listed); err != nil {
			return err
		}
		if err := o.promote(ctx, tx, streams); err != nil || o.db.dialect.notify == "" {
			return err
		}
		_, err = tx.ExecContext(ctx, o.db.dialect.notify)
		return err //nolint:wrapcheck // explained below
	})
	if err != nil {
		return 0, o.explain(ctx, "replay", err)
	}
	return replayed, nil
}

// Discard implements outbox.Letters.
func (o *Outbox) Discard(ctx context.Context, ids []string) (int, error) {
	discarded := 0
	err := o.db.write(ctx, o.db.relayer, func(ctx context.Context, tx *sql.Tx) (err error) {
		discarded, err = o.exec(ctx, tx, o.discards, list(ids))
		return err
	})
	return discarded, o.explain(ctx, "discard", err)
}
