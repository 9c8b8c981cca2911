package natsbus

import (
	"sync"
	"time"
)

// pause is how long nobody waits for a broker that did not answer in time.
const pause = time.Second

// breaker keeps publishers from waiting one after the other for a broker that does not answer. While it is open, one at a
// time may try, after a pause.
type breaker struct {
	mu    sync.Mutex
	until time.Time // the zero time means that it is closed
}

// allow reports whether the caller may try.
func (b *breaker) allow() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.until.IsZero() {
		return true
	}
	now := time.Now()
	if now.Before(b.until) {
		return false
	}
	b.until = now.Add(pause)
	return true
}

// open begins a pause.
func (b *breaker) open() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.until = time.Now().Add(pause)
}

// close ends it.
func (b *breaker) close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.until = time.Time{}
}
