package sqlrepo

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/neuroglia-go/neuroglia/outbox"
)

const (
	// kept are the columns that pending entries and dead letters have.
	kept = `id, type, aggregate_type, aggregate_id, version, raised_at, data, origin, attempts, handled, error, due_at, replays`

	// insertedBefore is how many parameters an insertion has before those of its entries, and insertedEach how many each has.
	insertedBefore, insertedEach = 5, 8

	pendingTable, deadTable, inboxTable = "neuroglia_outbox", "neuroglia_dead_letters", "neuroglia_inbox"
)

// prepared is a statement that is to be prepared.
type prepared struct {
	into                   **statement
	on                     *sql.DB
	operation, table, text string
}

func (o *Outbox) prepare(ctx context.Context) error {
	for _, p := range o.statements() {
		var err error
		if *p.into, err = o.db.prepare(ctx, p.on, p.operation, p.table, p.text); err != nil {
			return err
		}
	}
	return nil
}

func (o *Outbox) statements() []prepared {
	d := o.db.dialect
	reader := o.db.relayer
	if d.alone == "" {
		reader = o.db.reader
	}
	statements := []prepared{
		{&o.key, o.db.writer, "INSERT", inboxTable, `INSERT INTO neuroglia_inbox (key, at) VALUES ($1, $2)
			ON CONFLICT (key) DO NOTHING`},
		{&o.seen, o.db.finder, "SELECT", inboxTable, `SELECT 1 FROM neuroglia_inbox WHERE key = $1`},
		{&o.claim, o.db.relayer, "UPDATE", pendingTable, o.claiming()},
		{&o.peek, reader, "SELECT", pendingTable, `SELECT (SELECT free_at - ` + d.now + ` FROM neuroglia_outbox
			WHERE head AND ` + fmt.Sprintf(d.among, "type", 1) + ` ORDER BY free_at LIMIT 1)`},
		{&o.renewal, o.db.relayer, "UPDATE", pendingTable, `UPDATE neuroglia_outbox SET free_at = ` + d.now + ` + $3
			WHERE owner = $1 AND ` + fmt.Sprintf(d.among, "id", 2)},
		{&o.conclusion, o.db.relayer, "UPDATE", pendingTable, o.conclude()},
		{&o.burial, o.db.relayer, "INSERT", deadTable, `INSERT INTO neuroglia_dead_letters (` + kept + `, dead_at)
			SELECT ` + kept + `, ` + d.now + ` FROM neuroglia_outbox WHERE owner = $1 AND ` + fmt.Sprintf(d.among, "id", 2)},
		{&o.removal, o.db.relayer, "DELETE", pendingTable, `DELETE FROM neuroglia_outbox WHERE owner = $1 AND ` +
			fmt.Sprintf(d.among, "id", 2) + ` RETURNING aggregate_type, aggregate_id, ` + d.hold},
		{&o.promotion, o.db.relayer, "UPDATE", pendingTable, o.promoting()},
		{&o.status, reader, "SELECT", pendingTable, `SELECT (SELECT count(*) FROM neuroglia_outbox),
			` + d.now + ` - (SELECT min(raised_at) FROM neuroglia_outbox), (SELECT count(*) FROM neuroglia_dead_letters)`},
		{&o.forgetting, o.db.relayer, "DELETE", inboxTable, `DELETE FROM neuroglia_inbox WHERE key IN
			(SELECT key FROM neuroglia_inbox WHERE at < $1 LIMIT $2)`},
		{&o.exhumation, o.db.relayer, "UPDATE", deadTable, `UPDATE neuroglia_dead_letters SET replays = replays + 1 WHERE ` +
			fmt.Sprintf(d.among, "id", 1) + ` RETURNING aggregate_type, aggregate_id, ` + d.hold},
		{&o.resave, o.db.relayer, "INSERT", pendingTable, o.resaving()},
		{&o.discards, o.db.relayer, "DELETE", deadTable, `DELETE FROM neuroglia_dead_letters WHERE ` + fmt.Sprintf(d.among, "id", 1)},
	}
	for i := range o.insertions {
		statements = append(statements, prepared{&o.insertions[i], o.db.writer, "INSERT", pendingTable, o.insert(i + 1)})
	}
	return statements
}

