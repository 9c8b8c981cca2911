package registry

import (
	"log/slog"

	"go.opentelemetry.io/otel/attribute"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"

	"github.com/neuroglia-go/neuroglia/telemetry"
)

// The attributes of policies of package resilience.
const (
	GuardName     = attribute.Key("neuroglia.guard.name")
	GuardRefusal  = attribute.Key("neuroglia.guard.refusal")
	BreakerChange = attribute.Key("neuroglia.breaker.change")
)

// The values of [GuardRefusal].
const (
	BreakerIsOpen = "breaker_open"
	BulkheadFull  = "bulkhead_full"
)

// The values of [BreakerChange].
const (
	BreakerOpened   = "opened"
	BreakerTrying   = "trying"
	BreakerClosed   = "closed"
	breakerLogStart = "circuit breaker "
)

const resilience = module + "/resilience"

// Retries counts attempts within one call that failed and were followed by another.
func Retries() telemetry.Metric {
	return telemetry.Counter("neuroglia.retry.attempts", "{attempt}",
		"Attempts within one call that failed and were followed by another.", GuardName, ErrorType).By(resilience)
}

// GuardRefusals counts calls that were not made.
func GuardRefusals() telemetry.Metric {
	return telemetry.Counter("neuroglia.guard.refusals", "{call}",
		"Calls that were not made, to spare what they need.", GuardName, GuardRefusal).By(resilience)
}

// BreakerChanges counts how often circuit breakers opened and closed.
func BreakerChanges() telemetry.Metric {
	return telemetry.Counter("neuroglia.breaker.changes", "{change}",
		"Changes of the state of circuit breakers.", GuardName, BreakerChange).By(resilience)
}

func resilienceMetrics() []telemetry.Metric {
	return []telemetry.Metric{Retries(), GuardRefusals(), BreakerChanges()}
}

func resilienceAttributes() []telemetry.Attribute {
	return []telemetry.Attribute{
		{
			Key: GuardName, Type: telemetry.TypeString, Stability: telemetry.Stable,
			Brief:    "What a policy guards: a type of message, a handler of events, or what the application calls it.",
			Examples: []any{"PlaceOrder", "cooking.Handlers.releaseOven", "payments"},
		},
		{
			Key: GuardRefusal, Type: telemetry.TypeString, Stability: telemetry.Stable,
			Brief: "Why a call was not made.",
			Members: []telemetry.Member{
				{Value: BreakerIsOpen, Brief: "Too many calls before it failed."},
				{Value: BulkheadFull, Brief: "Too many calls were being made."},
			},
		},
		{
			Key: BreakerChange, Type: telemetry.TypeString, Stability: telemetry.Stable,
			Brief: "What a circuit breaker did.",
			Members: []telemetry.Member{
				{Value: BreakerOpened, Brief: "It lets no call through."},
				{Value: BreakerTrying, Brief: "It lets one call through, to see."},
				{Value: BreakerClosed, Brief: "It lets all calls through."},
			},
		},
	}
}

func resilienceLogs() []telemetry.Log {
	return []telemetry.Log{
		{
			Message: "call " + Retried, Level: slog.LevelWarn, Scope: resilience,
			Attributes: []attribute.Key{
				GuardName, Outcome, Attempt, RetryWait, ErrorType, semconv.ExceptionTypeKey, semconv.ExceptionMessageKey,
			},
		},
		{Message: BreakerRecord(BreakerOpened), Level: slog.LevelWarn, Scope: resilience, Attributes: []attribute.Key{GuardName}},
		{Message: BreakerRecord(BreakerTrying), Level: slog.LevelInfo, Scope: resilience, Attributes: []attribute.Key{GuardName}},
		{Message: BreakerRecord(BreakerClosed), Level: slog.LevelInfo, Scope: resilience, Attributes: []attribute.Key{GuardName}},
	}
}

// BreakerRecord is the message of the log record of a change.
func BreakerRecord(change string) string { return breakerLogStart + change }
