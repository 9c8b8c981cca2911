package natsbus_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/neuroglia-go/neuroglia/cloudevent"
	"github.com/neuroglia-go/neuroglia/eventbus"
	"github.com/neuroglia-go/neuroglia/eventbus/natsbus"
	"github.com/neuroglia-go/neuroglia/retry"
)

// An event that the kitchen refuses becomes a dead letter, which somebody replays when the kitchen knows what to do.
func Example() {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "nats")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	transport, err := natsbus.Open(ctx, "nats:embedded?dir="+dir)
	if err != nil {
		panic(err)
	}
	bus := eventbus.New(transport, "/mario-pizzeria", eventbus.WithTelemetry(quiet()))
	known, cooked := make(chan struct{}), make(chan struct{})
	cook := func(_ context.Context, e struct{ Pizza string }) error {
		select {
		case <-known:
			fmt.Println("cook a", e.Pizza)
			close(cooked)
			return nil
		default:
			return errors.New("nobody knows a " + e.Pizza)
		}
	}
	policy := retry.Policy{Attempts: 2, First: time.Millisecond}
	if err := eventbus.Subscribe(bus, "kitchen", "order.placed.v1", cook, eventbus.WithRetry(policy)); err != nil {
		panic(err)
	}
	fmt.Println(bus.Start(ctx))
	fmt.Println(bus.Publish(ctx, cloudevent.Event{
		ID: "1", Source: "/mario-pizzeria", Type: "order.placed.v1", Data: []byte(`{"pizza":"bufalina"}`),
	}))
	for replayed := false; !replayed; {
		for letter, err := range transport.DeadLetters().All(ctx, "kitchen", "") {
			fmt.Println(letter.Reason, "after", letter.Attempts, "attempts", err)
			close(known)
			if err := transport.DeadLetters().Replay(ctx, letter.ID); err != nil {
				panic(err)
			}
			replayed = true
		}
	}
	<-cooked
	fmt.Println(bus.Stop(ctx))
	// Output:
	// <nil>
	// <nil>
	// nobody knows a bufalina after 2 attempts <nil>
	// cook a bufalina
	// <nil>
}
