package boards

import (
	"strings"

	"go.opentelemetry.io/otel/attribute"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"

	"github.com/neuroglia-go/neuroglia/dashboards/grafana"
	"github.com/neuroglia-go/neuroglia/dashboards/limits"
	"github.com/neuroglia-go/neuroglia/dashboards/promql"
	"github.com/neuroglia-go/neuroglia/telemetry"
)

// Health shows whether telemetry arrives: from services through the collector into the stores.
func Health() grafana.Dashboard {
	return grafana.Dashboard{
		UID: HealthUID, Title: "Neuroglia / Telemetry health", Tags: []string{"neuroglia"},
		Description: "Whether what the other dashboards show is all there is: services, events, collector, stores, " +
			"and how many series.",
		Variables: choices(),
		Rows: []grafana.Row{
			{Title: "Services", Panels: servicePanels()},
			{Title: "Export", Panels: exportPanels()},
			{Title: "Outbox and bus", Panels: append(outboxPanels(), busPanels()...)},
			{Title: "Collector", Panels: collectorPanels()},
			{Title: "Stores", Panels: storePanels()},
			{Title: "Cardinality", Panels: cardinalityPanels()},
		},
	}
}

// The collector's own metrics, as it pushes them to Prometheus. They are of the collector's own module, whose
// declarations are no Go API.
const (
	exporterKey = attribute.Key("exporter")
	dataTypeKey = attribute.Key("data_type")
)

// Signals are what the collector counts apart.
func Signals() []string { return []string{"traces", "metrics", "logs"} }

// CollectorCounter is one of the collector's counters for a signal: "exporter_send_failed".
func CollectorCounter(prefix, signal string) promql.Series {
	items := map[string]string{"traces": "spans", "metrics": "metric_points", "logs": "log_records"}[signal]
	return promql.Named("otelcol_"+prefix+"_"+items+"_total", telemetry.KindCounter)
}

// CollectorQueue is how full the queues of the collector's exporters are, from 0 to 1.
func CollectorQueue() promql.Expr {
	return CollectorGauge("exporter_queue_size").Max(exporterKey, dataTypeKey).
		Per(CollectorGauge("exporter_queue_capacity").Max(exporterKey, dataTypeKey)).In()
}

// CollectorAnswers are the collector's answers to services that send by HTTP, with their status codes.
func CollectorAnswers(matches ...promql.Match) promql.Series {
	return promql.Named("otelcol_receiver_http_duration_seconds", telemetry.KindHistogram, matches...)
}

// CollectorGauge is one of the collector's gauges.
func CollectorGauge(name string) promql.Series {
	return promql.Named("otelcol_"+name, telemetry.KindGauge)
}

func legends(keys []attribute.Key) []string {
	texts := make([]string, len(keys))
	for i, key := range keys {
		texts[i] = legend(key)
	}
	return texts
}

func bySignal(prefix string, by ...attribute.Key) []grafana.Query {
	var queries []grafana.Query
	for _, signal := range Signals() {
		queries = append(queries, grafana.Metrics(CollectorCounter(prefix, signal).Rate(by...),
			strings.Join(append([]string{signal}, legends(by)...), " ")))
	}
	return queries
}

func servicePanels() []grafana.Panel {
	info := targetInfo(scope()...)
	return []grafana.Panel{
		grafana.Stat("Processes", "Processes of the chosen services that sent metrics in the last five minutes: after a "+
			"restart, the old one too.", grafana.Number,
			grafana.Metrics(info.Count(), "processes")).WhenEmpty("none: is the service running, and its endpoint right?").Size(6, 8),
		grafana.TimeSeries("Age of telemetry", "Seconds since the newest metric of each service. It should be a saw below the "+
			"interval of export.",
			grafana.Seconds, grafana.Metrics(info.Age(serviceKey), legend(serviceKey))).
			Limits(alert(seconds(limits.TelemetryAge))).Size(18, 8),
	}
}

