// Package aggregate has what a domain type needs to be a consistency boundary: an identity, a version and the events it
// has raised.
//
//	type Order struct {
//		aggregate.Root
//		status Status
//	}
//
//	func (o *Order) Cancel() error {
//		o.status = Cancelled
//		o.Raise(OrderCancelledEvent{OrderID: o.ID()})
//		return nil
//	}
//
// A repository stores the aggregate and its events in one step, and hands the events on after that.
package aggregate

import (
	"crypto/rand"
	"fmt"
	"reflect"
	"time"
)

// Root is embedded, by value, in every aggregate. It is not part of the aggregate's JSON form.
type Root struct {
	id      string
	version int64
	pending []occurrence
}

// occurrence is an event as the aggregate saw it.
type occurrence struct {
	id    string
	event any
	at    time.Time
}

// NewRoot returns the root of a new aggregate with the given identity.
func NewRoot(id string) Root { return Root{id: id} }

// NewID returns a random identity of 26 lower-case letters and digits (130 bits), safe in URLs and file names.
func NewID() string {
	const letters = "abcdefghijklmnopqrstuvwxyz234567"
	var id [26]byte
	_, _ = rand.Read(id[:]) // which cannot fail
	for i := range id {
		id[i] = letters[id[i]%32]
	}
	return string(id[:])
}

// ID returns the identity of the aggregate.
func (r *Root) ID() string { return r.id }

// Version counts how often the aggregate has been stored. It is 0 for one that never was.
func (r *Root) Version() int64 { return r.version }

// Raise records that something happened. The event is delivered after the aggregate has been stored; an aggregate that
// is not stored raises nothing. Raise panics if the event is nil or a pointer: events are values, handlers take values.
func (r *Root) Raise(event any) {
	if t := reflect.TypeOf(event); t == nil || t.Kind() == reflect.Pointer {
		panic(fmt.Sprintf("aggregate: Raise(%T): raise events by value", event))
	}
	r.pending = append(r.pending, occurrence{id: NewID(), event: event, at: time.Now()})
}

func (r *Root) root() *Root { return r }

// Aggregate is a pointer to a type that embeds [Root].
type Aggregate interface {
	ID() string
	Version() int64
	root() *Root
}

// Pointer is the constraint that *A is an aggregate. It lets functions infer it from A.
type Pointer[A any] interface {
	*A
	Aggregate
}
