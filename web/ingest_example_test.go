package web_test

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptest"

	"github.com/neuroglia-go/neuroglia/cloudevent"
	"github.com/neuroglia-go/neuroglia/eventbus"
	"github.com/neuroglia-go/neuroglia/eventbus/httpbus"
	"github.com/neuroglia-go/neuroglia/mediator"
	"github.com/neuroglia-go/neuroglia/web"
)

func ExampleAPI_Ingest() {
	api := web.New(mediator.New(), web.Config{})
	server := httptest.NewServer(api)
	defer server.Close()

	// The service posts events to a sink, which here is its own route for those that come in.
	transport, err := httpbus.New(server.URL + "/events")
	if err != nil {
		fmt.Println(err)
		return
	}
	api.Ingest("/events", transport.Receiver())

	bus, ctx := eventbus.New(transport, "/pizzeria"), context.Background()
	err = eventbus.Subscribe(bus, "kitchen", "order.created.v1", func(_ context.Context, e cloudevent.Event) error {
		fmt.Println("cooking", e.Subject)
		return nil
	})
	err = errors.Join(err, bus.Start(ctx), bus.Publish(ctx, cloudevent.Event{
		ID: "1", Source: "/pizzeria", Type: "order.created.v1", Subject: "4711", Data: []byte(`{}`),
	}), bus.Stop(ctx))
	fmt.Println(err)
	// Output:
	// cooking 4711
	// <nil>
}
