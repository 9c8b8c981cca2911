package watermillbus

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/ThreeDotsLabs/watermill/message"
	"github.com/ThreeDotsLabs/watermill/message/router/middleware"

	"github.com/neuroglia-go/neuroglia/eventbus"
)

// consumer handles the messages of a type for a group, one at a time.
type consumer struct {
	*Transport

	subscription eventbus.Subscription

	mu       sync.Mutex // of what follows
	delivers []eventbus.Deliver
	turn     int
}

// Subscribe implements eventbus.Transport. Delivery contexts end when the broker takes the message away, and when Close
// gives up waiting.
func (t *Transport) Subscribe(_ context.Context, s eventbus.Subscription, deliver eventbus.Deliver) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed {
		return eventbus.ErrClosed
	}
	if c, ok := t.consumers[[2]string{s.Group, s.Type}]; ok {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.delivers = append(c.delivers, deliver)
		return nil
	}
	subscriber, ok := t.subscribers[s.Group]
	if !ok {
		var err error
		if subscriber, err = t.subscriberFor(s.Group); err != nil {
			return fmt.Errorf("make a subscriber for %s: %w", s.Group, err)
		}
		t.subscribers[s.Group] = subscriber
	}
	messages, err := subscriber.Subscribe(t.delivery, t.topic(s.Type))
	if err != nil {
		return fmt.Errorf("subscribe to the topic %s: %w", t.topic(s.Type), err)
	}
	c := &consumer{Transport: t, subscription: s, delivers: []eventbus.Deliver{deliver}}
	t.consumers[[2]string{s.Group, s.Type}] = c
	t.working.Go(func() { c.consume(messages) })
	return nil
}

func (c *consumer) consume(messages <-chan *message.Message) {
	for {
		select {
		case <-c.closing:
			return
		default:
		}
		select {
		case <-c.closing:
			return
		case msg, open := <-messages:
			if !open {
				return
			}
			c.handle(msg)
		}
	}
}

// handle delivers the event of a message until it is handled or given up, and acknowledges the message; or until its
// context ends or the transport is closed, and gives the message back.
func (c *consumer) handle(msg *message.Message) {
	acknowledged := false
	defer func() {
		if !acknowledged { // or a subscriber has ended the goroutine
			msg.Nack()
		}
	}()
	ctx, cancel := context.WithCancel(msg.Context())
	defer cancel()
	defer context.AfterFunc(c.delivery, cancel)()
	for attempt := 1; ; attempt++ {
		e, err := decode(msg)
		if err != nil {
			err = &eventbus.DeadLetter{Err: fmt.Errorf("read a message of the topic %s: %w", c.topic(c.subscription.Type), err)}
			c.logger.LogAttrs(ctx, slog.LevelError, "a message is no event", slog.String("error", err.Error()))
		} else {
			err = c.next()(ctx, e, attempt)
		}
		var after time.Duration
		if dead, ok := errors.AsType[*eventbus.DeadLetter](err); ok {
			if err = c.bury(msg, dead); err != nil {
				after = time.Second
				c.logger.LogAttrs(ctx, slog.LevelWarn, "a dead letter cannot be kept: the event is tried again",
					slog.String("error", err.Error()))
			}
		} else if again, ok := errors.AsType[*eventbus.Redeliver](err); ok {
			after = again.After
		}
		if err == nil {
			acknowledged = msg.Ack()
			return
		}
		select {
		case <-c.closing:
			return
		case <-ctx.Done():
			return
		case <-time.After(after):
		}
	}
}

// next returns whose turn it is.
func (c *consumer) next() eventbus.Deliver {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.turn++
	return c.delivers[c.turn%len(c.delivers)]
}

// bury keeps an event that is given up, if there is a topic for it.
func (c *consumer) bury(msg *message.Message, dead *eventbus.DeadLetter) error {
	if c.deadTopic == nil {
		return nil
	}
	letter := msg.Copy()
	letter.Metadata.Set(middleware.ReasonForPoisonedKey, dead.Error())
	letter.Metadata.Set(middleware.PoisonedTopicKey, c.topic(c.subscription.Type))
	letter.Metadata.Set(middleware.PoisonedSubscriberKey, c.subscription.Group)
	if err := c.publisher.Publish(c.deadTopic(c.subscription.Group, c.subscription.Type), letter); err != nil {
		return fmt.Errorf("publish a dead letter: %w", err)
	}
	return nil
}

// Close implements eventbus.Transport. Messages that wait at a broker stay there; those that only wait here, and are not
// kept by it, are lost.
func (t *Transport) Close(ctx context.Context) error {
	t.mu.Lock()
	if t.closed {
		t.mu.Unlock()
		return nil
	}
	t.closed = true
	subscribers := t.subscribers
	close(t.closing)
	t.mu.Unlock()
	done := make(chan struct{})
	go func() {
		defer close(done)
		t.working.Wait()
	}()
	var errs []error
	select {
	case <-done:
	case <-ctx.Done():
		errs = append(errs, fmt.Errorf("an event is still being handled: %w", ctx.Err()))
	}
	t.cancel()
	for group, s := range subscribers {
		if err := s.Close(); err != nil {
			errs = append(errs, fmt.Errorf("close the subscriber of %s: %w", group, err))
		}
	}
	if err := t.publisher.Close(); err != nil {
		errs = append(errs, fmt.Errorf("close the publisher: %w", err))
	}
	return errors.Join(errs...)
}
