package repositorytest

import (
	"encoding/json"

	"github.com/neuroglia-go/neuroglia/aggregate"
)

// Ticket is the aggregate that the suite stores.
type Ticket struct {
	aggregate.Root
	state string
	owner string
	notes []string
	count int64
}

// Counted is the event of [Ticket.Increment].
type Counted struct{ Count int64 }

// NewTicket returns an open ticket.
func NewTicket(id, owner string) *Ticket {
	return &Ticket{Root: aggregate.NewRoot(id), state: "open", owner: owner}
}

// State is "open" or "closed".
func (t *Ticket) State() string { return t.state }

// Count is how often Increment was called.
func (t *Ticket) Count() int64 { return t.count }

// Close closes the ticket.
func (t *Ticket) Close() { t.state = "closed" }

// Increment counts, and raises Counted.
func (t *Ticket) Increment() {
	t.count++
	t.Raise(Counted{Count: t.count})
}

type document struct {
	State string   `json:"state"`
	Owner string   `json:"owner"`
	Notes []string `json:"notes"`
	Count int64    `json:"count"`
}

// MarshalJSON returns the document of the ticket.
func (t *Ticket) MarshalJSON() ([]byte, error) {
	return json.Marshal(document{t.state, t.owner, t.notes, t.count}) //nolint:wrapcheck // the caller says what it encodes
}

// UnmarshalJSON reads the document of a ticket.
func (t *Ticket) UnmarshalJSON(data []byte) error {
	var d document
	if err := json.Unmarshal(data, &d); err != nil {
		return err //nolint:wrapcheck // the caller says what it decodes
	}
	t.state, t.owner, t.notes, t.count = d.State, d.Owner, d.Notes, d.Count
	return nil
}
