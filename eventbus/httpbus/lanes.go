package httpbus

import (
	"context"
	"sync"
)

// key names the events of a subject within a group, or one event within a group.
type key [3]string

// lanes let one at a time work under each key.
type lanes struct {
	mu    sync.Mutex
	lanes map[key]*lane
}

type lane struct {
	taken chan struct{}
	users int
}

// enter waits until nobody works under the key, or until ctx ends. Leave must be called.
func (l *lanes) enter(ctx context.Context, k key) (leave func(), err error) {
	l.mu.Lock()
	if l.lanes == nil {
		l.lanes = map[key]*lane{}
	}
	if l.lanes[k] == nil {
		l.lanes[k] = &lane{taken: make(chan struct{}, 1)}
	}
	mine := l.lanes[k]
	mine.users++
	l.mu.Unlock()
	gone := func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		if mine.users--; mine.users == 0 {
			delete(l.lanes, k)
		}
	}
	select {
	case mine.taken <- struct{}{}:
		return func() { <-mine.taken; gone() }, nil
	case <-ctx.Done():
		gone()
		return nil, ctx.Err()
	}
}

// history remembers the events that are to be sent again: how often they came, and which groups are done with them. It
// forgets the oldest of many; then attempts are counted from one again, and a group may get an event twice.
type history struct {
	mu            sync.Mutex
	recent, older map[key]int // attempts that have begun, or done
}

const (
	remembered = 10_000
	done       = -1
)

// begin counts an attempt, unless the group is done with the event.
func (h *history) begin(k key) (attempt int, isDone bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	attempt, ok := h.recent[k]
	if !ok {
		attempt = h.older[k]
	}
	if attempt == done {
		return 0, true
	}
	h.set(k, attempt+1)
	return attempt + 1, false
}

func (h *history) end(k key) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.set(k, done)
}

func (h *history) set(k key, attempts int) {
	if len(h.recent) >= remembered || h.recent == nil {
		h.recent, h.older = map[key]int{}, h.recent
	}
	h.recent[k] = attempts
}

func (h *history) forget(k key) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.recent, k)
	delete(h.older, k)
}
