package delivering

import (
	"context"
	"hash/fnv"
	"time"

	"github.com/neuroglia-go/neuroglia/mediator"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/application"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/domain/order"
)

// Crew delivers orders without being told to.
type Crew struct {
	application.Repositories
	Mediator *mediator.Mediator
	Takes    time.Duration // to bring an order to its customer
}

// Deliver returns when the order has been delivered, or needs no delivery, however often it is called for it.
func (c Crew) Deliver(ctx context.Context, orderID string) error {
	return application.Job{
		Repositories: c.Repositories, Waits: order.Ready, Busy: order.OutForDelivery, Takes: c.Takes, Begin: c.leave, Finish: c.arrive,
	}.Do(ctx, orderID)
}

// leave sends the order out with one of the drivers.
func (c Crew) leave(ctx context.Context, orderID string) error {
	_, err := mediator.Send(ctx, c.Mediator, AssignDelivery{OrderID: orderID, Driver: driverOf(orderID)})
	return err
}

// arrive hands the order over.
func (c Crew) arrive(ctx context.Context, orderID string) error {
	_, err := mediator.Send(ctx, c.Mediator, DeliverOrder{OrderID: orderID})
	return err
}

// driverOf returns which of the drivers takes an order.
func driverOf(orderID string) string {
	drivers := []string{"Luigi", "Toad", "Yoshi", "Peach", "Daisy"}
	hash := fnv.New32a()
	_, _ = hash.Write([]byte(orderID)) // never fails
	return drivers[int(hash.Sum32()>>1)%len(drivers)]
}
