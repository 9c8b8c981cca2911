package membus_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/neuroglia-go/neuroglia/aggregate"
	"github.com/neuroglia-go/neuroglia/eventbus"
	"github.com/neuroglia-go/neuroglia/eventbus/membus"
	"github.com/neuroglia-go/neuroglia/mediator"
	"github.com/neuroglia-go/neuroglia/outbox"
	"github.com/neuroglia-go/neuroglia/repository"
	"github.com/neuroglia-go/neuroglia/repository/memrepo"
	"github.com/neuroglia-go/neuroglia/retry"
)

type pizza struct{ aggregate.Root }

type baked struct{ Number int }

func (baked) EventType() string { return "pizza.baked.v1" }

// pizzeria is a service with an outbox in front of its bus.
type pizzeria struct {
	pizzas *repository.Repository[pizza]
	log    *memrepo.Outbox
	relay  *outbox.Relay
	bus    *eventbus.Bus
}

// groups are the subscribers of a process, by group.
type groups map[string]func(number, attempt int) error

func opened(t *testing.T, log *memrepo.Outbox, store *memrepo.Store[pizza], subscribers groups) *pizzeria {
	t.Helper()
	bus := eventbus.New(membus.New(), "/test")
	for group, handle := range subscribers {
		var mu sync.Mutex
		attempts := map[int]int{}
		count := func(number int) int {
			mu.Lock()
			defer mu.Unlock()
			attempts[number]++
			return attempts[number]
		}
		err := eventbus.Subscribe(bus, group, baked{}.EventType(), func(_ context.Context, e baked) error {
			return handle(e.Number, count(e.Number))
		}, eventbus.WithRetry(retry.Policy{Attempts: 3, Max: time.Second}))
		if err != nil {
			t.Fatalf("Subscribe: %v", err)
		}
	}
	m := mediator.New()
	mediator.On(m, bus.Forward)
	mediator.Declare[baked](m)
	p := &pizzeria{log: log, relay: outbox.New(log, m, outbox.WithRetry(retry.Policy{Attempts: 2})), bus: bus}
	p.pizzas = repository.New(store, p.relay)
	if err := errors.Join(bus.Start(t.Context()), p.relay.Start(t.Context())); err != nil {
		t.Fatalf("Start: %v", err)
	}
	return p
}

func (p *pizzeria) close(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if err := p.relay.Stop(ctx); err != nil {
		t.Errorf("stop the relay: %v", err)
	}
	if err := p.bus.Stop(ctx); err != nil {
		t.Errorf("stop the bus: %v", err)
	}
}

func (p *pizzeria) bake(t *testing.T, id string, numbers ...int) {
	t.Helper()
	one := &pizza{Root: aggregate.NewRoot(id)}
	for _, n := range numbers {
		one.Raise(baked{n})
	}
	if err := p.pizzas.Add(t.Context(), one); err != nil {
		t.Fatalf("Add: %v", err)
	}
}

func (p *pizzeria) want(t *testing.T, pending, dead int64) {
	t.Helper()
	synctest.Wait()
	if s, err := p.log.Status(t.Context()); err != nil || s.Pending != pending || s.Dead != dead {
		t.Errorf("the outbox has %d pending and %d dead (%v), want %d and %d", s.Pending, s.Dead, err, pending, dead)
	}
}

// notebook is what a group handled.
type notebook struct {
	mu    sync.Mutex
	notes []int
}

func (n *notebook) note(number int) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.notes = append(n.notes, number)
	return nil
}

func (n *notebook) want(t *testing.T, numbers ...int) {
	t.Helper()
	synctest.Wait()
	n.mu.Lock()
	defer n.mu.Unlock()
	if !slices.Equal(n.notes, numbers) {
		t.Errorf("handled %v, want %v", n.notes, numbers)
	}
}

func emptyStore() (*memrepo.Outbox, *memrepo.Store[pizza]) {
	log := memrepo.NewOutbox(0)
	return log, memrepo.New(repository.Schema[pizza]{Name: "pizzas"}, memrepo.WithOutbox(log))
}

func TestAnOutboxKeepsAnEventUntilAllGroupsHaveHandledIt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var fast, slow notebook
		log, store := emptyStore()
		p := opened(t, log, store, groups{
			"fast": func(n, _ int) error { return fast.note(n) },
			"slow": func(n, attempt int) error {
				time.Sleep(time.Minute)
				if attempt < 3 {
					return errors.New("not yet")
				}
				return slow.note(n)
			},
		})
		p.bake(t, "margherita", 1, 2)
		fast.want(t, 1)
		p.want(t, 2, 0)
		time.Sleep(10 * time.Minute)
		slow.want(t, 1, 2)
		fast.want(t, 1, 2)
		p.want(t, 0, 0)
		p.close(t)
	})
}

func TestWhatWasNotHandledWhenTheProcessEndedIsHandledByTheNext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var fast, slow notebook
		log, store := emptyStore()
		first := opened(t, log, store, groups{
			"fast": func(n, _ int) error { return fast.note(n) },
			"slow": func(int, int) error { return errors.New("never in this process") },
		})
		first.bake(t, "margherita", 1)
		fast.want(t, 1)
		first.close(t)

		next := opened(t, log.Process(), store, groups{
			"fast": func(n, _ int) error { return fast.note(n) },
			"slow": func(n, _ int) error { return slow.note(n) },
		})
		time.Sleep(time.Minute)
		slow.want(t, 1)
		fast.want(t, 1)
		next.want(t, 0, 0)
		next.close(t)
	})
}

func TestWhatAGroupGivesUpIsADeadLetterOfTheOutboxAndReplayedToThatGroup(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var good, healed notebook
		var well bool
		log, store := emptyStore()
		p := opened(t, log, store, groups{
			"good": func(n, _ int) error { return good.note(n) },
			"bad": func(n, _ int) error {
				if !well {
					return errors.New("poison")
				}
				return healed.note(n)
			},
		})
		p.bake(t, "margherita", 1)
		time.Sleep(time.Minute)
		p.want(t, 0, 1)
		well = true
		letters, err := log.List(t.Context(), outbox.Filter{Dead: true})
		if err != nil || len(letters) != 1 {
			t.Fatalf("List = %v, %v, want one dead letter", letters, err)
		}
		if n, err := log.Replay(t.Context(), []string{letters[0].ID}); n != 1 || err != nil {
			t.Fatalf("Replay = %d, %v", n, err)
		}
		healed.want(t, 1)
		good.want(t, 1)
		p.want(t, 0, 0)
		p.close(t)
	})
}

func TestCloseGivesBackWhatAnOutboxKeeps(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var handled notebook
		log, store := emptyStore()
		p := opened(t, log, store, groups{"slow": func(n, _ int) error {
			if n == 1 {
				return errors.New("for a long time")
			}
			time.Sleep(2 * time.Second)
			return handled.note(n)
		}})
		p.bake(t, "failing", 1)
		p.bake(t, "in hand", 2, 3)
		synctest.Wait()
		if err := p.relay.Pause(t.Context()); err != nil {
			t.Errorf("Pause: %v", err)
		}
		began := time.Now()
		if err := errors.Join(p.bus.Stop(t.Context()), p.relay.Stop(t.Context())); err != nil {
			t.Errorf("stop: %v", err)
		}
		if took := time.Since(began); took > 3*time.Second {
			t.Errorf("the stop took %s, want what is in hand to be finished and no more", took)
		}
		handled.want(t, 2)
		p.want(t, 2, 0)
	})
}
