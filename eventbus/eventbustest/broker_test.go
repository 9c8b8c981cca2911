package eventbustest_test

import (
	"bytes"
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/neuroglia-go/neuroglia/cloudevent"
	"github.com/neuroglia-go/neuroglia/eventbus"
)

// broker keeps the events of groups that have subscribed, for any number of processes. It makes every promise.
type broker struct {
	mu     sync.Mutex
	groups map[eventbus.Subscription]*group
}

// group is the events that wait, of which the first may be in the hands of a worker.
type group struct {
	queue   []*message
	handing bool
	workers []chan struct{} // one token each time there may be something to do
}

type message struct {
	event   cloudevent.Event
	attempt int
}

func (g *group) wake() {
	for _, worker := range g.workers {
		select {
		case worker <- struct{}{}:
		default:
		}
	}
}

// process is the connection of one process.
type process struct {
	*broker
	delivery context.Context
	cancel   context.CancelFunc
	closing  chan struct{}
	workers  sync.WaitGroup
}

func (b *broker) connect() eventbus.Transport {
	p := &process{broker: b, closing: make(chan struct{})}
	p.delivery, p.cancel = context.WithCancel(context.Background())
	return p
}

func (*process) System() string { return "toy" }

func (*process) Exceptions() map[eventbus.Promise]string { return nil }

func (p *process) closed() bool {
	select {
	case <-p.closing:
		return true
	default:
		return false
	}
}

func (p *process) Publish(ctx context.Context, e cloudevent.Event) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed() {
		return eventbus.ErrClosed
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	for s, g := range p.groups {
		if s.Type == e.Type {
			own := e
			own.Extensions, own.Data = maps.Clone(e.Extensions), bytes.Clone(e.Data)
			g.queue = append(g.queue, &message{event: own})
			g.wake()
		}
	}
	return nil
}

func (p *process) Subscribe(_ context.Context, s eventbus.Subscription, deliver eventbus.Deliver) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed() {
		return eventbus.ErrClosed
	}
	s.Concurrency = 0 // subscribers share a group whatever theirs is
	g := p.groups[s]
	if g == nil {
		g = &group{}
		p.groups[s] = g
	}
	work := make(chan struct{}, 1)
	g.workers = append(g.workers, work)
	g.wake()
	p.workers.Go(func() { p.work(g, work, deliver) })
	return nil
}

func (p *process) work(g *group, work chan struct{}, deliver eventbus.Deliver) {
	for {
		select {
		case <-p.closing:
			p.leave(g, work)
			return
		case <-work:
		}
		for m := p.take(g); m != nil; m = p.take(g) {
			err := deliver(p.delivery, m.event, m.attempt)
			if again, ok := errors.AsType[*eventbus.Redeliver](err); ok {
				<-time.After(again.After)
			}
			_, dead := errors.AsType[*eventbus.DeadLetter](err)
			p.settle(g, err == nil || dead)
		}
	}
}

// take returns the first event, unless another worker has it.
func (p *process) take(g *group) *message {
	p.mu.Lock()
	defer p.mu.Unlock()
	if g.handing || len(g.queue) == 0 || p.closed() {
		return nil
	}
	g.handing = true
	g.queue[0].attempt++
	return g.queue[0]
}

func (p *process) settle(g *group, handled bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	g.handing = false
	if handled {
		g.queue = g.queue[1:]
	}
	g.wake()
}

func (p *process) leave(g *group, work chan struct{}) {
	p.mu.Lock()
	defer p.mu.Unlock()
	g.workers = slices.DeleteFunc(g.workers, func(w chan struct{}) bool { return w == work })
	g.wake()
}

func (p *process) Close(ctx context.Context) error {
	if !p.begin() {
		return nil
	}
	defer p.cancel()
	idle := make(chan struct{})
	go func() {
		p.workers.Wait()
		close(idle)
	}()
	select {
	case <-idle:
	case <-ctx.Done():
	}
	return nil // what was not handled is kept
}

// begin begins to close, and reports whether it is the first to.
func (p *process) begin() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed() {
		return false
	}
	close(p.closing)
	return true
}
