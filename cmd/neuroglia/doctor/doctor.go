// Package doctor checks the signal path of an observability stack: it sends a marked trace, metric and log record through
// the collector, reads each back from its store, follows them by their ids, looks at all of it through Grafana, and sees
// whether the telemetry of the apps is fresh.
//
// All checks run at once, each as soon as those have passed that it needs. What is the cause of a failure is one failed
// check; those that can say nothing because of it are not checked.
package doctor

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// The parts of a run's time after which waiting ends: for services to start, for telemetry to arrive, and for the rest.
const (
	toStart  = 0.25
	toArrive = 0.75
	toEnd    = 1
)

// toListen is how long after the beginning of a run a service may not listen yet, as one that is just started. Where nothing
// runs, the answer should not take longer.
const toListen = 5 * time.Second

// doctor is one run.
type doctor struct {
	config     Config
	started    time.Time
	collector  *collector
	tempo      tempo
	prometheus prometheus
	loki       loki
	grafana    grafana
	sent       *emission
	services   []string // whose telemetry must be fresh
}

// Observer is told of a run while it goes on.
type Observer interface {
	// Told is called with each result, always in the same order.
	Told(result Result)
	// Waiting is called again and again with the title of the check that is told next.
	Waiting(title string)
}

// Run checks a stack and returns what it found, also if ctx ends before. It fails if the config is wrong.
func Run(ctx context.Context, config Config, observer Observer) (Report, error) {
	config, err := config.WithDefaults()
	if err != nil {
		return Report{}, err
	}
	d := &doctor{
		config: config, started: time.Now(), collector: newCollector(config),
		tempo:      tempo{newService("Tempo", "--tempo", config.Tempo)},
		prometheus: prometheus{newService("Prometheus", "--prometheus", config.Prometheus)},
		loki:       loki{newService("Loki", "--loki", config.Loki)},
		grafana:    newGrafana(config),
	}
	if d.sent, err = newEmission(ctx); err != nil {
		return Report{}, fmt.Errorf("make the telemetry to send: %w", err)
	}
	p := plan{skip: config.Skip, started: d.started, timeout: config.Timeout, checks: slices.Concat(
		d.collector.checks(), d.answers(), d.sent.checks(d.collector), d.readBack(), d.throughGrafana(), d.apps())}
	results := p.run(ctx, observer)
	report := Report{
		Schema: 1, Run: d.sent.run, TraceID: d.sent.traceID.String(), Started: d.started.UTC(),
		Milliseconds: time.Since(d.started).Milliseconds(), Interrupted: ctx.Err() != nil, Checks: results,
	}
	report.OK = report.Count(Failed) == 0 && report.Count(NotChecked) == 0 && !report.Interrupted
	return report, nil
}

// after is how long a part of the run's time is.
func (d *doctor) after(part float64) time.Duration {
	return time.Duration(float64(d.config.Timeout) * part)
}

// now is a little later than now, so that what was just written is not too new for a query.
func (d *doctor) now() time.Time { return time.Now().Add(time.Second) }
