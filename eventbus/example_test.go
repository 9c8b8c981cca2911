package eventbus_test

import (
	"context"
	"fmt"

	"github.com/neuroglia-go/neuroglia/cloudevent"
	"github.com/neuroglia-go/neuroglia/eventbus"
	"github.com/neuroglia-go/neuroglia/eventbus/membus"
)

// OrderPlaced is what the data of an order.placed.v1 event says.
type OrderPlaced struct {
	Pizza string `json:"pizza"`
}

func Example() {
	ctx := context.Background()
	bus := eventbus.New(membus.New(), "/mario-pizzeria")
	err := eventbus.Subscribe(bus, "kitchen", "order.placed.v1", func(_ context.Context, e OrderPlaced) error {
		fmt.Println("cook a", e.Pizza)
		return nil
	})
	if err != nil {
		panic(err)
	}
	fmt.Println(bus.Start(ctx))
	fmt.Println(bus.Publish(ctx, cloudevent.Event{
		ID: "1", Source: "/mario-pizzeria", Type: "order.placed.v1", Data: []byte(`{"pizza":"margherita"}`),
	}))
	fmt.Println(bus.Stop(ctx)) // waits for the kitchen
	// Unordered output:
	// <nil>
	// <nil>
	// cook a margherita
	// <nil>
}
