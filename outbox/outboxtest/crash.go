package outboxtest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/neuroglia-go/neuroglia/aggregate"
	"github.com/neuroglia-go/neuroglia/mediator"
	"github.com/neuroglia-go/neuroglia/outbox"
	"github.com/neuroglia-go/neuroglia/repository"
	"github.com/neuroglia-go/neuroglia/repository/repositorytest"
	"github.com/neuroglia-go/neuroglia/retry"
	"github.com/neuroglia-go/neuroglia/telemetry"
)

// service is a process that changes tickets and handles their events.
type service struct {
	fuse    *fuse
	tickets *repository.Repository[repositorytest.Ticket]
	tallies *repository.Repository[Tally]
	relay   *outbox.Relay

	mu     sync.Mutex
	counts map[string]int64 // that the caller was told are stored, by ticket
}

func newService(p Process, f *fuse) *service {
	quiet := telemetry.Providers{Logger: slog.New(slog.DiscardHandler)}
	s := &service{fuse: f, counts: map[string]int64{}}
	m := mediator.New(mediator.WithTelemetry(quiet))
	mediator.On(m, s.counted("first"))
	mediator.On(m, s.counted("second"))
	s.relay = outbox.New(mortalLog{p.Log, f}, m, outbox.WithTelemetry(quiet), outbox.WithPoll(brief/4),
		outbox.WithRetry(retry.Policy{Attempts: -1, First: time.Millisecond, Max: time.Millisecond}))
	s.tickets = repository.New(mortalStore[repositorytest.Ticket]{p.Tickets, f}, s.relay, repository.WithTelemetry(quiet))
	s.tallies = repository.New(mortalStore[Tally]{p.Tallies, f}, s.relay, repository.WithTelemetry(quiet))
	return s
}

// handlers are the names of a service's handlers of Counted.
func handlers() []string { return []string{"first", "second"} }

func tickets() []string { return []string{"one", "two"} }

// brief is a lease whose end many tests wait for.
const brief = 300 * time.Millisecond

// counted is a handler with an effect that must be there once. The second fails once, so that the relay has work.
func (s *service) counted(name string) func(context.Context, repositorytest.Counted) error {
	return func(ctx context.Context, e repositorytest.Counted) error {
		raised, ok := aggregate.FromContext(ctx)
		if !ok {
			return errors.New("the context has no event")
		}
		s.fuse.step()
		if name == "second" && e.Count == 2 && raised.Attempt == 1 {
			return errors.New("not yet")
		}
		defer s.fuse.step()
		return s.tallies.Once(ctx, name+" of "+raised.AggregateID, func(t *Tally) error {
			t.Add(e.Count)
			return nil
		})
	}
}

// work changes two tickets.
func (s *service) work(ctx context.Context) error {
	for _, id := range tickets() {
		ticket := repositorytest.NewTicket(id, "")
		ticket.Increment()
		ticket.Increment()
		if err := s.tickets.Add(ctx, ticket); err != nil {
			return fmt.Errorf("add: %w", err)
		}
		s.note(id, 2)
	}
	for _, id := range tickets() {
		err := s.tickets.Update(ctx, id, func(t *repositorytest.Ticket) error { t.Increment(); return nil })
		if err != nil {
			return fmt.Errorf("update: %w", err)
		}
		s.note(id, 3)
	}
	return nil
}

func (s *service) note(id string, count int64) {
	s.fuse.step()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.counts[id] = count
}

// live works and delivers until all is delivered, or until the fuse ends it.
func (s *service) live(ctx context.Context, p Process, work bool) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	if err := s.relay.Start(ctx); err != nil {
		return fmt.Errorf("start: %w", err)
	}
	defer func() {
		stop, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		if s.dead() {
			s.fuse.still()
			cancel() // nobody in it comes to an end
		}
		_ = s.relay.Stop(stop)
	}()
	if work {
		worked := make(chan error, 1)
		go func() { worked <- s.work(ctx) }()
		select {
		case err := <-worked:
			if err != nil {
				return err
			}
		case <-s.fuse.ended:
			return nil
		}
	}
	for tick := time.NewTicker(5 * time.Millisecond); ; {
		status, err := p.Log.Status(ctx)
		if err != nil {
			return fmt.Errorf("status: %w", err)
		}
		if status.Pending == 0 {
			return nil
		}
		select {
		case <-s.fuse.ended:
			return nil
		case <-tick.C:
		}
	}
}

