package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"log/slog"
)

// message is an event on its way to another service.
type message struct {
	id, kind, subject string
	data              []byte
}

// bus takes messages to their subscriber in the background.
type bus struct {
	queue   chan message
	handle  func(context.Context, OrderPlaced) error
	drained chan struct{}
}

func newBus(handle func(context.Context, OrderPlaced) error) *bus {
	b := &bus{queue: make(chan message, 1024), handle: handle, drained: make(chan struct{})}
	go b.work()
	return b
}

func (b *bus) publish(ctx context.Context, kind, subject string, event any) error {
	data, err := json.Marshal(event)
	if err != nil {
		return err
	}
	m := message{id: rand.Text(), kind: kind, subject: subject, data: data}
	select {
	case b.queue <- m:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (b *bus) work() {
	defer close(b.drained)
	for m := range b.queue {
		if err := b.process(context.Background(), m); err != nil {
			slog.Error("message not handled", "id", m.id, "error", err)
		}
	}
}

func (b *bus) process(ctx context.Context, m message) error {
	var e OrderPlaced
	if err := json.Unmarshal(m.data, &e); err != nil {
		return err
	}
	return b.handle(ctx, e)
}

// close returns when every message has been handled.
func (b *bus) close() {
	close(b.queue)
	<-b.drained
}
