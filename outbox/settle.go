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
	turn    sync.Mutex // of who stores outcomes or claims entries, so that it is known whether one that is claimed has landed
	settled func([]Outcome)
	failed  func(error)

	mu      sync.Mutex
	waiting []Outcome
	streams map[string]int // how many outcomes of each stream are not stored yet
	busy    bool
	changed chan struct{} // closed when something has been stored, or nothing is left
}

func newSettler(log Log, settled func([]Outcome), failed func(error)) *settler {
	return &settler{log: log, settled: settled, failed: failed, streams: map[string]int{}, changed: make(chan struct{})}
}

func streamOf(e *Entry) string { return e.AggregateType + "|" + e.AggregateID }

// What bounds one step: outcomes, and the time that the database has.
const (
	most   = 200
	answer = 10 * time.Second
)

func (s *settler) add(o Outcome) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.waiting = append(s.waiting, o)
	s.streams[streamOf(&o.Entry)]++
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
		err := s.store(batch)
		if err == nil {
			failures = 0
			s.stored(batch)
			continue
		}
		failures++
		s.failed(err)
		s.putBack(batch)
		wait, _ := policy.Next(failures, err)
		time.Sleep(wait)
	}
}

func (s *settler) store(batch []Outcome) error {
	s.turn.Lock()
	defer s.turn.Unlock()
	ctx, cancel := context.WithTimeout(context.Background(), answer)
	defer cancel()
	err := s.log.Settle(ctx, batch)
	if err == nil {
		s.settled(batch)
	}
	return err
}

func (s *settler) next() []Outcome {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := min(len(s.waiting), most)
	if n == 0 {
		s.busy = false
		s.signal()
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

// stored notes that a batch is.
func (s *settler) stored(batch []Outcome) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range batch {
		if stream := streamOf(&batch[i].Entry); s.streams[stream] == 1 {
			delete(s.streams, stream)
		} else {
			s.streams[stream]--
		}
	}
	s.signal()
}

func (s *settler) signal() {
	close(s.changed)
	s.changed = make(chan struct{})
}

// flush waits until everything is stored, or until ctx ends.
func (s *settler) flush(ctx context.Context) error {
	return s.wait(ctx, func() bool { return !s.busy })
}

// nothingOf reports whether all that is known of a stream is stored.
func (s *settler) nothingOf(stream string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.streams[stream] == 0
}

// flushStream waits until all that is known of a stream is stored, or until ctx ends.
func (s *settler) flushStream(ctx context.Context, stream string) error {
	return s.wait(ctx, func() bool { return s.streams[stream] == 0 })
}

func (s *settler) wait(ctx context.Context, done func() bool) error {
	for {
		s.mu.Lock()
		finished, changed := done(), s.changed
		s.mu.Unlock()
		if finished {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
