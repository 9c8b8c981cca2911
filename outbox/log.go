package outbox

import (
	"context"
	"time"
)

// Lease is how long a process that took an entry has it for itself, unless it renews the lease, as the default of drivers.
// It is how long the entries of a process that died wait.
const Lease = 15 * time.Second

// Log is a driver: it keeps the entries that its stores save together with aggregates. What a process has leased is
// known to the driver, which is one per process; leases are measured by the clock of the database if it has one. Its
// methods are safe for concurrent use, and pass the suite of package outboxtest. Errors of a database that cannot be
// reached have kind fault.Unavailable.
//
// When a store saves entries it leases them to its process, counts their first attempt and sets Held, unless an earlier
// entry of their stream is pending: then they wait, with no attempt counted.
type Log interface {
	// Name is the driver's name in telemetry, such as "sqlrepo".
	Name() string

	// Lease is how long an entry belongs to who has taken it, unless the lease is renewed.
	Lease() time.Duration

	// Claim leases up to limit pending entries to this process and counts an attempt for each. It takes entries that are
	// due, that nobody has leased, and that are the first pending one of their stream; a type that is not listed is left
	// for other processes, and blocks its stream. Oldest first. Next is when there may be more to claim, as far as is
	// known: when a pending entry falls due or its lease ends; 0 if nothing else is pending.
	Claim(ctx context.Context, types []string, limit int) (claimed []Entry, next time.Duration, err error)

	// Renew prolongs the leases that this process has on entries. Those that it lost stay lost.
	Renew(ctx context.Context, entries []Entry) error

	// Settle notes what came of entries that this process has leased, and ends the leases. Those that it lost it ignores:
	// another process will settle them. All of it is one step, as far as the driver can make it one.
	Settle(ctx context.Context, outcomes []Outcome) error

	// Status reads how full the outbox is.
	Status(ctx context.Context) (Status, error)

	// Watch calls wake whenever other processes may have saved entries that nobody holds, until ctx ends or with an error.
	// A driver that cannot know returns nil at once; the relay looks from time to time in any case.
	Watch(ctx context.Context, wake func()) error

	// Forget removes inbox keys that were recorded longer ago than age.
	Forget(ctx context.Context, age time.Duration) (int64, error)
}

// Outcome is what came of one attempt.
type Outcome struct {
	Entry   Entry // as it was claimed or saved; with Handled and Error as they are now
	Verdict Verdict
	Wait    time.Duration // until the next attempt, for Again and Postponed
}

// Verdict is what is to become of an entry.
type Verdict uint8

// The verdicts.
const (
	Delivered Verdict = iota + 1 // all handlers have handled it: remove it
	Again                        // try again after Wait
	Postponed                    // like Again, and take back the attempt that was counted: it was not the event that failed
	Dead                         // give it up: keep it among the dead letters, out of its stream's way
	Untouched                    // it was not attempted: take back the attempt that was counted and end the lease
)

// Status is how full an outbox is.
type Status struct {
	Pending int64         // entries to be delivered, among them those being delivered
	Oldest  time.Duration // since the oldest of them was raised; 0 if there is none
	Dead    int64         // dead letters
}

// Letters is the part of a driver that looks after dead letters, and what is pending.
type Letters interface {
	// List returns entries that match, oldest first by the time they were raised, at most f.Limit of them.
	List(ctx context.Context, f Filter) ([]Entry, error)

	// Replay makes dead letters pending again, due now, with no attempts and one more replay. It returns how many of the
	// given were dead letters. What handlers have handled they do not handle again.
	Replay(ctx context.Context, ids []string) (int, error)

	// Discard deletes dead letters. It returns how many of the given were dead letters.
	Discard(ctx context.Context, ids []string) (int, error)
}

// Filter says which entries to list. The zero value of a field is no condition.
type Filter struct {
	Dead    bool // dead letters; else what is pending
	IDs     []string
	Type    string
	Stream  string        // an aggregate's identity
	Error   string        // a part of the last error's text, in any case
	OlderBy time.Duration // raised longer ago than this
	After   string        // list what comes after the entry with this identity
	Limit   int           // at most this many; 0 means 100
}
