// Package limits has the values from which on somebody should look. Alerts fire at them and panels are coloured by them,
// so that both say the same.
package limits

import "time"

// Objective is the part of HTTP requests that should not fail for the service's own fault, over 30 days.
const Objective = 0.995

// An error budget burns at 1 if it is used up in just 30 days. The rates and their windows are those of the Site Reliability
// Workbook, chapter 5: https://sre.google/workbook/alerting-on-slos/.
const (
	FastBurn = 14.4 // 2 % of the budget in an hour
	SlowBurn = 6.0  // 5 % of the budget in six hours

	FastErrorRatio = FastBurn * (1 - Objective)
	SlowErrorRatio = SlowBurn * (1 - Objective)
)

// The parts of work that may fail, and how long work may take.
const (
	MessageFailureRatio = 0.05
	EventFailureRatio   = 0.01
	RepositoryFailures  = 0.01
	HTTPLatency         = 1.0  // seconds, 95th percentile
	EventLag            = 30.0 // seconds, 95th percentile
)

// How long an event may wait in an outbox. One that fails again and again is given up after some four minutes.
const (
	OutboxAge     = 15 * time.Minute
	OutboxAgeSoon = 5 * time.Minute
)

// RetryRatio is the part of the deliveries that may have to be made again.
const RetryRatio = 0.2

// ConsumerLag is how many events may wait for a group all the time, if they become more.
const ConsumerLag = 100.0

// MinimumRate is what a ratio needs to mean something, in requests or messages per second: fewer than one in ten seconds
// is no traffic to judge by.
const MinimumRate = 0.1

// ShedRate is how many requests per second may be shed in a busy moment.
const ShedRate = 0.1

// Several is how many must have failed for a ratio to be no chance.
const Several = 4

// Telemetry that is older than this is missing.
const (
	TelemetryAge    = 5 * time.Minute
	TelemetryWindow = "5m" // the same, in PromQL
)

// What the collector's queues may hold of what they can, and how much of its memory a process may use.
const (
	QueueUsed  = 0.8
	MemoryUsed = 0.9
)

// Goroutines that are not only many but twice as many as an hour ago, or never again as few as six hours ago, are leaking.
const (
	Goroutines      = 1000.0
	GoroutineGrowth = 2.0
	GoroutineRise   = 1.5
)

// The pizzeria's own.
const (
	CancelRatio     = 0.1
	CancelRatioSoon = 0.05
	OrderAge        = 30 * time.Minute // of the oldest order in a stage
	OrderAgeSoon    = 15 * time.Minute
	EnoughOrders    = 20.0 // to judge by
)
