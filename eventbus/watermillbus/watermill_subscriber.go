package watermillbus

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"sync"
	"time"

	"github.com/ThreeDotsLabs/watermill/message"

	"github.com/neuroglia-go/neuroglia/cloudevent"
	"github.com/neuroglia-go/neuroglia/eventbus"
)

// subscriber gives each event that a transport delivers for a topic to one of the channels that are open for it.
type subscriber struct {
	transport eventbus.Transport
	group     string
	closing   chan struct{}

	mu     sync.Mutex // of what follows
	closed bool
	open   sync.WaitGroup // of the listeners; begun under mu
	topics map[string]*topic
}

// topic is who listens.
type topic struct {
	sending sync.RWMutex // held to read while something is offered to the listeners, to write when one of them goes

	mu        sync.Mutex // of what follows
	listeners []*listener
	changed   chan struct{} // closed when the listeners are others
}

type listener struct {
	ctx context.Context
	out chan *message.Message
}

var _ message.SubscribeInitializer = (*subscriber)(nil)

// patience is how long a message waits for a listener here before the transport may give it to another process.
const patience = 100 * time.Millisecond

// Subscriber returns a subscriber of Watermill over a transport of ours, which it does not close. It belongs to the given
// group, and stays in it for as long as the transport is open: what comes while nobody listens waits. It is a
// message.SubscribeInitializer too.
func Subscriber(t eventbus.Transport, group string) message.Subscriber {
	return &subscriber{transport: t, group: group, closing: make(chan struct{}), topics: map[string]*topic{}}
}

// SubscribeInitialize implements message.SubscribeInitializer: from now on, messages wait for the group.
func (s *subscriber) SubscribeInitialize(name string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, err := s.topic(context.Background(), name)
	return err
}

func (s *subscriber) topic(ctx context.Context, name string) (*topic, error) {
	if s.closed {
		return nil, errors.New("the subscriber is closed")
	}
	if of, ok := s.topics[name]; ok {
		return of, nil
	}
	of := &topic{changed: make(chan struct{})}
	deliver := func(ctx context.Context, e cloudevent.Event, _ int) error { return s.deliver(ctx, e, of) }
	if err := s.transport.Subscribe(ctx, eventbus.Subscription{Group: s.group, Type: name}, deliver); err != nil {
		return nil, fmt.Errorf("subscribe to %s: %w", name, err)
	}
	s.topics[name] = of
	return of, nil
}

// Subscribe implements message.Subscriber.
func (s *subscriber) Subscribe(ctx context.Context, name string) (<-chan *message.Message, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	of, err := s.topic(ctx, name)
	if err != nil {
		return nil, err
	}
	l := &listener{ctx: ctx, out: make(chan *message.Message)}
	of.change(func(all []*listener) []*listener { return append(all, l) })
	s.open.Go(func() {
		select {
		case <-s.closing:
		case <-ctx.Done():
		}
		of.change(func(all []*listener) []*listener {
			return slices.DeleteFunc(all, func(other *listener) bool { return other == l })
		})
		of.sending.Lock() // when nobody offers it anything any more
		defer of.sending.Unlock()
		close(l.out)
	})
	return l.out, nil
}

func (of *topic) change(to func([]*listener) []*listener) {
	of.mu.Lock()
	defer of.mu.Unlock()
	of.listeners = to(slices.Clone(of.listeners))
	close(of.changed)
	of.changed = make(chan struct{})
}

// deliver waits until somebody has acknowledged the message of an event.
func (s *subscriber) deliver(ctx context.Context, e cloudevent.Event, of *topic) error {
	msg := message.NewMessage(e.ID, bytes.Clone(e.Data))
	var err error
	if text, ours := e.Extensions[metadata]; ours {
		err = json.Unmarshal([]byte(text), &msg.Metadata)
	} else {
		_, err = cloudevent.EncodeBinary(e, msg.Metadata.Set)
	}
	if err != nil {
		return &eventbus.DeadLetter{Err: fmt.Errorf("make a message of an event: %w", err)}
	}
	waiting, stop := context.WithTimeout(ctx, patience)
	defer stop()
	for {
		taken, cancel := s.offer(waiting, msg, of)
		if taken != nil {
			defer cancel()
			return s.settled(ctx, taken)
		}
		select {
		case <-waiting.Done():
			return &eventbus.Redeliver{Err: errors.New("nobody listens")}
		case <-s.closing:
			return &eventbus.Redeliver{After: time.Second, Err: errors.New("the subscriber is closed")}
		default: // others listen
		}
	}
}

// offer gives a copy of a message to whoever takes it first, and returns it with what ends its context. It returns none
// when somebody else listens, or it is too late.
func (s *subscriber) offer(ctx context.Context, msg *message.Message, of *topic) (*message.Message, context.CancelFunc) {
	of.sending.RLock()
	defer of.sending.RUnlock()
	of.mu.Lock()
	listeners, changed := of.listeners, of.changed
	of.mu.Unlock()
	cases := []reflect.SelectCase{
		{Dir: reflect.SelectRecv, Chan: reflect.ValueOf(ctx.Done())},
		{Dir: reflect.SelectRecv, Chan: reflect.ValueOf(s.closing)},
		{Dir: reflect.SelectRecv, Chan: reflect.ValueOf(changed)},
	}
	first := len(cases)
	copies, cancels := make([]*message.Message, len(listeners)), make([]context.CancelFunc, len(listeners))
	for i, l := range listeners {
		var own context.Context
		own, cancels[i] = context.WithCancel(l.ctx)
		copies[i] = msg.Copy()
		copies[i].SetContext(own)
		cases = append(cases, reflect.SelectCase{
			Dir: reflect.SelectSend, Chan: reflect.ValueOf(l.out), Send: reflect.ValueOf(copies[i]),
		})
	}
	chosen, _, _ := reflect.Select(cases)
	for i, cancel := range cancels {
		if i != chosen-first {
			cancel()
		}
	}
	if chosen < first {
		return nil, nil
	}
	return copies[chosen-first], cancels[chosen-first]
}

// settled waits until a message is acknowledged or not, or it is too late.
func (s *subscriber) settled(ctx context.Context, msg *message.Message) error {
	select {
	case <-msg.Acked():
		return nil
	case <-msg.Nacked():
	case <-s.closing:
	case <-ctx.Done():
	}
	if !msg.Nack() { // it was acknowledged at the last moment
		return nil
	}
	return &eventbus.Redeliver{Err: errors.New("the message was not acknowledged")}
}

// Close implements message.Subscriber. What has not been acknowledged is delivered again, by the transport.
func (s *subscriber) Close() error {
	s.mu.Lock()
	if !s.closed {
		s.closed = true
		close(s.closing)
	}
	s.mu.Unlock()
	s.open.Wait()
	return nil
}
