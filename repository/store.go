package repository

import (
	"context"
	"time"

	"github.com/neuroglia-go/neuroglia/aggregate"
	"github.com/neuroglia-go/neuroglia/fault"
)

// Store is a driver: it keeps the aggregates of type A. Its methods are safe for concurrent use. It returns
// [ErrNotFound], [ErrExists] and [ErrVersion], wrapped or not, where the methods say so, and errors of kind
// fault.Unavailable if it cannot be reached. Stores pass the suite of package repositorytest.
type Store[A any] interface {
	// Get reads one aggregate. It returns ErrNotFound if there is none.
	Get(ctx context.Context, id string) (Loaded[A], error)

	// Contains reports whether there is an aggregate with this identity.
	Contains(ctx context.Context, id string) (bool, error)

	// Save makes one change together with its events: both or neither. It returns ErrExists for an Add of an identity
	// that is there, ErrVersion for an Update, or a Remove that expects a version, of any other version or of none, and
	// ErrNotFound for a Remove that expects none of an identity that is not there.
	Save(ctx context.Context, c Change[A]) error

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
	State    *A                 // nil for Remove
	Expected int64              // the version that was read; the version to store is one higher. 0 is new, or any to Remove
	Events   []aggregate.Raised // to be stored with it, in order
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
)
