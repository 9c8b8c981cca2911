package outboxtest

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/neuroglia-go/neuroglia/outbox"
	"github.com/neuroglia-go/neuroglia/repository"
)

// course follows the entries of many streams: which is being delivered, and how far each stream is.
type course struct {
	mu        sync.Mutex
	busy      map[string]bool
	next      map[string]int64 // version of the entry that is to be delivered
	delivered int
}

// begin notes that somebody has an entry, and says what is wrong with that.
func (c *course) begin(e outbox.Entry) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.busy[e.AggregateID] {
		return fmt.Errorf("two have entries of stream %s at the same time", e.AggregateID)
	}
	if want := c.next[e.AggregateID]; e.Version != want {
		return fmt.Errorf("somebody has entry %d of stream %s, though %d is its first", e.Version, e.AggregateID, want)
	}
	c.busy[e.AggregateID] = true
	return nil
}

// end notes what is to come of the entry. It is called before that is stored, since afterwards others may have the next.
func (c *course) end(e outbox.Entry, v outbox.Verdict) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.busy[e.AggregateID] = false
	if v == outbox.Delivered {
		c.next[e.AggregateID]++
		c.delivered++
	}
}

func (c *course) count() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.delivered
}

// concurrency: each entry is delivered once, in the order of its stream, by whoever in whichever process takes it.
func (s suite) concurrency(t *testing.T) {
	t.Parallel()
	const streams, changes, claimers = 6, 20, 4
	connect := s.Open(t, time.Hour)
	processes := []Process{connect(t), connect(t), connect(t)}
	c := &course{busy: map[string]bool{}, next: map[string]int64{}}
	for i := range streams {
		c.next[strconv.Itoa(i)] = 1
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	var work sync.WaitGroup
	for i := range streams {
		work.Go(func() {
			if err := c.saver(ctx, processes[i%len(processes)], strconv.Itoa(i), changes); err != nil {
				t.Errorf("a saver: %v", err)
			}
		})
	}
	for i := range claimers {
		work.Go(func() {
			if err := c.claimer(ctx, processes[i%len(processes)], streams*changes); err != nil {
				t.Errorf("a claimer: %v", err)
				cancel()
			}
		})
	}
	work.Wait()
	equal(t, "delivered", c.count(), streams*changes)
	(&process{processes[0]}).wantStatus(t, 0, 0)
}

// saver changes one ticket, with one event each time. What it holds it delivers, or leaves to the others.
func (c *course) saver(ctx context.Context, p Process, id string, changes int64) error {
	for version := range changes {
		events := raise(id, 1)
		events[0].Version = version + 1
		if err := p.Tickets.Save(ctx, change(id, version, events)); err != nil {
			return fmt.Errorf("save %s: %w", id, err)
		}
		if !events[0].Held {
			continue
		}
		verdict := []outbox.Verdict{outbox.Delivered, outbox.Untouched, outbox.Again}[version%3]
		if err := c.deliver(ctx, p, events[0], verdict); err != nil {
			return err
		}
	}
	return nil
}

func (c *course) claimer(ctx context.Context, p Process, total int) error {
	for round := 0; c.count() < total; round++ {
		claimed, _, err := p.Log.Claim(ctx, types(), 3)
		if err != nil {
			return fmt.Errorf("claim: %w", err)
		}
		for i, e := range claimed {
			verdict := outbox.Delivered
			if (round+i)%4 == 0 {
				verdict = outbox.Again
			}
			if err := c.deliver(ctx, p, e, verdict); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c *course) deliver(ctx context.Context, p Process, e outbox.Entry, v outbox.Verdict) error {
	if err := c.begin(e); err != nil {
		return err
	}
	if err := p.Log.Renew(ctx, []outbox.Entry{e}); err != nil {
		return fmt.Errorf("renew: %w", err)
	}
	c.end(e, v)
	if err := p.Log.Settle(ctx, []outbox.Outcome{{Entry: e, Verdict: v}}); err != nil {
		return fmt.Errorf("settle: %w", err)
	}
	return nil
}

// race: of those who change an aggregate at the same time one keeps its events, and nobody is in the way of other aggregates.
func (s suite) race(t *testing.T) {
	t.Parallel()
	a, b := s.open(t)
	var racers sync.WaitGroup
	var mu sync.Mutex
	var kept []outbox.Entry
	for i := range 8 {
		p := []*process{a, b}[i%2]
		racers.Go(func() {
			for version := int64(0); version < 5; {
				events := raise("one", 1)
				switch err := p.Tickets.Save(t.Context(), change("one", version, events)); {
				case err == nil:
					mu.Lock()
					kept = append(kept, events...)
					mu.Unlock()
				case !errors.Is(err, repository.ErrVersion) && !errors.Is(err, repository.ErrExists):
					t.Errorf("Save: %v", err)
				}
				version++
			}
		})
	}
	racers.Wait()
	equal(t, "changes that are kept", len(kept), 5)
	a.wantStatus(t, 5, 0)
	held := 0
	for _, e := range kept {
		if e.Held {
			held++
		}
	}
	equal(t, "events that are held", held, 1)
}
