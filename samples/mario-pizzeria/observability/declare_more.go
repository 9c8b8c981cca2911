package observability

import "github.com/neuroglia-go/neuroglia/telemetry"

// OrdersDuration measures the whole way of an order.
func OrdersDuration() telemetry.Metric {
	return telemetry.Histogram("mario.orders.duration", "s", "Time from an order being placed to being delivered.", minutes())
}

// OldestOrder is how long the customer who waits longest has been waiting.
func OldestOrder() telemetry.Metric {
	return telemetry.Gauge("mario.orders.oldest.age", "s", "Time since the oldest order in the stage was placed.", Stage)
}
