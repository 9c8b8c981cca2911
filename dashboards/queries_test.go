package dashboards_test

import (
	"regexp"
	"strings"
	"testing"
)

// selectors finds the selectors of a query in PromQL: a name, conditions in braces, or both.
func selectors(query string) []string {
	query = regexp.MustCompile(`label_replace\((.*)(, "[^"]*"){4}\)`).ReplaceAllString(query, "$1")
	for _, noise := range []string{`, "[^"]*"`, `\b(by|on|without|ignoring) \([^)]*\)`, `\[[^\]]*\]`, `offset \S+`, `\b(or|and|unless|bool)\b`} {
		query = regexp.MustCompile(noise).ReplaceAllString(query, "")
	}
	query = regexp.MustCompile(`[a-z_0-9]+ *\(`).ReplaceAllString(query, "(") // functions
	return regexp.MustCompile(`[a-zA-Z_:][\w:]*(\{[^}]*\})?|\{[^}]*\}`).FindAllString(query, -1)
}

func TestSelectorsAreFound(t *testing.T) {
	t.Parallel()
	const query = `topk(3, sum by (le, job) (rate(a_bucket{b="c", f="g"}[$__rate_interval] offset 1d)) or 0 * ` +
		`label_replace(count(up), "job", "$1", "job", "(.{6}).*")) / ({d=~"e"} > 0)`
	if got, want := strings.Join(selectors(query), " | "), `a_bucket{b="c", f="g"} | up | {d=~"e"}`; got != want {
		t.Errorf("selectors = %s, want %s", got, want)
	}
}

func TestQueriesAreOfTheChosenServicesAndEnvironments(t *testing.T) {
	t.Parallel()
	// The stack's own programs serve all services.
	stack := regexp.MustCompile(`^(otelcol_|prometheus_|loki_|tempo_|up$)`)
	for _, p := range everyPanel(t) {
		for _, q := range p.Targets {
			for _, selector := range selectors(q.prometheus()) {
				scoped := strings.Contains(selector, `service_name=~"$service"`) &&
					strings.Contains(selector, `deployment_environment_name=~"$environment"`)
				if !scoped && !stack.MatchString(selector) {
					t.Errorf("%s: %s does not use $service and $environment", p.where, selector)
				}
			}
			if q.Source.Type == "loki" && (!strings.Contains(q.Expr, "$service") || !strings.Contains(q.Expr, "$environment")) {
				t.Errorf("%s: %s does not use $service and $environment", p.where, q.Expr)
			}
			if q.Source.Type == "tempo" && !strings.Contains(q.Query+q.Map, "$service") {
				t.Errorf("%s: %s does not use $service", p.where, q.Query+q.Map)
			}
		}
	}
}

// prometheus is the query if it is one of Prometheus.
func (q target) prometheus() string {
	if q.Source.Type != "prometheus" {
		return ""
	}
	return q.Expr
}

func TestWindowsFollowTheTimeRange(t *testing.T) {
	t.Parallel()
	fixed := map[string]string{
		"mario-business-metrics/Orders per hour":         "each bar is an hour",
		"mario-business-metrics/Revenue per hour":        "each bar is an hour",
		"mario-business-metrics/Completed and cancelled": "its line is where the alert fires, which looks at an hour",
		"mario-order-pipeline/Cancelled by stage":        "few are cancelled: shorter windows have none to compare",
		"neuroglia-overview/Age of telemetry":            "what ended is remembered for an hour",
		"neuroglia-telemetry-health/Age of telemetry":    "what ended is remembered for an hour",
	}
	needed := map[string]bool{}
	window := regexp.MustCompile(`\[([^\]]*)\]`)
	for _, p := range everyPanel(t) {
		for _, q := range p.Targets {
			// What a series was before the window is looked for in the hour before it.
			query := strings.ReplaceAll(q.prometheus(), "[1h] offset", "offset")
			for _, found := range window.FindAllStringSubmatch(query, -1) {
				switch found[1] {
				case "$__rate_interval", "$__range":
				default:
					needed[p.where] = true
					if fixed[p.where] == "" {
						t.Errorf("%s: window %s: use $__rate_interval for graphs and $__range for totals", p.where, found[1])
					}
				}
			}
		}
	}
	for where := range fixed {
		if !needed[where] {
			t.Errorf("%s has no window of its own any more: take it from the list", where)
		}
	}
}

func TestDurationsLeadToTraces(t *testing.T) {
	t.Parallel()
	without := map[string]string{
		"neuroglia-overview/Wait for a processor":       "the Go runtime measures it, outside of any trace",
		"neuroglia-telemetry-health/p95 of exports":     "an export is of many traces",
		"neuroglia-telemetry-health/p95 of collections": "a collection is of no trace",
	}
	for _, p := range everyPanel(t) {
		quantiles, exemplars := false, false
		for _, q := range p.Targets {
			quantiles = quantiles || strings.Contains(q.Expr, "histogram_quantile")
			exemplars = exemplars || q.Exemplar
		}
		if quantiles && p.Type == "timeseries" && p.Config.Defaults.Unit == "s" && !exemplars && without[p.where] == "" {
			t.Errorf("%s shows durations without exemplars", p.where)
		}
	}
}

func TestDatasourcesAreVariables(t *testing.T) {
	t.Parallel()
	for _, of := range pages(t) {
		var all []source
		for _, p := range of.all() {
			if p.Type != "row" && p.Type != "text" && p.Datasource == nil {
				t.Errorf("%s: panel %q has no datasource", of.UID, p.Title)
			}
			if p.Datasource != nil {
				all = append(all, *p.Datasource)
			}
			for _, q := range p.Targets {
				all = append(all, q.Source)
			}
		}
		for _, v := range of.Templating.List {
			if v.Datasource != nil {
				all = append(all, *v.Datasource)
			}
		}
		for _, a := range of.Annotations.List {
			if a.BuiltIn == 0 {
				all = append(all, a.Datasource)
			}
		}
		for _, s := range all {
			name := strings.TrimSuffix(strings.TrimPrefix(s.UID, "${"), "}")
			if "${"+name+"}" != s.UID || !of.has(name) {
				t.Errorf("%s reads datasource %q, which is no variable of it", of.UID, s.UID)
			}
		}
	}
}

func TestEveryVariableIsUsedByAPanel(t *testing.T) {
	t.Parallel()
	for _, of := range pages(t) {
		var used strings.Builder
		for _, p := range of.all() {
			for _, q := range p.Targets {
				used.WriteString(q.Source.UID + " " + q.Expr + " " + q.Query + " " + q.Map + "\n")
			}
		}
		for _, v := range of.Templating.List {
			if !regexp.MustCompile(`\$\{?` + v.Name + `\b`).MatchString(used.String()) {
				t.Errorf("%s has a variable %s that no panel uses", of.UID, v.Name)
			}
		}
	}
}
