package boards

import (
	"go.opentelemetry.io/otel/attribute"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"

	"github.com/neuroglia-go/neuroglia/dashboards/grafana"
	"github.com/neuroglia-go/neuroglia/dashboards/limits"
	"github.com/neuroglia-go/neuroglia/dashboards/promql"
	"github.com/neuroglia-go/neuroglia/telemetry"
	"github.com/neuroglia-go/neuroglia/telemetry/registry"
)

// Subscription are the attributes of a group's subscription to a type of event.
func Subscription() []attribute.Key {
	return []attribute.Key{semconv.MessagingDestinationNameKey, semconv.MessagingConsumerGroupNameKey}
}

func subscription() string {
	return legend(semconv.MessagingDestinationNameKey) + " " + legend(semconv.MessagingConsumerGroupNameKey)
}

// shared is a gauge that all processes report alike that share an outbox or a group: its greatest value, never its sum.
func shared(m telemetry.Metric, text string, by ...attribute.Key) grafana.Query {
	return grafana.Metrics(of(m).Max(by...), text)
}

// outboxPanels show whether the events of aggregates are handled.
func outboxPanels() []grafana.Panel {
	store := []attribute.Key{serviceKey, registry.OutboxStore}
	deliveries := of(registry.OutboxDeliveries())
	const none = "no outbox, or none yet"
	return []grafana.Panel{
		grafana.TimeSeries("Oldest event in the outbox",
			"How long the event has waited that waits longest. It tells a stuck outbox from a busy one: from each line on an "+
				"alert fires.", grafana.Seconds,
			shared(registry.OutboxOldestAge(), legend(serviceKey)+" "+legend(registry.OutboxStore), store...)).
			Limits(warn(seconds(limits.OutboxAgeSoon)), alert(seconds(limits.OutboxAge))).WhenEmpty(none),
		grafana.TimeSeries("Events in the outbox", "Not delivered yet. A mountain that falls again was a busy time, or a broker "+
			"that was away.", grafana.Count,
			shared(registry.OutboxPending(), legend(serviceKey)+" "+legend(registry.OutboxStore), store...)).WhenEmpty(none),
		deadLetters(),
		grafana.TimeSeries("Deliveries", "Attempts per second, by who made them, who raised the event (direct) or the relay, and "+
			"what came of them. Much by the relay: it was down, or handlers fail.", grafana.PerSecond,
			grafana.Metrics(deliveries.Rate(registry.OutboxPath, registry.Outcome),
				legend(registry.OutboxPath)+" "+legend(registry.Outcome))).WhenEmpty(none),
		grafana.TimeSeries("Retries by event", "Attempts per second that failed and are followed by another, from "+
			"neuroglia.outbox.retries. The log records \"event retried\" say why.", grafana.PerSecond,
			grafana.Metrics(of(registry.OutboxRetries()).Rate(registry.EventType), legend(registry.EventType))).
			WhenEmpty("nothing was ever retried"),
		grafana.TimeSeries("Retried deliveries", "Part of the attempts that failed and are followed by another. Above the line "+
			"an alert fires.", grafana.Share,
			grafana.Metrics(deliveries.Share(Retried(), registry.EventType), legend(registry.EventType))).
			Limits(alert(limits.RetryRatio)).WhenEmpty(none),
		grafana.TimeSeries("Events given up", "How many became dead letters since the point before, by event and error. Above "+
			"the line in ten minutes an alert fires.", grafana.Count,
			grafana.Metrics(of(registry.OutboxDeadLettered()).Grown(registry.EventType, registry.ErrorType),
				legend(registry.EventType)+" "+legend(registry.ErrorType))).
			Limits(alert(limits.Several)).WhenEmpty("nothing was ever given up"),
		grafana.TimeSeries("Duplicates", "Messages per second that came again after they had changed an aggregate, and had no "+
			"effect, by aggregate and handler.", grafana.PerSecond,
			grafana.Metrics(of(registry.InboxDuplicates()).Rate(registry.EntityType, registry.InboxConsumer),
				legend(registry.EntityType)+" "+legend(registry.InboxConsumer))).WhenEmpty("nothing ever came twice").Size(16, 8),
	}
}

