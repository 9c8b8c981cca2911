package mongorepo

import (
	"slices"
	"sync"
	"time"

	"github.com/neuroglia-go/neuroglia/aggregate"
	"github.com/neuroglia-go/neuroglia/outbox"
)

// leases is what this process knows of the entries that it has leased.
type leases struct {
	owner string // whose leases those taken here are
	term  time.Duration

	mu    sync.Mutex
	where map[string]document // the documents of the entries that this process has leased, by their identities
	boxes map[document]*box   // what was in the documents when this process last wrote to them
}

// document is where the outbox of an aggregate is.
type document struct{ collection, id string }

func newLeases(term time.Duration) *leases {
	return &leases{owner: aggregate.NewID(), term: term, where: map[string]document{}, boxes: map[document]*box{}}
}

// end is when a lease ends that begins now.
func (l *leases) end() int64 { return time.Now().Add(l.term).UnixNano() }

// note notes that this process has leased entries of a document that is as it wrote it.
func (l *leases) note(b *box, entries []entry) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i := range entries {
		l.where[entries[i].ID] = b.document()
	}
	l.boxes[b.document()] = b.clone()
}

// written notes what a document has.
func (l *leases) written(b *box) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if slices.ContainsFunc(b.Outbox, func(e entry) bool { _, leased := l.where[e.ID]; return leased }) {
		l.boxes[b.document()] = b.clone()
	} else {
		delete(l.boxes, b.document())
	}
}

// known returns what the document may still have, or nil.
func (l *leases) known(d document) *box {
	l.mu.Lock()
	defer l.mu.Unlock()
	if b := l.boxes[d]; b != nil {
		return b.clone()
	}
	return nil
}

// done notes that what came of entries is stored, or was lost.
func (l *leases) done(d document, entries []outbox.Entry, indexes []int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, i := range indexes {
		delete(l.where, entries[i].ID)
	}
	if b := l.boxes[d]; b != nil &&
		!slices.ContainsFunc(b.Outbox, func(e entry) bool { _, leased := l.where[e.ID]; return leased }) {
		delete(l.boxes, d)
	}
}

// byDocument returns the indexes of the entries that this process has leased, and their documents in the order of the
// entries.
func (l *leases) byDocument(entries []outbox.Entry) (order []document, indexes map[document][]int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	indexes = map[document][]int{}
	for i := range entries {
		d, ok := l.where[entries[i].ID]
		if !ok {
			continue
		}
		if indexes[d] == nil {
			order = append(order, d)
		}
		indexes[d] = append(indexes[d], i)
	}
	return order, indexes
}
