package observability

import (
	"go.opentelemetry.io/otel/attribute"

	"github.com/neuroglia-go/neuroglia/telemetry"
)

// The attributes of the pizzeria's metrics. Pizza and Size have the values of the menu.
const (
	Status = attribute.Key("status")
	Stage  = attribute.Key("stage")
	Pizza  = attribute.Key("pizza")
	Size   = attribute.Key("size")
)

// OrdersCreated counts orders.
func OrdersCreated() telemetry.Metric {
	return telemetry.Counter("mario.orders.created", "{order}", "Orders placed.", Status)
}

// OrdersCompleted counts orders that reached their customer.
func OrdersCompleted() telemetry.Metric {
	return telemetry.Counter("mario.orders.completed", "{order}", "Orders delivered.", Status)
}

// OrdersCancelled counts orders that nobody wants any more.
func OrdersCancelled() telemetry.Metric {
	return telemetry.Counter("mario.orders.cancelled", "{order}", "Orders cancelled, by the stage that they were in.", Status, Stage)
}

// PizzasOrdered counts pizzas.
func PizzasOrdered() telemetry.Metric {
	return telemetry.Counter("mario.pizzas.ordered", "{pizza}", "Pizzas in orders placed.", Pizza, Size)
}

// CustomersRegistered counts new customers.
func CustomersRegistered() telemetry.Metric {
	return telemetry.Counter("mario.customers.registered", "{customer}", "Customers who ordered for the first time.")
}

// OrdersValue measures what customers pay: its sum is the revenue.
func OrdersValue() telemetry.Metric {
	return telemetry.Histogram("mario.orders.value", "USD", "Total of an order.", []float64{5, 10, 20, 30, 50, 75, 100, 200, 500})
}

// OrdersStageDuration measures the way of orders through the pizzeria.
func OrdersStageDuration() telemetry.Metric {
	return telemetry.Histogram("mario.orders.stage.duration", "s", "Time that an order was in a stage.", minutes(), Stage)
}

// OrdersDuration measures the whole way of an order.
func OrdersDuration() telemetry.Metric {
	return telemetry.Histogram("mario.orders.duration", "s", "Time from an order being placed to being delivered.", minutes())
}

// CookingDuration measures the kitchen.
func CookingDuration() telemetry.Metric {
	return telemetry.Histogram("mario.kitchen.cooking.duration", "s", "Time that an order was in the oven.", minutes())
}

// OrdersInProgress is how many orders are where.
func OrdersInProgress() telemetry.Metric {
	return telemetry.Gauge("mario.orders.in_progress", "{order}", "Orders by the stage that they are in.", Stage)
}

// OldestOrder is how long the customer who waits longest has been waiting.
func OldestOrder() telemetry.Metric {
	return telemetry.Gauge("mario.orders.oldest.age", "s", "Time since the oldest order in the stage was placed.", Stage)
}

// CapacityUtilization is how busy the kitchen is.
func CapacityUtilization() telemetry.Metric {
	return telemetry.Gauge("mario.kitchen.capacity.utilization", "1", "Ovens in use, as a part of all.")
}

// Metrics returns all metrics of the pizzeria.
func Metrics() []telemetry.Metric {
	return []telemetry.Metric{
		OrdersCreated(), OrdersCompleted(), OrdersCancelled(), PizzasOrdered(), CustomersRegistered(), OrdersValue(),
		OrdersStageDuration(), OrdersDuration(), CookingDuration(), OrdersInProgress(), OldestOrder(), CapacityUtilization(),
	}
}

// minutes are the buckets of what takes people minutes.
func minutes() []float64 {
	return []float64{0.5, 1, 2.5, 5, 15, 30, 60, 120, 300, 600, 1200, 1800, 3600}
}