func collectorPanels() []grafana.Panel {
	exporter := legend(exporterKey) + " " + legend(dataTypeKey)
	return []grafana.Panel{
		grafana.TimeSeries("Received", "Spans, points and records per second that services sent.", grafana.PerSecond,
			bySignal("receiver_accepted")...),
		grafana.TimeSeries("Sent to stores", "Per second. Less than received: a queue is filling.", grafana.PerSecond,
			bySignal("exporter_sent", exporterKey)...),
		grafana.TimeSeries("Refused", "Not taken from services, per second: too little memory, or a queue is full. Services try "+
			"again, then drop.",
			grafana.PerSecond, bySignal("receiver_refused")...).WhenEmpty("nothing was ever refused"),
		grafana.TimeSeries("Failed to send", "Given up, per second. It is lost: look at the store and at the collector's log.",
			grafana.PerSecond,
			bySignal("exporter_send_failed", exporterKey)...).WhenEmpty("nothing was ever lost"),
		grafana.TimeSeries("Failed to queue", "Not taken into a queue, per second: it is full, or its disk is.", grafana.PerSecond,
			bySignal("exporter_enqueue_failed", exporterKey)...).WhenEmpty("no queue was ever full"),
		grafana.TimeSeries("Queues", "How full they are. A store that is down fills its queue; when it is back, the queue "+
			"empties and nothing is lost.",
			grafana.Share, grafana.Metrics(CollectorQueue(), exporter)).Limits(alert(limits.QueueUsed)).UpTo(1),
		grafana.TimeSeries("Answers to services", "Requests by HTTP per second, by the status of the answer. 4xx: what came is no "+
			"OTLP, or too much at once; 503: see Refused.",
			grafana.Requests, grafana.Metrics(CollectorAnswers().Rate(semconv.HTTPResponseStatusCodeKey),
				legend(semconv.HTTPResponseStatusCodeKey))),
		grafana.TimeSeries("Memory of the collector", "Physical memory. Near its limit the collector refuses data.", grafana.Bytes,
			grafana.Metrics(CollectorGauge("process_memory_rss_bytes").Sum(instanceKey), "collector")),
		grafana.TimeSeries("CPU of the collector", "Cores in use.", grafana.Number,
			grafana.Metrics(promql.Named("otelcol_process_cpu_seconds_total", telemetry.KindCounter).Rate(instanceKey),
				"collector")),
	}
}

func storePanels() []grafana.Panel {
	counter := func(name string) promql.Expr {
		return promql.Named(name, telemetry.KindCounter).Rate()
	}
	return []grafana.Panel{
		grafana.TimeSeries("Prometheus", "Samples and exemplars stored per second, and samples that came too late.",
			grafana.PerSecond,
			grafana.Metrics(counter("prometheus_tsdb_head_samples_appended_total"), "samples"),
			grafana.Metrics(counter("prometheus_tsdb_exemplar_exemplars_appended_total"), "exemplars"),
			grafana.Metrics(counter("prometheus_tsdb_out_of_order_samples_total"), "out of order")),
		grafana.TimeSeries("Loki", "Log records stored per second, and discarded ones.", grafana.PerSecond,
			grafana.Metrics(counter("loki_distributor_lines_received_total"), "records"),
			grafana.Metrics(counter("loki_discarded_samples_total"), "discarded")),
		grafana.TimeSeries("Tempo", "Spans received per second, and discarded ones.", grafana.PerSecond,
			grafana.Metrics(counter("tempo_distributor_spans_received_total"), "spans"),
			grafana.Metrics(counter("tempo_discarded_spans_total"), "discarded")).WhenEmpty("Tempo is not there"),
		grafana.Table("Scraped", "Programs of the stack that Prometheus asks for their own metrics: 1 is up.",
			grafana.Now(promql.Named("up", telemetry.KindGauge).Max("job"), "")).
			Column("job", "Program", "").Column("Value", "Up", grafana.Number).SortedBy("Up"),
		grafana.TimeSeries("Duration of rules", "How long Prometheus takes for each group of rules.", grafana.Seconds,
			grafana.Metrics(promql.Named("prometheus_rule_group_last_duration_seconds", telemetry.KindGauge).Max("rule_group"),
				"{{rule_group}}")),
		grafana.TimeSeries("Failed rules", "Rules that could not be evaluated, per second. Each is an alert that will not come.",
			grafana.PerSecond,
			grafana.Metrics(counter("prometheus_rule_evaluation_failures_total"), "failures")),
	}
}

func cardinalityPanels() []grafana.Panel {
	all := promql.Named("", telemetry.KindGauge, append(scope(), promql.Not("__name__", ""))...)
	return []grafana.Panel{
		grafana.TimeSeries("Series", "All that Prometheus keeps in memory. Steadily growing: an attribute has too many values.",
			grafana.Number,
			grafana.Metrics(promql.Named("prometheus_tsdb_head_series", telemetry.KindGauge).Sum(), "series")),
		grafana.Table("Most series", "Metrics of the chosen services with most series now.",
			grafana.Now("topk(15, "+all.Count("__name__")+")", "")).
			Column("__name__", "Metric", "").Column("Value", "Series", grafana.Number).SortedBy("Series"),
		grafana.TimeSeries("Overflowing metrics",
			"Metrics with so many series that the SDK counts the rest in one (attribute otel.metric.overflow). Find the attribute "+
				"and bound it.",
			grafana.Number, grafana.Metrics(Overflow(scope()...).Count("__name__"), "{{__name__}}")).
			WhenEmpty("no metric overflows"),
	}
}

// Overflow are the series that stand for those beyond the SDK's limit.
func Overflow(matches ...promql.Match) promql.Series {
	return promql.Named("", telemetry.KindGauge, append(matches, promql.Is(promql.Overflow, "true"))...)
}
