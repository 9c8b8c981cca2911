// Package notification is what a customer is told about an order.
package notification

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/neuroglia-go/neuroglia/aggregate"
)

// Notifications are what the customer of one order has been told, in the order in which it happened. They
// have the identity of the order. Telling the same again adds it again: who tells sees to it that each thing is told once.
type Notifications struct {
	aggregate.Root
	state state
}

type state struct {
	Notifications []Notification `json:"notifications"`
}

// Notification is one thing that the customer was told. It names nobody.
type Notification struct {
	Text string    `json:"text"`
	At   time.Time `json:"at"` // when it happened
}

// New returns those of an order about which nothing has been told yet.
func New(orderID string) *Notifications { return &Notifications{Root: aggregate.NewRoot(orderID)} }

// Tell adds a notification. What happened later may be told earlier.
func (n *Notifications) Tell(text string, at time.Time) {
	n.state.Notifications = append(n.state.Notifications, Notification{Text: text, At: at})
	slices.SortStableFunc(n.state.Notifications, func(a, b Notification) int { return a.At.Compare(b.At) })
}

// All returns what the customer was told.
func (n *Notifications) All() []Notification { return slices.Clone(n.state.Notifications) }

// MarshalJSON returns the stored form.
func (n *Notifications) MarshalJSON() ([]byte, error) { return json.Marshal(n.state) } //nolint:wrapcheck // by the store

// UnmarshalJSON reads the stored form.
func (n *Notifications) UnmarshalJSON(raw []byte) error {
	return json.Unmarshal(raw, &n.state) //nolint:wrapcheck // by the store
}
