package sqlrepo

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/neuroglia-go/neuroglia/aggregate"
	"github.com/neuroglia-go/neuroglia/outbox"
)

// Outbox is the outbox of a [DB]: a table of entries that are to be delivered, and one of dead letters.
type Outbox struct {
	db    *DB
	owner string // whose leases those taken here are
	lease time.Duration

	insertions                                       [4]*statement // of one entry, of two and on, in the pool of requests
	key, seen                                        *statement    // in the pools of requests
	claim, peek, renewal                             *statement
	conclusion, burial, removal, promotion           *statement
	status, forgetting, exhumation, resave, discards *statement
}

var (
	_ outbox.Log     = (*Outbox)(nil)
	_ outbox.Letters = (*Outbox)(nil)
)

func newOutbox(ctx context.Context, db *DB, lease time.Duration) (*Outbox, error) {
	o := &Outbox{db: db, owner: aggregate.NewID(), lease: lease}
	if err := o.prepare(ctx); err != nil {
		return nil, fmt.Errorf("prepare statements of the outbox: %w", db.classify(ctx, err))
	}
	return o, nil
}

// Name implements outbox.Log.
func (*Outbox) Name() string { return "sqlrepo" }

// Lease implements outbox.Log.
func (o *Outbox) Lease() time.Duration { return o.lease }

// row is an element of the JSON arrays that statements get their many values in.
type row struct {
	ID      string `json:"id"`
	Type    string `json:"type"`
	Handled string `json:"handled"`
	Error   string `json:"error"`
	Wait    int64  `json:"wait"`
	Verdict string `json:"verdict"`
}

// save adds the entries of one change, and reports whether this process holds them.
func (o *Outbox) save(ctx context.Context, tx *sql.Tx, entries []outbox.Entry) (held bool, err error) {
	for rest := entries; len(rest) > 0; {
		some := rest[:min(len(rest), len(o.insertions))]
		rest = rest[len(some):]
		args := append(make([]any, 0, insertedBefore+len(some)*insertedEach),
			o.owner, entries[0].AggregateType, entries[0].AggregateID, o.lease.Nanoseconds(), held)
		for _, e := range some {
			if e.AggregateType != entries[0].AggregateType || e.AggregateID != entries[0].AggregateID {
				return false, fmt.Errorf("event %s is of another aggregate than the first of the same change", e.ID)
			}
			args = append(args, e.ID, e.Type, e.Version, nanoseconds(e.RaisedAt), string(e.Data), encode(e.Origin),
				nanoseconds(e.Due), max(0, time.Until(e.Due).Nanoseconds()))
		}
		if _, err := o.insertions[len(some)-1].one(ctx, tx, args, &held); err != nil {
			return false, fmt.Errorf("keep events: %w", err)
		}
	}
	return held, nil
}

// record adds an inbox key, and reports whether it was not there.
func (o *Outbox) record(ctx context.Context, tx *sql.Tx, key string) (first bool, err error) {
	n, err := o.key.exec(ctx, tx, key, time.Now().UnixNano())
	if err != nil {
		return false, fmt.Errorf("record inbox key: %w", err)
	}
	return n == 1, nil
}

// Claim implements outbox.Log.
func (o *Outbox) Claim(ctx context.Context, types []string, limit int) ([]outbox.Entry, time.Duration, error) {
	listed := list(types)
	// Looking first spares a transaction that writes.
	next, err := o.next(ctx, listed)
	if err != nil || next != now {
		return nil, next, o.explain(ctx, "claim", err)
	}
	claimed, err := o.take(ctx, listed, limit)
	if err == nil {
		next, err = o.next(ctx, listed)
	}
	return claimed, next, o.explain(ctx, "claim", err)
}

