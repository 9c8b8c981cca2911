// Package observability is the pizzeria's business metrics: what its events say, counted.
package observability

import (
	"context"
	"fmt"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"github.com/neuroglia-go/neuroglia/app"
	"github.com/neuroglia-go/neuroglia/mediator"
	neuroglia "github.com/neuroglia-go/neuroglia/observability"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/application"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/domain/customer"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/domain/kitchen"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/domain/menu"
	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/domain/order"
	"github.com/neuroglia-go/neuroglia/telemetry"
)

// metrics are the instruments that events are counted with.
type metrics struct {
	created, completed, cancelled metric.Int64Counter
	pizzas, customers             metric.Int64Counter
	value, stage, whole, cooking  metric.Float64Histogram
}

// Register makes the metrics and counts the mediator's events with them. What is going on now is read from the store,
// so that it is right after a restart too, until the part that Register returns stops. The zero Providers are the global
// ones.
func Register(m *mediator.Mediator, r application.Repositories, p telemetry.Providers) (app.Part, error) {
	in := neuroglia.NewInstruments(p)
	x := &metrics{
		created:   in.Counter(OrdersCreated(), neuroglia.Each(Status, string(order.Pending))...),
		completed: in.Counter(OrdersCompleted(), neuroglia.Each(Status, string(order.Delivered))...),
		cancelled: in.Counter(OrdersCancelled(), cancelledIn()...),
		pizzas:    in.Counter(PizzasOrdered(), everyPizza()...),
		customers: in.Counter(CustomersRegistered()),
		value:     in.Histogram(OrdersValue()),
		stage:     in.Histogram(OrdersStageDuration()),
		whole:     in.Histogram(OrdersDuration()),
		cooking:   in.Histogram(CookingDuration()),
	}
	in.Gauge(OrdersInProgress(), inProgress(r), neuroglia.Each(Stage, openStages()...)...)
	in.Gauge(OldestOrder(), oldest(r), neuroglia.Each(Stage, openStages()...)...)
	in.Gauge(CapacityUtilization(), utilization(r))

	mediator.On(m, x.orderCreated)
	mediator.On(m, x.cookingStarted)
	mediator.On(m, x.orderReady)
	mediator.On(m, x.deliveryAssigned)
	mediator.On(m, x.orderDelivered)
	mediator.On(m, x.orderCancelled)
	mediator.On(m, x.customerRegistered)
	if err := in.Err(); err != nil {
		return app.Part{}, fmt.Errorf("business metrics: %w", err)
	}
	return app.Part{Name: "metrics", Stop: func(context.Context) error { return in.Close() }}, nil
}

func (x *metrics) orderCreated(ctx context.Context, e order.OrderCreatedEvent) error {
	x.created.Add(ctx, 1, status(order.Pending))
	x.value.Record(ctx, e.Total.Float64())
	for _, line := range e.Lines {
		x.pizzas.Add(ctx, int64(line.Quantity), metric.WithAttributeSet(pizzaOfSize(line.PizzaID, line.Size)))
	}
	return nil
}

func (x *metrics) cookingStarted(ctx context.Context, e order.CookingStartedEvent) error {
	x.left(ctx, order.Pending, e.PlacedAt, e.StartedAt)
	return nil
}

func (x *metrics) orderReady(ctx context.Context, e order.OrderReadyEvent) error {
	x.left(ctx, order.Cooking, e.StartedAt, e.ReadyAt)
	x.cooking.Record(ctx, e.ReadyAt.Sub(e.StartedAt).Seconds())
	return nil
}

func (x *metrics) deliveryAssigned(ctx context.Context, e order.DeliveryAssignedEvent) error {
	x.left(ctx, order.Ready, e.ReadyAt, e.LeftAt)
	return nil
}

func (x *metrics) orderDelivered(ctx context.Context, e order.OrderDeliveredEvent) error {
	x.left(ctx, order.OutForDelivery, e.LeftAt, e.DeliveredAt)
	x.whole.Record(ctx, e.DeliveredAt.Sub(e.PlacedAt).Seconds())
	x.completed.Add(ctx, 1, status(order.Delivered))
	return nil
}

func (x *metrics) orderCancelled(ctx context.Context, e order.OrderCancelledEvent) error {
	x.left(ctx, e.From, e.Since, e.CancelledAt)
	x.cancelled.Add(ctx, 1, metric.WithAttributeSet(cancelled(e.From)))
	return nil
}

func (x *metrics) customerRegistered(ctx context.Context, _ customer.CustomerRegisteredEvent) error {
	x.customers.Add(ctx, 1)
	return nil
}

// left measures a stage that an order has left.
func (x *metrics) left(ctx context.Context, stage order.Status, from, to time.Time) {
	x.stage.Record(ctx, to.Sub(from).Seconds(), metric.WithAttributes(Stage.String(string(stage))))
}

func status(s order.Status) metric.MeasurementOption {
	return metric.WithAttributes(Status.String(string(s)))
}

func cancelled(from order.Status) attribute.Set {
	return attribute.NewSet(Status.String(string(order.Cancelled)), Stage.String(string(from)))
}

// cancelledIn are the stages that an order can be cancelled in.
func cancelledIn() []attribute.Set {
	return []attribute.Set{cancelled(order.Pending), cancelled(order.Cooking), cancelled(order.Ready)}
}

// pizzaOfSize are the attributes of a pizza. Both come from the menu, which has few of them.
func pizzaOfSize(pizza, size string) attribute.Set {
	return attribute.NewSet(Pizza.String(pizza), Size.String(size))
}

func everyPizza() []attribute.Set {
	var sets []attribute.Set
	for _, pizza := range menu.First() {
		for _, size := range []string{menu.Small, menu.Medium, menu.Large} {
			sets = append(sets, pizzaOfSize(pizza.ID(), size))
		}
	}
	return sets
}

func openStages() []string {
	return []string{string(order.Pending), string(order.Cooking), string(order.Ready), string(order.OutForDelivery)}
}

func inProgress(r application.Repositories) func(context.Context, metric.Float64Observer) error {
	return func(ctx context.Context, o metric.Float64Observer) error {
		counts, err := r.Orders.Count(ctx, "status")
		for _, stage := range openStages() {
			if n, ok := counts[stage]; ok {
				o.Observe(float64(n), metric.WithAttributes(Stage.String(stage)))
			}
		}
		return err
	}
}

func oldest(r application.Repositories) func(context.Context, metric.Float64Observer) error {
	return func(ctx context.Context, o metric.Float64Observer) error {
		for _, stage := range openStages() {
			first, err := r.Orders.Oldest(ctx, map[string]string{"status": stage})
			if err != nil {
				return err
			}
			if first != nil {
				o.Observe(time.Since(first.PlacedAt()).Seconds(), metric.WithAttributes(Stage.String(stage)))
			}
		}
		return nil
	}
}

func utilization(r application.Repositories) func(context.Context, metric.Float64Observer) error {
	return func(ctx context.Context, o metric.Float64Observer) error {
		counts, err := r.Orders.Count(ctx, "status")
		if err == nil {
			o.Observe(float64(counts[string(order.Cooking)]) / kitchen.Ovens)
		}
		return err
	}
}
