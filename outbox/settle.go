package outbox

import (
	"context"
	"sync"
	"time"

	"github.com/neuroglia-go/neuroglia/retry"
)

// settler stores what came of deliveries, as many at a time as have come in while it was storing those before.
type settler struct {
	log     Log
	settled func([]Outcome)
	failed  func(error)

	mu      sync.Mutex
	waiting []Outcome
	busy    bool
	idle    []chan struct{} // of those who wait until it is not busy
}

// most bounds one step.
const most = 200

func (s *settler) add(o Outcome) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.waiting = append(s.waiting, o)
	if !s.busy {
		s.busy = true
		go s.run()
	}
}

// run stores until there is nothing left. Entries stay leased while the database cannot be reached.
func (s *settler) run() {
	policy := retry.Policy{Attempts: -1, First: 20 * time.Millisecond, Max: 2 * time.Second, Worth: func(error) bool { return true }}
	for failures := 0; ; {
		batch := s.next()
		if len(batch) == 0 {
			return
		}
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		err := s.log.Settle(ctx, batch)
		cancel()
		if err == nil {
			failures = 0
			s.settled(batch)
			continue
		}
		failures++
		s.failed(err)
		s.putBack(batch)
		wait, _ := policy.Next(failures, err)
		time.Sleep(wait)
	}
}

func (s *settler) next() []Outcome {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := min(len(s.waiting), most)
	if n == 0 {
		s.busy = false
		for _, c := range s.idle {
			close(c)
		}
		s.idle = nil
		return nil
	}
	batch := s.waiting[:n:n]
	s.waiting = s.waiting[n:]
	return batch
}

func (s *settler) putBack(batch []Outcome) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.waiting = append(batch, s.waiting...)
}

// flush waits until everything is stored, or until ctx ends.
func (s *settler) flush(ctx context.Context) error {
	s.mu.Lock()
	if !s.busy {
		s.mu.Unlock()
		return nil
	}
	done := make(chan struct{})
	s.idle = append(s.idle, done)
	s.mu.Unlock()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
