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

// Queued is what a service keeps of a signal until it is sent: what is taken from the queue and dropped because it is full,
// what is sent and lost, and how full the queue is.
type Queued struct {
	Signal, Items                       string
	Processed, Exported, Size, Capacity telemetry.Metric
}

// Export has the signals that services queue. Metrics are collected when they are sent.
func Export() []Queued {
	return []Queued{
		{
			"traces", "spans", registry.SpansProcessed(), registry.SpansExported(),
			registry.SpanQueueSize(), registry.SpanQueueCapacity(),
		},
		{
			"logs", "log records", registry.LogsProcessed(), registry.LogsExported(),
			registry.LogQueueSize(), registry.LogQueueCapacity(),
		},
	}
}

// Lost is the condition under which what the SDK counts never arrives.
func Lost() promql.Match { return promql.Not(registry.ErrorType, "") }

// exportPanels show what services do with telemetry before the collector has it.
func exportPanels() []grafana.Panel {
	each := []attribute.Key{serviceKey, instanceKey}
	process := legend(serviceKey) + " " + legend(instanceKey)
	part := []attribute.Key{serviceKey, semconv.OTelComponentTypeKey}
	var sent, dropped, lost, queues []grafana.Query
	for _, q := range Export() {
		sent = append(sent, grafana.Metrics(of(q.Exported).Rate(serviceKey), legend(serviceKey)+" "+q.Signal))
		dropped = append(dropped, grafana.Metrics(of(q.Processed, Lost()).Rate(serviceKey), legend(serviceKey)+" "+q.Signal))
		lost = append(lost, grafana.Metrics(of(q.Exported, Lost()).Rate(serviceKey, registry.ErrorType),
			legend(serviceKey)+" "+q.Signal+" "+legend(registry.ErrorType)))
		queues = append(queues, grafana.Metrics(byProcess(of(q.Size).Max(each...).Per(of(q.Capacity).Max(each...)).In()),
			process+" "+q.Signal))
	}
	dropped = append(dropped, grafana.Metrics(of(registry.StdoutDropped()).Rate(serviceKey), legend(serviceKey)+" standard output"))
	sent = append(sent, grafana.Metrics(of(registry.PointsExported()).Rate(serviceKey), legend(serviceKey)+" metrics"))
	return []grafana.Panel{
		grafana.TimeSeries("Sent by services", "Spans, records and points per second, with those that were lost on the way.",
			grafana.PerSecond, sent...),
		grafana.TimeSeries("Dropped by services", "Spans and records per second for which the queue of the process had no room: "+
			"the collector is slow or away, or more is made than one exporter sends. For standard output: nobody reads it.",
			grafana.PerSecond, dropped...).WhenEmpty("nothing was ever dropped"),
		grafana.TimeSeries("Lost by exporters", "Spans and records per second that were given up after all attempts, or refused.",
			grafana.PerSecond, lost...).WhenEmpty("nothing was ever lost"),
		grafana.TimeSeries("Queues of services", "How full they are. Requests never wait for them.", grafana.Share, queues...).
			Limits(alert(limits.QueueUsed)).UpTo(1),
		grafana.TimeSeries("p95 of exports", "95 % of the batches are sent faster, all attempts together.", grafana.Seconds,
			grafana.Metrics(of(registry.ExportDuration()).Quantile(0.95, part...),
				legend(serviceKey)+" "+legend(semconv.OTelComponentTypeKey))),
		grafana.TimeSeries("p95 of collections", "95 % of the collections of metrics are faster. Slow: a gauge reads something slow.",
			grafana.Seconds, grafana.Metrics(of(registry.CollectionDuration()).Quantile(0.95, serviceKey), legend(serviceKey))),
	}
}
