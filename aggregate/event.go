package aggregate

import (
	"context"
	"time"
)

// Integration is an event that other services may see. EventType is its public name, such as "order.created.v1"; it
// outlives the Go type, so it is chosen and not derived.
type Integration interface {
	EventType() string
}

// Raised is an event with what is known about its origin.
type Raised struct {
	ID            string    // unique to this occurrence
	Event         any       // the value given to Raise
	AggregateType string    // the name of the aggregate's Go type, such as "Order"; empty for an event of no aggregate
	AggregateID   string    // empty for an event of no aggregate
	Version       int64     // the aggregate's version that this event led to
	At            time.Time // when it was raised
	Attempt       int       // 1 at first delivery
	Delivery      *Delivery // nil if the event is delivered once, whatever comes of it
}

type raisedKey struct{}

// FromContext returns the event that the handler running under ctx was called for. The result must not be changed.
func FromContext(ctx context.Context) (*Raised, bool) {
	r, ok := ctx.Value(raisedKey{}).(*Raised)
	return r, ok
}
