package outboxtest

import (
	"context"
	"runtime"
	"sync"
	"time"

	"github.com/neuroglia-go/neuroglia/outbox"
	"github.com/neuroglia-go/neuroglia/repository"
)

// fuse counts the steps of a process, and ends it at one of them: whoever in it comes there, or to a later step, comes no
// further.
type fuse struct {
	mu    sync.Mutex
	steps int
	last  int // 0 if it lives on
	ended chan struct{}
	calls sync.WaitGroup // that have begun
}

func newFuse(last int) *fuse { return &fuse{last: last, ended: make(chan struct{})} }

func (f *fuse) step() { f.take(func() {}) }

// call is the step before a call of the driver. It returns the step after it.
func (f *fuse) call() (done func()) {
	f.take(func() { f.calls.Add(1) })
	return func() {
		f.calls.Done()
		f.step()
	}
}

// still waits until what a process that has ended had asked of the database is done. A database may take its time for that.
func (f *fuse) still() {
	f.mu.Lock()
	f.mu.Unlock() //nolint:staticcheck // nobody who has not seen the end begins a call after this
	f.calls.Wait()
}

func (f *fuse) take(alive func()) {
	f.mu.Lock()
	f.steps++
	if f.steps == f.last {
		close(f.ended)
	}
	dead := f.last > 0 && f.steps >= f.last
	if !dead {
		alive()
	}
	f.mu.Unlock()
	if dead {
		runtime.Goexit()
	}
}

func (f *fuse) taken() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.steps
}

// mortalStore is a store whose process may end before and after each call.
type mortalStore[A any] struct {
	repository.Store[A]

	fuse *fuse
}

func (s mortalStore[A]) Get(ctx context.Context, id string) (repository.Loaded[A], error) {
	defer s.fuse.call()()
	return s.Store.Get(ctx, id)
}

func (s mortalStore[A]) Save(ctx context.Context, c repository.Change[A]) error {
	defer s.fuse.call()()
	return s.Store.Save(ctx, c)
}

func (s mortalStore[A]) Seen(ctx context.Context, id, key string) (bool, error) {
	defer s.fuse.call()()
	return s.Store.Seen(ctx, id, key)
}

// mortalLog is a log whose process may end before and after each call.
type mortalLog struct {
	Log

	fuse *fuse
}

func (l mortalLog) Claim(ctx context.Context, types []string, limit int) ([]outbox.Entry, time.Duration, error) {
	defer l.fuse.call()()
	return l.Log.Claim(ctx, types, limit)
}

func (l mortalLog) Renew(ctx context.Context, entries []outbox.Entry) error {
	defer l.fuse.call()()
	return l.Log.Renew(ctx, entries)
}

func (l mortalLog) Settle(ctx context.Context, outcomes []outbox.Outcome) error {
	defer l.fuse.call()()
	return l.Log.Settle(ctx, outcomes)
}
