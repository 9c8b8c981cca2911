package repository

import (
	"context"
	"time"

	"github.com/neuroglia-go/neuroglia/fault"
	"github.com/neuroglia-go/neuroglia/outbox"
)

// Store is a driver: it keeps the aggregates of type A. Its methods are safe for concurrent use. It returns
// [ErrNotFound], [ErrExists] and [ErrVersion], wrapped or not, where the methods say so, and errors of kind
// fault.Unavailable if it cannot be reached. Stores pass the suite of package repositorytest.
type Store[A any] interface {
	// Get reads one aggregate. It returns ErrNotFound if there is none.
	Get(ctx context.Context, id string) (Loaded[A], error)

	// Contains reports whether there is an aggregate with this identity.
	Contains(ctx context.Context, id string) (bool, error)

	// Save makes one change, keeps its events in the store's outbox and records its inbox key: all or nothing. It returns
	// ErrDuplicate, before all others, if the key was recorded before; ErrExists for an Add of an identity that is there;
	// ErrVersion for an Update, or a Remove that expects a version, of any other version or of none; ErrNotFound for a
	// Remove that expects none of an identity that is not there. It sets Held of the events, as outbox.Log says. A store
	// without an outbox refuses events.
	Save(ctx context.Context, c Change[A]) error

	// Seen reports whether the inbox key was recorded by a change of the aggregate with this identity.
	Seen(ctx context.Context, id, key string) (bool, error)

	// List returns the aggregates that match, oldest first, at most f.Limit of them. A field that was not declared is
	// an error.
	List(ctx context.Context, f Filter) ([]Loaded[A], error)

	// Count returns how many aggregates there are for each value of a declared field.
	Count(ctx context.Context, field string) (map[string]int64, error)
}

// Schema is what document stores need to know of an aggregate. The document is the aggregate's JSON form: a type with
// unexported fields has the methods MarshalJSON and UnmarshalJSON.
type Schema[A any] struct {
	// Name is the collection or table, in lower snake case, such as "orders". It is permanent.
	Name string

	// Fields are the declared fields: those that lists can be filtered and counted by. They are indexed.
	Fields map[string]func(*A) string
}

// Op is a kind of change.
type Op uint8

// The changes.
const (
	Add Op = iota + 1
	Update
	Remove
)

// String returns "add", "update" or "remove".
func (op Op) String() string {
	switch op {
	case Add:
		return "add"
	case Update:
		return "update"
	case Remove:
		return "remove"
	}
	return "unknown change"
}

// Change is what a [Store] saves.
type Change[A any] struct {
	Op       Op
	ID       string
	State    *A             // nil for Remove
	Expected int64          // the version that was read; the version to store is one higher. 0 is new, or any to Remove
	Events   []outbox.Entry // to be kept with it, in order
	Once     string         // inbox key of the change; empty for none
}

// Loaded is an aggregate as it was read.
type Loaded[A any] struct {
	ID      string
	Version int64
	Created time.Time // with ID, its place in a list
	State   *A
}

// Filter says which aggregates to list.
type Filter struct {
	Where map[string]string // declared field to the value it must have
	After Position          // list what comes after this; the zero value is the beginning
	Limit int
}

// Position is a place in the order of a list: by creation, then by identity.
type Position struct {
	Created time.Time
	ID      string
}

// The errors of stores.
var (
	ErrNotFound error = fault.New(fault.NotFound, "not found")
	ErrExists   error = fault.New(fault.Conflict, "exists already")
	ErrVersion  error = fault.New(fault.Conflict, "was changed by somebody else")
	// ErrDuplicate says that a change with this inbox key has been made before.
	ErrDuplicate error = fault.New(fault.Conflict, "was changed by this message before")
)