func (s *service) dead() bool {
	select {
	case <-s.fuse.ended:
		return true
	default:
		return false
	}
}

// crash: wherever a process ends, all it has stored is handled, in order and once in effect.
func (s suite) crash(t *testing.T) {
	t.Parallel()
	whole := newFuse(0)
	s.crashAt(t, whole)()
	steps := whole.taken()
	if steps < 60 {
		t.Errorf("a process that is not ended takes %d steps, want 60 and more", steps)
	}
	t.Logf("a process is ended at each of %d steps", steps)
	const together = 8
	for some := range slices.Chunk(oneTo(steps), together) {
		var lives sync.WaitGroup
		for _, last := range some {
			lives.Go(s.crashAt(t, newFuse(last)))
		}
		lives.Wait()
		if t.Failed() {
			return
		}
	}
}

// oneTo returns the numbers from 1 to n.
func oneTo[N int | int64](n N) []N {
	numbers := make([]N, n)
	for i := range numbers {
		numbers[i] = N(i + 1)
	}
	return numbers
}

// crashAt connects to an empty database, and returns what lets a process end there and another go on.
func (s suite) crashAt(t *testing.T, f *fuse) func() {
	t.Helper()
	connect := s.Open(t, brief)
	a, b := connect(t), connect(t)
	for _, name := range handlers() {
		for _, id := range tickets() {
			tally := &Tally{Root: aggregate.NewRoot(name + " of " + id)}
			c := repository.Change[Tally]{Op: repository.Add, ID: tally.ID(), State: tally}
			if err := b.Tallies.Save(t.Context(), c); err != nil {
				t.Fatalf("Save(%q): %v", c.ID, err)
			}
		}
	}
	return func() {
		mortal := newService(a, f)
		if err := mortal.live(t.Context(), a, true); err != nil {
			t.Errorf("the process that ends at step %d: %v", f.last, err)
			return
		}
		next := newService(b, newFuse(0))
		if err := next.live(t.Context(), b, false); err != nil {
			t.Errorf("the process after one that ended at step %d: %v", f.last, err)
			return
		}
		mortal.mu.Lock()
		defer mortal.mu.Unlock()
		if err := next.check(t.Context(), b, mortal.counts); err != nil {
			t.Errorf("when a process has ended at step %d: %v", f.last, err)
		}
	}
}

// check compares what handlers have done with what is stored.
func (s *service) check(ctx context.Context, p Process, told map[string]int64) error {
	status, err := p.Log.Status(ctx)
	if err != nil {
		return fmt.Errorf("status: %w", err)
	}
	if status.Pending+status.Dead > 0 {
		return fmt.Errorf("%d events are pending, %d are dead", status.Pending, status.Dead)
	}
	for _, id := range tickets() {
		var count int64
		if ticket, err := s.tickets.Get(ctx, id); err == nil {
			count = ticket.Count()
		} else if !errors.Is(err, repository.ErrNotFound) {
			return fmt.Errorf("get: %w", err)
		}
		if count < told[id] {
			return fmt.Errorf("ticket %s has %d counts, though %d were stored", id, count, told[id])
		}
		for _, name := range handlers() {
			tally, err := s.tallies.Get(ctx, name+" of "+id)
			if err != nil {
				return fmt.Errorf("get: %w", err)
			}
			if !slices.Equal(tally.Counts, oneTo(count)) {
				return fmt.Errorf("handler %s has handled %v of ticket %s, want 1 to %d", name, tally.Counts, id, count)
			}
		}
	}
	return nil
}