// deadLetters are those of outboxes.
func deadLetters() grafana.Panel {
	return grafana.TimeSeries("Dead letters", "Events that were given up and wait for somebody to replay or discard them, as "+
		"\"neuroglia outbox list\" shows them.", grafana.Count,
		shared(registry.OutboxDead(), legend(serviceKey)+" "+legend(registry.OutboxStore), serviceKey, registry.OutboxStore)).
		Limits(alert(1)).WhenEmpty("no outbox, or none yet")
}

// Retried are the attempts that are followed by another. They are no failures.
func Retried() []promql.Match { return []promql.Match{promql.Is(registry.Outcome, registry.Retried)} }

// waiting shows how far consumers are behind.
func waiting() grafana.Panel {
	return grafana.TimeSeries("Waiting for consumers", "Events that a group has not handled, as the broker knows them. Above "+
		"the line and growing, or above zero with nothing processed, an alert fires.", grafana.Count,
		shared(registry.BusConsumerLag(), subscription(), Subscription()...)).
		Limits(alert(limits.ConsumerLag)).WhenEmpty("the transport does not know: a broker does")
}

// busPanels show whether what is on the bus is handled.
func busPanels() []grafana.Panel {
	return []grafana.Panel{
		waiting(),
		grafana.TimeSeries("Retries by subscriber", "Attempts to process per second that failed and are followed by another, "+
			"from neuroglia.bus.retries.", grafana.PerSecond,
			grafana.Metrics(of(registry.BusRetries()).Rate(Subscription()...), subscription())).
			WhenEmpty("the transport does not deliver again"),
		grafana.TimeSeries("Messages given up", "How many became dead letters of the bus since the point before, by subscriber.",
			grafana.Count, grafana.Metrics(of(registry.BusDeadLettered()).Grown(Subscription()...), subscription())).
			Limits(alert(1)).WhenEmpty("the transport keeps no dead letters"),
	}
}

// messaging shows the events of orders on their way to those who wait for them.
func messaging() []grafana.Panel {
	published, processed := of(registry.SentMessages()), of(registry.MessageProcessDuration())
	lag := of(registry.EventLag())
	destination := []attribute.Key{semconv.MessagingDestinationNameKey}
	return []grafana.Panel{
		grafana.TimeSeries("Published and processed", "Messages per second, by type; the processed ones for each group.",
			grafana.PerSecond,
			grafana.Metrics(published.Rate(destination...), "published "+legend(destination[0])),
			grafana.Metrics(processed.Rate(Subscription()...), subscription())),
		grafana.TimeSeries("Outcomes of processing", "Per second: retried is tried again, failure is given up.", grafana.PerSecond,
			grafana.Metrics(processed.Rate(registry.Outcome), legend(registry.Outcome))).Stacked(),
		waiting(),
		grafana.TimeSeries("Lag of events, p50 and p95", "From being raised until all handlers are done: half of them, and 95 %, "+
			"are sooner.", grafana.Seconds,
			grafana.Metrics(lag.Quantile(0.5, registry.EventType), "p50 "+legend(registry.EventType)),
			p95(lag, "p95 "+legend(registry.EventType), registry.EventType)).Limits(alert(limits.EventLag)),
		grafana.TimeSeries("Duration of publishing, p95", "95 % are given to the transport sooner.", grafana.Seconds,
			p95(of(registry.MessagingOperationDuration()), legend(destination[0]), destination...)),
		grafana.TimeSeries("Duration of processing, p95", "95 % are processed sooner, by subscriber.", grafana.Seconds,
			p95(processed, subscription(), Subscription()...)),
	}
}
