package aggregate

// The functions below are for repositories and their drivers.

// Restore sets the identity and version of an aggregate that was read from a store.
func Restore(a Aggregate, id string, version int64) {
	*a.root() = Root{id: id, version: version}
}

// Pending returns the events raised since the aggregate was read, in order, as they will be once it is stored.
func Pending(a Aggregate, aggregateType string) []Raised {
	r := a.root()
	if len(r.pending) == 0 {
		return nil
	}
	raised := make([]Raised, len(r.pending))
	for i, o := range r.pending {
		raised[i] = Raised{
			ID: o.id, Event: o.event, AggregateType: aggregateType, AggregateID: r.id,
			Version: r.version + 1, At: o.at, Attempt: 1,
		}
	}
	return raised
}

// Stored marks the aggregate as stored: its version is one higher and nothing is pending.
func Stored(a Aggregate) {
	r := a.root()
	r.version++
	r.pending = nil
}
