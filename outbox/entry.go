package outbox

import (
	"encoding/json"
	"fmt"
	"reflect"
	"time"

	"github.com/neuroglia-go/neuroglia/aggregate"
)

// Entry is one event in an outbox.
type Entry struct {
	ID            string // of the event, unique
	Type          string // the name of the event's Go type, such as "OrderCreatedEvent"
	AggregateType string // such as "Order"; with AggregateID the stream whose order is kept
	AggregateID   string
	Version       int64 // of the aggregate
	RaisedAt      time.Time
	Data          []byte            // the event's JSON form
	Origin        map[string]string // the trace context, and the baggage that travels, of who raised it; nil if there is none

	Attempts int      // that have begun
	Handled  []string // the handlers that have handled it
	Error    string   // what the last attempt ended with; empty if none has failed
	Due      time.Time
	Dead     time.Time // when it was given up; zero if it was not
	Replays  int       // how often it was put back after that

	// Held is set by a store that saved the entry: whether this process has it leased and is to deliver it now. An entry
	// that has to wait for an earlier one of its stream is not held.
	Held bool

	event any // the value, if this process raised it
}

// newEntry returns the entry of an event that has been raised and not been stored yet.
func newEntry(r aggregate.Raised, typeName string, origin map[string]string) (Entry, error) {
	data, err := json.Marshal(r.Event)
	if err != nil {
		return Entry{}, fmt.Errorf("outbox: encode event %s: %w", typeName, err)
	}
	return Entry{
		ID: r.ID, Type: typeName, AggregateType: r.AggregateType, AggregateID: r.AggregateID, Version: r.Version,
		RaisedAt: r.At, Due: r.At, Data: data, Origin: origin, event: r.Event,
	}, nil
}

// Stored returns the entry as a database gives it back: the event has to be made of its data.
func (e *Entry) Stored() Entry {
	stored := *e
	stored.event = nil
	return stored
}

// raised returns the event as its handlers get it.
func (e *Entry) raised(t reflect.Type) (aggregate.Raised, error) {
	if e.event == nil {
		value := reflect.New(t)
		if err := json.Unmarshal(e.Data, value.Interface()); err != nil {
			return aggregate.Raised{}, fmt.Errorf("decode event %s %s: %w", e.Type, e.ID, err)
		}
		e.event = value.Elem().Interface()
	}
	return aggregate.Raised{
		ID: e.ID, Event: e.event, AggregateType: e.AggregateType, AggregateID: e.AggregateID, Version: e.Version,
		At: e.RaisedAt, Attempt: max(e.Attempts, 1),
	}, nil
}
