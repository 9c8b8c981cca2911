package mongorepo

import (
	"math"
	"time"

	"github.com/neuroglia-go/neuroglia/outbox"
)

// entry is an outbox.Entry as documents have it: in the array outbox of its aggregate, or as a dead letter. Times are in
// nanoseconds since 1970.
type entry struct {
	ID            string            `bson:"id"`
	Type          string            `bson:"type"`
	AggregateType string            `bson:"aggregate_type"`
	AggregateID   string            `bson:"aggregate_id"`
	Version       int64             `bson:"version"`
	RaisedAt      int64             `bson:"raised"`
	Data          string            `bson:"data"`
	Origin        map[string]string `bson:"origin,omitempty"`
	Attempts      int               `bson:"attempts"`
	Handled       []string          `bson:"handled,omitempty"`
	Error         string            `bson:"error,omitempty"`
	Due           int64             `bson:"due"`
	Dead          int64             `bson:"dead,omitempty"` // it is on its way to the dead letters
	Replays       int               `bson:"replays,omitempty"`
	Owner         string            `bson:"owner,omitempty"` // who has it leased
	Until         int64             `bson:"until,omitempty"`
}

// next is what claims look for: when the first pending entry of a document may be claimed.
type next struct {
	Type    string `bson:"type"` // of the entry; empty if there are dead ones, which anybody may look after
	At      int64  `bson:"at"`
	Pending int64  `bson:"pending"`
	Oldest  int64  `bson:"oldest"` // when the oldest of them was raised
}

// nextOf returns nil if there are no entries.
func nextOf(entries []entry) *next {
	if len(entries) == 0 {
		return nil
	}
	n := &next{At: math.MaxInt64}
	anybody := false
	for i := range entries {
		switch e := &entries[i]; {
		case e.Dead != 0:
			anybody = true
			n.At = min(n.At, e.Until)
			continue
		case n.Pending == 0:
			n.Type, n.Oldest = e.Type, e.RaisedAt
			n.At = min(n.At, max(e.Due, e.Until))
		default:
			n.Oldest = min(n.Oldest, e.RaisedAt)
		}
		n.Pending++
	}
	if anybody {
		n.Type = ""
	}
	return n
}

// entries returns what is to be stored of new events, leased to this process or not.
func (db *DB) entries(events []outbox.Entry, leased bool) []entry {
	entries := make([]entry, len(events))
	for i := range events {
		entries[i] = entryOf(&events[i])
		if leased {
			entries[i].Attempts, entries[i].Owner, entries[i].Until = 1, db.lease.owner, db.lease.end()
		}
	}
	return entries
}

func entryOf(e *outbox.Entry) entry {
	return entry{
		ID: e.ID, Type: e.Type, AggregateType: e.AggregateType, AggregateID: e.AggregateID, Version: e.Version,
		RaisedAt: nanoseconds(e.RaisedAt), Data: string(e.Data), Origin: keys(e.Origin, escape), Attempts: e.Attempts,
		Handled: e.Handled, Error: e.Error, Due: nanoseconds(e.Due), Replays: e.Replays,
	}
}

// entry returns the entry as the outbox knows it.
func (e *entry) entry() outbox.Entry {
	return outbox.Entry{
		ID: e.ID, Type: e.Type, AggregateType: e.AggregateType, AggregateID: e.AggregateID, Version: e.Version,
		RaisedAt: moment(e.RaisedAt), Data: []byte(e.Data), Origin: keys(e.Origin, unescape), Attempts: e.Attempts,
		Handled: e.Handled, Error: e.Error, Due: moment(e.Due), Replays: e.Replays, Held: e.Owner != "",
		Dead: moment(e.Dead),
	}
}

func nanoseconds(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixNano()
}

func moment(nanoseconds int64) time.Time {
	if nanoseconds == 0 {
		return time.Time{}
	}
	return time.Unix(0, nanoseconds).UTC()
}

// keys returns a map with other keys.
func keys(m map[string]string, other func(string) string) map[string]string {
	if m == nil {
		return nil
	}
	changed := make(map[string]string, len(m))
	for key, value := range m {
		changed[other(key)] = value
	}
	return changed
}
