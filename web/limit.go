package web

import (
	"context"
	"sync/atomic"
	"time"
)

// limited is the context of a request: its time is limited and it knows its exchange. It costs no timer until somebody
// waits for its end, which most handlers never do.
type limited struct {
	context.Context // of the request, with its span

	exchange *exchange
	deadline time.Time
	timer    atomic.Pointer[timer] // made by the first who waits
	over     atomic.Bool           // the request is answered
}

// timer is the same context with a timer.
type timer struct {
	context.Context

	cancel context.CancelFunc
}

var _ context.Context = (*limited)(nil)

// Deadline returns when the time is over.
func (l *limited) Deadline() (time.Time, bool) {
	if outer, ok := l.Context.Deadline(); ok && outer.Before(l.deadline) {
		return outer, true
	}
	return l.deadline, true
}

// Done is closed when the time is over, the request is answered, or its client is gone.
func (l *limited) Done() <-chan struct{} { return l.timed().Done() }

func (l *limited) timed() *timer {
	if t := l.timer.Load(); t != nil {
		return t
	}
	t := &timer{}
	t.Context, t.cancel = context.WithDeadline(l.Context, l.deadline)
	if !l.timer.CompareAndSwap(nil, t) {
		t.cancel()
		return l.timer.Load()
	}
	if l.over.Load() {
		t.cancel()
	}
	return t
}

// Err tells why Done is closed, if it is.
func (l *limited) Err() error {
	if l.timer.Load() == nil && !l.over.Load() && l.Context.Err() == nil && time.Now().Before(l.deadline) {
		return nil
	}
	return l.timed().Err()
}

// Value knows the exchange, and all that the request's context knows.
func (l *limited) Value(key any) any {
	if key == (exchangeKey{}) {
		return l.exchange
	}
	if t := l.timer.Load(); t != nil {
		return t.Value(key) // contexts below look for the one that has the timer
	}
	return l.Context.Value(key)
}

// end is the end of the request.
func (l *limited) end() {
	l.over.Store(true)
	if t := l.timer.Load(); t != nil {
		t.cancel()
	}
}
