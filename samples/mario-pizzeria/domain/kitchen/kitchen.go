// Package kitchen is the ovens, and which orders are in them.
package kitchen

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/neuroglia-go/neuroglia/aggregate"
	"github.com/neuroglia-go/neuroglia/fault"
)

// The pizzeria has one kitchen.
const (
	ID    = "kitchen"
	Ovens = 4
)

// ErrFull says that all ovens are taken.
var ErrFull error = fault.New(fault.Conflict, "the kitchen is full: all %d ovens are taken", Ovens)

// Kitchen cooks as many orders at once as it has ovens.
type Kitchen struct {
	aggregate.Root
	state state
}

type state struct {
	Ovens   int                  `json:"ovens"`
	Cooking []string             `json:"cooking"`         // the orders in the ovens
	Taken   map[string]time.Time `json:"taken,omitempty"` // since when
}

// New returns a kitchen with cold ovens.
func New() *Kitchen {
	return &Kitchen{Root: aggregate.NewRoot(ID), state: state{Ovens: Ovens}}
}

// Ovens returns how many orders can cook at once.
func (k *Kitchen) Ovens() int { return k.state.Ovens }

// Cooking returns the orders that are in the ovens.
func (k *Kitchen) Cooking() []string { return slices.Clone(k.state.Cooking) }

// Free returns how many ovens are not taken.
func (k *Kitchen) Free() int { return k.state.Ovens - len(k.state.Cooking) }

// Take gives an oven to an order, unless it has one. It returns [ErrFull] when all are taken.
func (k *Kitchen) Take(orderID string) error {
	if slices.Contains(k.state.Cooking, orderID) {
		return nil
	}
	if k.Free() <= 0 {
		return ErrFull
	}
	k.state.Cooking = append(k.state.Cooking, orderID)
	if k.state.Taken == nil {
		k.state.Taken = map[string]time.Time{}
	}
	k.state.Taken[orderID] = time.Now().UTC()
	return nil
}

// TakenAt returns when an order got its oven.
func (k *Kitchen) TakenAt(orderID string) time.Time { return k.state.Taken[orderID] }

// Release frees the oven of an order, if it has one.
func (k *Kitchen) Release(orderID string) {
	k.state.Cooking = slices.DeleteFunc(k.state.Cooking, func(id string) bool { return id == orderID })
	delete(k.state.Taken, orderID)
}

// MarshalJSON returns the stored form.
func (k *Kitchen) MarshalJSON() ([]byte, error) { return json.Marshal(k.state) } //nolint:wrapcheck // by the store

// UnmarshalJSON reads the stored form.
func (k *Kitchen) UnmarshalJSON(raw []byte) error { return json.Unmarshal(raw, &k.state) } //nolint:wrapcheck // by the store