func (o *Outbox) take(ctx context.Context, types string, limit int) ([]outbox.Entry, error) {
	done, err := o.db.await(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	rows, err := o.claim.query(ctx, nil, o.owner, o.lease.Nanoseconds(), types, max(limit, 0))
	if err != nil {
		return nil, err
	}
	claimed, err := scanEntries(rows)
	slices.SortStableFunc(claimed, func(a, b outbox.Entry) int {
		return cmp.Or(a.Due.Compare(b.Due), a.RaisedAt.Compare(b.RaisedAt))
	})
	return claimed, err
}

// change runs a statement that writes by itself.
func (o *Outbox) change(ctx context.Context, s *statement, args ...any) (int64, error) {
	done, err := o.db.await(ctx)
	if err != nil {
		return 0, err
	}
	defer done()
	return s.exec(ctx, nil, args...)
}

// now is what next returns if there is something to claim at once.
const now = time.Nanosecond

// next returns when there may be something to claim, or 0.
func (o *Outbox) next(ctx context.Context, types string) (time.Duration, error) {
	var nanoseconds sql.NullInt64
	_, err := o.peek.one(ctx, nil, []any{types}, &nanoseconds)
	if err != nil || !nanoseconds.Valid {
		return 0, err
	}
	return max(now, time.Duration(nanoseconds.Int64)), nil
}

// Renew implements outbox.Log.
func (o *Outbox) Renew(ctx context.Context, entries []outbox.Entry) error {
	ids := make([]string, len(entries))
	for i, e := range entries {
		ids[i] = e.ID
	}
	_, err := o.change(ctx, o.renewal, o.owner, list(ids), o.lease.Nanoseconds())
	return o.explain(ctx, "renew leases", err)
}

// Settle implements outbox.Log.
func (o *Outbox) Settle(ctx context.Context, outcomes []outbox.Outcome) error {
	var concluded []row
	var dead, gone []string
	for _, outcome := range outcomes {
		e := outcome.Entry
		r := row{ID: e.ID, Handled: encode(e.Handled), Error: storable(e.Error)}
		switch outcome.Verdict {
		case outbox.Delivered:
			gone = append(gone, e.ID)
			continue
		case outbox.Again:
			r.Verdict, r.Wait = "again", outcome.Wait.Nanoseconds()
		case outbox.Postponed:
			r.Verdict, r.Wait = "postponed", outcome.Wait.Nanoseconds()
		case outbox.Dead:
			r.Verdict = "dead"
			dead, gone = append(dead, e.ID), append(gone, e.ID)
		case outbox.Untouched:
			r.Verdict = "untouched"
		}
		concluded = append(concluded, r)
	}
	err := o.db.settle(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if len(concluded) > 0 {
			if _, err := o.exec(ctx, tx, o.conclusion, o.owner, encode(concluded)); err != nil {
				return err
			}
		}
		if len(dead) > 0 {
			if _, err := o.exec(ctx, tx, o.burial, o.owner, encode(dead)); err != nil {
				return err
			}
		}
		if len(gone) == 0 {
			return nil
		}
		streams, err := o.streams(ctx, tx, o.removal, o.owner, encode(gone))
		if err != nil {
			return err
		}
		return o.promote(ctx, tx, streams)
	})
	return o.explain(ctx, "settle", err)
}

// promote makes the first entry of each stream its head.
func (o *Outbox) promote(ctx context.Context, tx *sql.Tx, streams []row) error {
	if len(streams) == 0 {
		return nil
	}
	_, err := o.exec(ctx, tx, o.promotion, encode(streams))
	return err
}

// streams runs a statement that returns the streams of the rows it changed, as rows with their type and identity.
func (o *Outbox) streams(ctx context.Context, tx *sql.Tx, s *statement, args ...any) ([]row, error) {
	rows, err := s.query(ctx, tx, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []row
	for rows.Next() {
		var r row
		var held any
		if err := rows.Scan(&r.Type, &r.ID, &held); err != nil {
			return nil, err //nolint:wrapcheck // the caller explains
		}
		if !slices.Contains(all, r) {
			all = append(all, r)
		}
	}
	return all, rows.Err()
}

func (o *Outbox) exec(ctx context.Context, tx *sql.Tx, s *statement, args ...any) (int, error) {
	n, err := s.exec(ctx, tx, args...)
	return int(n), err
}

// Status implements outbox.Log.
func (o *Outbox) Status(ctx context.Context) (outbox.Status, error) {
	var s outbox.Status
	var oldest sql.NullInt64
	_, err := o.status.one(ctx, nil, nil, &s.Pending, &oldest, &s.Dead)
	s.Oldest = time.Duration(max(oldest.Int64, 0))
	return s, o.explain(ctx, "read status", err)
}

// Forget implements outbox.Log.
func (o *Outbox) Forget(ctx context.Context, age time.Duration) (int64, error) {
	const atOnce = 1000 // so that others who write do not wait for long
	for forgotten := int64(0); ; {
		n, err := o.change(ctx, o.forgetting, time.Now().Add(-age).UnixNano(), atOnce)
		forgotten += n
		if err != nil || n < atOnce {
			return forgotten, o.explain(ctx, "forget inbox keys", err)
		}
	}
}

func (o *Outbox) explain(ctx context.Context, what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", what, o.db.classify(ctx, err))
}

// list returns the JSON array of texts.
func list(texts []string) string {
	if len(texts) == 0 {
		return "[]"
	}
	return encode(texts)
}

// encode returns JSON, of values that always have such a form.
func encode(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		return "null"
	}
	return string(text)
}

// storable returns text without what JSON documents in databases cannot have.
func storable(text string) string { return strings.ReplaceAll(text, "\x00", "\uFFFD") }
