package simulate

import "sync"

// book is the orders in hand, and what has become of all.
type book struct {
	limit int // of orders in hand

	mu    sync.Mutex
	held  map[string]bool
	tally tally
}

// tally counts orders by what has become of them.
type tally struct {
	placed    int
	found     int // placed by others, and taken on
	delivered int
	cancelled int
	lost      int // the pizzeria does not know them any more
	refused   int // by the pizzeria
	failed    int // to be placed, because the pizzeria did
	gaveUp    int // customers who did not wait for the answer
	away      int // customers who found all busy
	mistakes  int // calls made wrong on purpose
}

func newBook(limit int) *book { return &book{limit: limit, held: map[string]bool{}} }

func (b *book) count(add func(*tally)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	add(&b.tally)
}

func (b *book) open() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.held)
}

func (b *book) full() bool { return b.open() >= b.limit }

func (b *book) holds(id string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.held[id]
}

// take takes an order in hand. It reports whether it was not before.
func (b *book) take(o *order) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.held[o.id] {
		return false
	}
	b.held[o.id] = true
	return true
}

// release ends the work on an order.
func (b *book) release(o *order) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.held, o.id)
	switch o.status {
	case delivered:
		b.tally.delivered++
	case cancelled:
		b.tally.cancelled++
	default:
		b.tally.lost++
	}
}

// read returns what has become of all until now.
func (b *book) read() (t tally, open int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.tally, len(b.held)
}
