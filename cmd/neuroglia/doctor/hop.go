package doctor

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// evidence is what the collector's own metrics say about one signal since the run began.
type evidence struct {
	// known is whether Prometheus has metrics of a collector at all.
	known bool
	// refused, dropped, failed and sent are how many items the receiver refused, the queue had no room for, could not
	// be sent, and were sent; queued is how many wait. By exporter, or by receiver.
	refused, dropped, failed, sent, queued map[string]float64
}

// lostBehindCollector returns what tells where telemetry was lost that the collector took, as far as its own metrics know.
func (d *doctor) lostBehindCollector(s signal) func(context.Context, *problem) {
	return func(ctx context.Context, p *problem) {
		if p.kind != notYet || p.hop != "collector -> "+s.store {
			return // the store itself has a problem
		}
		p.text += fmt.Sprintf(" after %s", time.Since(d.started).Round(time.Second))
		if s.name == "metrics" { // whose absence says nothing about Prometheus's other metrics, but often goes with it
			p.advice = "is Prometheus started with --web.enable-otlp-receiver, and the exporter's endpoint its /api/v1/otlp? "
		}
		d.explain(p, s, d.evidence(ctx, s))
	}
}

func (d *doctor) explain(p *problem, s signal, e evidence) {
	items := strings.ReplaceAll(s.items, "_", " ")
	switch metric := "otelcol_exporter_%s_" + s.items + "_total"; {
	case len(e.dropped) > 0:
		p.text += ": the collector had no room in the queue for " + counts(items, e.dropped)
		p.advice += fmt.Sprintf("see %s: %s was away for too long, or the exporter's sending_queue is too small",
			fmt.Sprintf(metric, "enqueue_failed"), s.store)
	case len(e.failed) > 0:
		p.text += ": the collector failed to send " + counts(items, e.failed)
		p.advice += fmt.Sprintf("see %s and the collector's log: is the exporter's endpoint right?", fmt.Sprintf(metric, "send_failed"))
	case len(e.queued) > 0:
		p.text += ": it waits in the collector's " + counts("queue", e.queued)
		p.advice += fmt.Sprintf("the collector cannot reach %s, or it is slow: is the exporter's endpoint right?", s.store)
	case len(e.refused) > 0:
		p.text += ": the collector refused meanwhile some " + counts(items, e.refused)
		p.advice += "its memory_limiter does that when it is out of memory"
	case len(e.sent) > 0:
		p.text += ": the collector did send " + counts(items, e.sent)
		p.advice += fmt.Sprintf("does that exporter lead to this %s? Does a sampler or filter drop service %s?", s.store, serviceName)
	case e.known:
		p.text += ": the collector's own metrics tell of nothing sent and nothing lost"
		p.advice += fmt.Sprintf("does its pipeline of %s have an exporter to %s? Does a sampler or filter drop service %s?",
			s.name, s.store, serviceName)
	default:
		p.advice += fmt.Sprintf("see %s, which Prometheus does not have, and the collector's log: is the exporter's endpoint right?",
			fmt.Sprintf(metric, "send_failed"))
	}
}

// counts is a list such as "spans (otlp_grpc/tempo: 2)".
func counts(what string, by map[string]float64) string {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(by)) {
		parts = append(parts, fmt.Sprintf("%s: %.0f", name, by[name]))
	}
	return fmt.Sprintf("%s (%s)", what, strings.Join(parts, ", "))
}

// evidence compares the collector's metrics of now with those of the beginning of the run.
func (d *doctor) evidence(ctx context.Context, s signal) evidence {
	e := evidence{
		refused: map[string]float64{}, dropped: map[string]float64{}, failed: map[string]float64{},
		sent: map[string]float64{}, queued: map[string]float64{},
	}
	kinds := map[string]map[string]float64{
		"otelcol_receiver_refused_" + s.items:        e.refused,
		"otelcol_exporter_enqueue_failed_" + s.items: e.dropped,
		"otelcol_exporter_send_failed_" + s.items:    e.failed,
		"otelcol_exporter_sent_" + s.items:           e.sent,
	}
	// Whether the counters end in _total depends on how the collector exports them.
	query := fmt.Sprintf("{__name__=~%q}", strings.Join(slices.Sorted(maps.Keys(kinds)), "(_total)?|")+"(_total)?")
	for at, sign := range map[time.Time]float64{d.started: -1, d.now(): 1} {
		samples, err := d.prometheus.query(ctx, query, at)
		if err != nil {
			return evidence{}
		}
		for _, sample := range samples {
			e.known = true
			kinds[strings.TrimSuffix(sample.labels["__name__"], "_total")][place(sample)] += sign * sample.value
		}
	}
	for _, by := range kinds {
		maps.DeleteFunc(by, func(_ string, n float64) bool { return n <= 0 })
	}
	// While others send, a queue often holds a batch that is not full yet. What waits is in one that never was empty.
	queue := fmt.Sprintf("otelcol_exporter_queue_size{data_type=%q}", s.name)
	lately := max(time.Since(d.started)/2, time.Second)
	queues, err := d.prometheus.query(ctx,
		fmt.Sprintf("(min_over_time(%[1]s[%[2]dms]) or %[1]s) > 0", queue, lately.Milliseconds()), d.now())
	if err != nil {
		return e
	}
	for _, queue := range queues {
		e.queued[place(queue)] = queue.value
	}
	return e
}

// place is the exporter or receiver that a metric of the collector is about.
func place(s sample) string {
	return s.labels["exporter"] + s.labels["receiver"]
}
