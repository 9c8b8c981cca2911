package doctor

import (
	"context"
	"fmt"
	"strings"
)

// answers are the checks that the stores are there, which also find out their versions.
func (d *doctor) answers() []check {
	return []check{
		{
			id: "tempo.ready", title: "Tempo is ready", parts: []string{"tempo"}, within: toStart,
			ask: func(ctx context.Context) (string, error) {
				return d.tempo.ready(ctx, "/ready", "/api/status/buildinfo")
			},
		},
		{
			id: "prometheus.ready", title: "Prometheus is ready", parts: []string{"prometheus"}, within: toStart,
			ask: func(ctx context.Context) (string, error) {
				var build struct {
					Data build `json:"data"`
				}
				err := d.prometheus.get(ctx, "/api/v1/status/buildinfo", nil, &build) // answered only when it is ready
				return build.Data.known(d.prometheus.service, err)
			},
		},
		{
			id: "loki.ready", title: "Loki is ready", parts: []string{"loki"}, within: toStart,
			ask: func(ctx context.Context) (string, error) {
				return d.loki.ready(ctx, "/ready", "/loki/api/v1/status/buildinfo")
			},
		},
	}
}

// build is how stores tell their version, which is empty if they were built by hand.
type build struct {
	Version *string `json:"version"`
}

func (b build) known(s service, err error) (string, error) {
	switch {
	case err != nil:
		return "", err
	case b.Version == nil:
		return "", s.stranger("it does not tell its version")
	default:
		return *b.Version, nil
	}
}

func (s service) ready(ctx context.Context, path, version string) (string, error) {
	var text string
	if err := s.get(ctx, path, nil, &text); err != nil {
		return "", err
	}
	var build build
	err := s.get(ctx, version, nil, &build)
	return build.known(s, err)
}

// readBack are the checks that each store has what was sent to it.
func (d *doctor) readBack() []check {
	back := func(id, title, parts string, needs []string, ask func(context.Context) (string, error)) check {
		c := check{id: id, title: title, parts: strings.Fields(parts), within: toArrive, ask: ask}
		for _, need := range needs {
			c.needs = append(c.needs, []string{need})
		}
		return c
	}
	trace := back("tempo.trace", "Tempo has the trace", "tempo", []string{"emit.traces", "tempo.ready"}, d.trace)
	trace.explain = d.lostBehindCollector(signals()[0])
	metric := back("prometheus.metric", "Prometheus has the metric", "prometheus",
		[]string{"emit.metrics", "prometheus.ready"}, d.metric)
	metric.explain = d.lostBehindCollector(signals()[1])
	exemplar := back("prometheus.exemplar", "Prometheus has its exemplar", "prometheus", []string{"prometheus.metric"}, d.exemplar)
	record := back("loki.log", "Loki has the log record", "loki", []string{"emit.logs", "loki.ready"}, d.record)
	record.explain = d.lostBehindCollector(signals()[2])
	toTrace := back("correlation.exemplar_trace", "the exemplar leads to the trace", "tempo prometheus",
		[]string{"prometheus.exemplar", "tempo.trace"}, d.exemplarToTrace)
	toRecord := back("correlation.trace_log", "the trace leads to the log record", "tempo loki",
		[]string{"tempo.trace", "loki.log"}, d.traceToRecord)
	return []check{trace, metric, exemplar, record, toTrace, toRecord}
}

// missing is the problem of telemetry that a store does not have yet.
func missing(store, what string) *problem {
	return &problem{
		kind: notYet, hop: "collector -> " + store, text: fmt.Sprintf("the collector took the %s but %s does not have it", what, store),
	}
}

func (d *doctor) trace(ctx context.Context) (string, error) {
	spans, err := d.tempo.trace(ctx, d.sent.traceID.String())
	if err != nil {
		return "", err
	}
	if _, ok := spans[d.sent.outer.String()]; !ok {
		return "", missing("Tempo", "trace")
	}
	if parent := spans[d.sent.inner.String()]; parent != d.sent.outer.String() {
		return "", missing("Tempo", "inner span of the trace")
	}
	return "2 spans", nil
}

func (d *doctor) metric(ctx context.Context) (string, error) {
	name, mark, err := d.names()
	if err != nil {
		return "", err
	}
	samples, err := d.prometheus.query(ctx, fmt.Sprintf("%s_count{%s=%q}", name, mark, d.sent.run), d.now())
	if err != nil {
		return "", err
	}
	if len(samples) == 0 {
		return "", missing("Prometheus", "metric")
	}
	return name + "_count", nil
}

func (d *doctor) exemplar(ctx context.Context) (string, error) {
	found, err := d.findExemplar(ctx)
	if err != nil {
		return "", err
	}
	return "of trace " + found.TraceID, nil
}

func (d *doctor) findExemplar(ctx context.Context) (origin, error) {
	name, mark, err := d.names()
	if err != nil {
		return origin{}, err
	}
	exemplars, err := d.prometheus.exemplars(ctx, fmt.Sprintf("%s_bucket{%s=%q}", name, mark, d.sent.run), d.started, d.now())
	if err != nil {
		return origin{}, err
	}
	for _, found := range exemplars {
		if found.TraceID == d.sent.traceID.String() {
			return found, nil
		}
	}
	return origin{}, &problem{
		kind: notYet, hop: "Prometheus", text: "Prometheus has the metric but not its exemplar",
		advice: "start Prometheus with --enable-feature=exemplar-storage; does the collector drop exemplars?",
	}
}

func (d *doctor) record(ctx context.Context) (string, error) {
	lines, err := d.loki.lines(ctx, recordQuery(d.sent.traceID.String()), d.started, d.now())
	if err != nil {
		return "", err
	}
	if len(lines) == 0 {
		p := missing("Loki", "log record")
		p.text += " with its trace_id as structured metadata"
		return "", p
	}
	return recordQuery(d.sent.traceID.String()), nil
}

// recordQuery is how one gets from a trace to its log records.
func recordQuery(traceID string) string {
	return fmt.Sprintf("{service_name=%q} | trace_id=%q", serviceName, traceID)
}

// exemplarToTrace goes the way of a click on an exemplar: by what the exemplar says alone.
func (d *doctor) exemplarToTrace(ctx context.Context) (string, error) {
	found, err := d.findExemplar(ctx)
	if err != nil {
		return "", err
	}
	spans, err := d.tempo.trace(ctx, found.TraceID)
	if err != nil {
		return "", err
	}
	if _, ok := spans[found.SpanID]; !ok {
		return "", &problem{
			hop:    "Prometheus -> Tempo",
			text:   fmt.Sprintf("Tempo's trace %s has no span %s, which the exemplar names", found.TraceID, found.SpanID),
			advice: "does a processor of the collector change ids or drop spans?",
		}
	}
	return fmt.Sprintf("span %s of trace %s", found.SpanID, found.TraceID), nil
}

// traceToRecord finds the log records of the trace, and each one's span in it.
func (d *doctor) traceToRecord(ctx context.Context) (string, error) {
	id := d.sent.traceID.String()
	spans, err := d.tempo.trace(ctx, id)
	if err != nil {
		return "", err
	}
	lines, err := d.loki.lines(ctx, recordQuery(id), d.started, d.now())
	if err != nil {
		return "", err
	}
	for _, line := range lines {
		if _, ok := spans[line.labels["span_id"]]; ok {
			return "log record of span " + line.labels["span_id"], nil
		}
	}
	return "", &problem{
		hop: "Tempo -> Loki", text: "no log record of the trace names one of its spans",
		advice: "does a processor of the collector change or drop the span_id of log records?",
	}
}
