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
}

func newFuse(last int) *fuse { return &fuse{last: last, ended: make(chan struct{})} }

func (f *fuse) step() {
	f.mu.Lock()
	f.steps++
	if f.steps == f.last {
		close(f.ended)
	}
	dead := f.last > 0 && f.steps >= f.last
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
	s.fuse.step()
	defer s.fuse.step()
	return s.Store.Get(ctx, id)
}

func (s mortalStore[A]) Save(ctx context.Context, c repository.Change[A]) error {
	s.fuse.step()
	defer s.fuse.step()
	return s.Store.Save(ctx, c)
}

func (s mortalStore[A]) Seen(ctx context.Context, id, key string) (bool, error) {
	s.fuse.step()
	defer s.fuse.step()
	return s.Store.Seen(ctx, id, key)
}

// mortalLog is a log whose process may end before and after each call.
type mortalLog struct {
	Log

	fuse *fuse
}

func (l mortalLog) Claim(ctx context.Context, types []string, limit int) ([]outbox.Entry, time.Duration, error) {
	l.fuse.step()
	claimed, next, err := l.Log.Claim(ctx, types, limit)
	l.fuse.step()
	return claimed, next, err
}

func (l mortalLog) Renew(ctx context.Context, entries []outbox.Entry) error {
	l.fuse.step()
	defer l.fuse.step()
	return l.Log.Renew(ctx, entries)
}

func (l mortalLog) Settle(ctx context.Context, outcomes []outbox.Outcome) error {
	l.fuse.step()
	defer l.fuse.step()
	return l.Log.Settle(ctx, outcomes)
}