// insert adds n entries of one change, leased to $1 unless they have to wait. The first is the head of its stream then. If
// $5 is true they follow others of the same change, which are leased. What is due by this process's clock is due by that of
// the database, whatever that shows.
func (o *Outbox) insert(n int) string {
	d := o.db.dialect
	given := make([]string, n)
	for i := range given {
		p := func(field int) int { return insertedBefore + i*insertedEach + field }
		given[i] = fmt.Sprintf(`(%d, $%d, $%d, CAST($%d AS BIGINT), CAST($%d AS BIGINT), $%d, $%d, CAST($%d AS BIGINT),
			CAST($%d AS BIGINT))`, i, p(1), p(2), p(3), p(4), p(5), p(6), p(7), p(8))
	}
	due := `CASE WHEN e.column9 > 0 OR e.column8 > ` + d.now + ` THEN ` + d.now + ` + e.column9 ELSE e.column8 END`
	return `INSERT INTO neuroglia_outbox (` + kept + `, owner, free_at, head)
		SELECT e.column2, e.column3, $2, $3, e.column4, e.column5, e.column6, e.column7, CASE WHEN s.busy THEN 0 ELSE 1 END,
			'null', '', ` + due + `, 0, CASE WHEN s.busy THEN NULL ELSE $1 END,
			CASE WHEN s.busy THEN ` + due + ` ELSE ` + d.now + ` + $4 END, NOT s.busy AND NOT $5 AND e.column1 = 0
		FROM (SELECT CASE WHEN $5 THEN FALSE ELSE ` + d.busy + ` END AS busy) AS s, (VALUES ` + strings.Join(given, ", ") + `) AS e
		ORDER BY e.column1 RETURNING owner IS NOT NULL`
}

func (o *Outbox) claiming() string {
	d := o.db.dialect
	return `UPDATE neuroglia_outbox SET attempts = attempts + 1, owner = $1, free_at = ` + d.now + ` + $2 WHERE ` +
		fmt.Sprintf(d.pick, `SELECT id FROM neuroglia_outbox WHERE head AND free_at <= `+d.now+` AND `+
			fmt.Sprintf(d.among, "type", 3)+` ORDER BY free_at, seq LIMIT $4`) +
		` RETURNING ` + kept + `, 0, owner`
}

// conclude ends the leases of entries that are to be tried again, and notes what dead letters have come to.
func (o *Outbox) conclude() string {
	const untouched, again = `e.value ->> 'verdict' = 'untouched'`, `e.value ->> 'verdict' IN ('again', 'postponed')`
	due := `CASE WHEN ` + again + ` THEN ` + o.db.dialect.now + ` + CAST(e.value ->> 'wait' AS BIGINT) ELSE due_at END`
	return `UPDATE neuroglia_outbox SET
			attempts = attempts - CASE WHEN e.value ->> 'verdict' IN ('untouched', 'postponed') THEN 1 ELSE 0 END,
			handled = CASE WHEN ` + untouched + ` THEN handled ELSE e.value ->> 'handled' END,
			error = CASE WHEN ` + untouched + ` THEN error ELSE e.value ->> 'error' END,
			owner = CASE WHEN e.value ->> 'verdict' = 'dead' THEN owner END,
			due_at = ` + due + `, free_at = ` + due + `
		FROM ` + fmt.Sprintf(o.db.dialect.rows, 2) + ` WHERE id = e.value ->> 'id' AND owner = $1`
}

func (o *Outbox) promoting() string {
	return `UPDATE neuroglia_outbox SET head = TRUE WHERE NOT head AND id IN (
		SELECT (SELECT first.id FROM neuroglia_outbox AS first
			WHERE first.aggregate_type = e.value ->> 'type' AND first.aggregate_id = e.value ->> 'id'
			ORDER BY first.seq LIMIT 1)
		FROM ` + fmt.Sprintf(o.db.dialect.rows, 1) + `)`
}

// resaving adds dead letters behind what is pending, free and not attempted.
func (o *Outbox) resaving() string {
	d := o.db.dialect
	return `INSERT INTO neuroglia_outbox (` + kept + `, owner, free_at, head)
		SELECT id, type, aggregate_type, aggregate_id, version, raised_at, data, origin, 0, handled, error, ` + d.now + `, replays,
			NULL, ` + d.now + `, FALSE FROM neuroglia_dead_letters WHERE ` + fmt.Sprintf(d.among, "id", 1) + `
		ORDER BY raised_at, id`
}

// scanEntries reads rows of the kept columns, the time of death and the owner, and closes them.
func scanEntries(rows *sql.Rows) ([]outbox.Entry, error) {
	defer rows.Close()
	entries := []outbox.Entry{}
	for rows.Next() {
		var e outbox.Entry
		var origin, handled string
		var raised, due, dead int64
		var owner sql.NullString
		if err := rows.Scan(&e.ID, &e.Type, &e.AggregateType, &e.AggregateID, &e.Version, &raised, &e.Data, &origin, &e.Attempts,
			&handled, &e.Error, &due, &e.Replays, &dead, &owner); err != nil {
			return nil, fmt.Errorf("read entry: %w", err)
		}
		if err := errors.Join(json.Unmarshal([]byte(origin), &e.Origin), json.Unmarshal([]byte(handled), &e.Handled)); err != nil {
			return nil, fmt.Errorf("decode entry %s: %w", e.ID, err)
		}
		e.RaisedAt, e.Due, e.Held = time.Unix(0, raised).UTC(), time.Unix(0, due).UTC(), owner.Valid
		if dead != 0 {
			e.Dead = time.Unix(0, dead).UTC()
		}
		entries = append(entries, e)
	}
	return entries, rows.Err()
}
