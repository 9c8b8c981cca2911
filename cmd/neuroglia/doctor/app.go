package doctor

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/neuroglia-go/neuroglia/telemetry"
	"github.com/neuroglia-go/neuroglia/telemetry/registry"
)

// How far back an app's traces and logs are looked for. An app that works well logs little after its start.
const (
	tracesWithin = 15 * time.Minute
	logsWithin   = 24 * time.Hour
)

// apps are the checks that the apps' own telemetry arrives. What the doctor sent did not arrive either is told once.
func (d *doctor) apps() []check {
	find := check{
		id: "app.services", title: "there are apps to look at", parts: []string{"app"}, within: toArrive,
		blames: []string{"prometheus.metric"}, ask: d.findServices,
	}
	if len(d.config.Services) == 0 {
		find.parts = append(find.parts, "prometheus")
		find.needs = [][]string{{"prometheus.ready"}}
	}
	return []check{
		find,
		{
			id: "app.metrics", title: "the metrics of apps are fresh", parts: []string{"app", "prometheus"},
			needs: [][]string{{"app.services"}, {"prometheus.ready"}}, blames: []string{"prometheus.metric"}, within: toArrive,
			ask: d.freshMetrics,
		},
		{
			id: "app.traces", title: "Tempo has traces of the apps", parts: []string{"app", "tempo"},
			needs: [][]string{{"app.services"}, {"tempo.ready"}}, blames: []string{"tempo.trace"}, within: toArrive,
			ask: d.freshTraces,
		},
		{
			id: "app.logs", title: "Loki has log records of the apps", parts: []string{"app", "loki"},
			needs: [][]string{{"app.services"}, {"loki.ready"}}, blames: []string{"loki.log"}, within: toArrive,
			ask: d.freshLogs,
		},
	}
}

// findServices takes those that were asked for, or else all that Prometheus knows but the doctor and collectors.
func (d *doctor) findServices(ctx context.Context) (string, error) {
	d.services = d.config.Services
	if len(d.services) > 0 {
		return strings.Join(d.services, ", "), nil
	}
	samples, err := d.prometheus.query(ctx,
		`group by (job, service_name) (target_info) unless on (job) {__name__=~"otelcol_process_uptime.*"}`, d.now())
	if err != nil {
		return "", err
	}
	for _, sample := range samples {
		if name := serviceOf(sample); name != serviceName && !slices.Contains(d.services, name) {
			d.services = append(d.services, name)
		}
	}
	if len(d.services) == 0 {
		return "", &problem{
			kind: notYet, hop: "app -> collector", text: "Prometheus has no metrics of an app",
			advice: "start an app with OTEL_EXPORTER_OTLP_ENDPOINT=" + d.config.CollectorHTTP + ", or leave this out with --skip app",
		}
	}
	slices.Sort(d.services)
	return strings.Join(d.services, ", "), nil
}

// serviceOf is the service that target_info is about. Its job is the namespace, if there is one, and the name.
func serviceOf(s sample) string {
	if name := s.labels["service_name"]; name != "" {
		return name
	}
	job := s.labels["job"]
	return job[strings.LastIndex(job, "/")+1:]
}

// jobOf matches the job of a service in whatever namespace.
func jobOf(service string) string {
	return fmt.Sprintf("job=~%q", "(.+/)?"+regexp.QuoteMeta(service))
}

func (d *doctor) freshMetrics(ctx context.Context) (string, error) {
	return d.each(func(service string) (string, error) {
		now := d.now()
		samples, err := d.prometheus.query(ctx, fmt.Sprintf("max(timestamp(target_info{%s}))", jobOf(service)), now)
		if err != nil {
			return "", err
		}
		stale := &problem{
			kind: notYet, hop: "app -> collector",
			advice: fmt.Sprintf("does %s run? Its start line says where it sends its telemetry; it warns when that fails", service),
		}
		if len(samples) == 0 {
			stale.text = fmt.Sprintf("Prometheus has no metrics of %s of the last five minutes", service)
			return "", stale
		}
		age := now.Sub(time.UnixMilli(int64(samples[0].value * 1000)))
		if age > d.config.Fresh {
			stale.text = fmt.Sprintf("the newest metrics of %s are %s old", service, age.Round(time.Second))
			return "", stale
		}
		return fmt.Sprintf("%s %s ago", service, max(age, 0).Round(time.Second)), nil
	})
}

func (d *doctor) freshTraces(ctx context.Context) (string, error) {
	return d.each(func(service string) (string, error) {
		now := d.now()
		id, err := d.tempo.search(ctx, service, now.Add(-tracesWithin), now)
		if err != nil {
			return "", err
		}
		if id != "" {
			return fmt.Sprintf("%s %s", service, id), nil
		}
		p := &problem{
			kind: notYet, hop: "app -> collector",
			text:   fmt.Sprintf("Tempo has no trace of %s of the last %s", service, minutes(tracesWithin)),
			advice: "was it asked anything? Then see OTEL_TRACES_EXPORTER and OTEL_TRACES_SAMPLER in its environment",
		}
		if asked, known := d.asked(ctx, service); known && !asked && time.Since(d.started) > d.after(toStart) {
			p.kind = idle
			p.text = fmt.Sprintf("%s had no request, command or query in the last %s", service, minutes(tracesWithin))
		}
		return "", p
	})
}

// asked reports whether a service has handled anything lately, and whether that is known.
func (d *doctor) asked(ctx context.Context, service string) (asked, known bool) {
	if slices.Contains(d.config.Skip, "prometheus") {
		return false, false
	}
	for _, m := range []telemetry.Metric{
		registry.HTTPServerRequestDuration(), registry.CommandDuration(), registry.QueryDuration(),
	} {
		name, err := promName(m)
		if err != nil {
			return false, false
		}
		// What is counted of a new process is no increase of an old one.
		samples, err := d.prometheus.query(ctx, fmt.Sprintf(
			"sum((%[1]s unless %[1]s offset %[2]s) > 0) or sum(increase(%[1]s[%[2]s]) > 0)",
			fmt.Sprintf("%s_count{%s}", name, jobOf(service)), tracesWithin), d.now())
		if err != nil {
			return false, false
		}
		known = true
		if len(samples) > 0 {
			return true, true
		}
	}
	return false, known
}

func (d *doctor) freshLogs(ctx context.Context) (string, error) {
	return d.each(func(service string) (string, error) {
		now := d.now()
		lines, err := d.loki.lines(ctx, fmt.Sprintf("{service_name=%q}", service), now.Add(-logsWithin), now)
		if err != nil {
			return "", err
		}
		if len(lines) == 0 {
			return "", &problem{
				kind: notYet, hop: "app -> collector", text: fmt.Sprintf("Loki has no log record of %s of the last day", service),
				advice: "was it started before Loki? It logs its start and what it refuses. Else see OTEL_LOGS_EXPORTER in its environment",
			}
		}
		newest := slices.MaxFunc(lines, func(a, b line) int { return a.at.Compare(b.at) })
		return fmt.Sprintf("%s %s ago", service, max(now.Sub(newest.at), 0).Round(time.Second)), nil
	})
}

// each asks about every service and returns all answers, or the first problem.
func (d *doctor) each(ask func(service string) (string, error)) (string, error) {
	var answers []string
	for _, service := range d.services {
		answer, err := ask(service)
		if err != nil {
			return "", err
		}
		answers = append(answers, answer)
	}
	return strings.Join(answers, ", "), nil
}

func minutes(d time.Duration) string { return fmt.Sprintf("%d minutes", int(d.Minutes())) }
