package outboxtest

import (
	"slices"

	"github.com/neuroglia-go/neuroglia/aggregate"
	"github.com/neuroglia-go/neuroglia/repository"
)

// Tally is the aggregate that the suite's handlers of events change: it shows in which order, and how often.
type Tally struct {
	aggregate.Root
	Counts []int64 `json:"counts"`
}

// Tallied is an event that no handler takes.
type Tallied struct{ Count int64 }

// Add notes a count, and raises [Tallied].
func (t *Tally) Add(count int64) {
	t.Counts = append(slices.Clip(t.Counts), count)
	t.Raise(Tallied{Count: count})
}

// Schema returns the schema that the suite opens stores of tallies with.
func Schema() repository.Schema[Tally] { return repository.Schema[Tally]{Name: "tallies"} }
