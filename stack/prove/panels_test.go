package prove_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/common/model"
)

// quiet are the queries of panels that may have no value, by what their metrics' names begin with, and why.
func quiet() map[string]string {
	return map[string]string{
		"tempo_":                              "no Tempo can be built here",
		"otelcol_receiver_refused_":           "nothing is refused while the stores take all; TestABadDayIsSeen shows it",
		"otelcol_receiver_failed_":            "nothing fails while the stores take all",
		"otelcol_exporter_send_failed_":       "nothing is given up while the stores take all; TestABadDayIsSeen shows it",
		"otelcol_exporter_enqueue_failed_":    "no queue is full; TestABadDayIsSeen shows it",
		"loki_discarded_samples_total":        "Loki takes all",
		"otelcol_exporter_sent_spans_total":   "spans go to a file while there is no Tempo, and its exporter counts none",
		"prometheus_tsdb_out_of_order_":       "Prometheus counts these for its blocks only, when there are some",
		"prometheus_rule_evaluation_failures": "it is there at zero, and asked for all the same",
	}
}

func silent(query string) bool {
	for prefix := range quiet() {
		if strings.Contains(query, prefix) {
			return true
		}
	}
	return false
}

func TestEveryPanelShowsWhatIsEmitted(t *testing.T) {
	t.Parallel()
	for name, b := range boards(t) {
		for _, p := range b.all() {
			for _, q := range p.Targets {
				t.Run(name+"/"+p.Title+"/"+q.RefID, func(t *testing.T) {
					t.Parallel()
					showsSomething(t, q, strings.HasPrefix(p.Title, "Fail"))
				})
			}
		}
	}
}

// showsSomething fails the test if a target is wrong for any choice of the variables, or has no value for all of them. One of
// failures must have seen those that were made.
func showsSomething(t *testing.T, q target, failures bool) {
	t.Helper()
	values, query, some := 0, "", false
	for _, chosen := range choices() {
		switch q.Datasource.UID {
		case "${metrics}":
			query = substitute(q.Expr, chosen)
			ask := shared.inTime
			if q.Instant {
				ask = shared.instant
			}
			value, err := ask(t.Context(), query)
			if err != nil {
				t.Fatal(err)
			}
			values += numbers(value)
			some = some || above(value)
		case "${logs}":
			query = substitute(q.Expr, chosen)
			records, err := shared.logs(t.Context(), query)
			if err != nil {
				t.Fatal(err)
			}
			values += len(records)
		case "${traces}":
			return // TestTempoTakesEveryQuery
		default:
			t.Fatalf("its datasource %q is none of the dashboard's variables", q.Datasource.UID)
		}
		if strings.Contains(strings.ReplaceAll(query, `"$1"`, ""), "$") { // what label_replace found is no variable
			t.Fatalf("a variable is unknown: %s", query)
		}
	}
	if failures && !some && q.Datasource.UID == "${metrics}" && !silent(query) {
		t.Errorf("it has not seen a failure:\n%s", query)
	}
	if values == 0 && !silent(query) {
		t.Errorf("no data, neither for all services nor for one:\n%s", query)
	}
}

func TestEveryVariableHasValues(t *testing.T) {
	t.Parallel()
	for name, b := range boards(t) {
		for _, v := range b.Templating.List {
			if v.Type != "query" {
				continue
			}
			t.Run(name+"/"+v.Name, func(t *testing.T) {
				t.Parallel()
				definition := substitute(v.Definition, choices()[0])
				if query, ok := strings.CutPrefix(definition, "query_result("); ok {
					if !shared.found(t, strings.TrimSuffix(query, ")")) {
						t.Errorf("no value: %s", definition)
					}
					return
				}
				inside := strings.TrimSuffix(strings.TrimPrefix(definition, "label_values("), ")")
				cut := strings.LastIndex(inside, ", ")
				values, _, err := shared.prometheus.LabelValues(t.Context(), inside[cut+2:], []string{inside[:cut]}, shared.at.Add(-traffic), shared.at)
				if err != nil || len(values) == 0 {
					t.Errorf("values %v, error %v: %s", values, err, definition)
				}
			})
		}
	}
}

func TestEveryAnnotationCanBeAsked(t *testing.T) {
	t.Parallel()
	for name, b := range boards(t) {
		for _, a := range b.Annotations.List {
			if a.Expr == "" {
				continue
			}
			if _, err := shared.inTime(t.Context(), substitute(a.Expr, choices()[0])); err != nil {
				t.Errorf("%s: annotation %s: %v", name, a.Name, err)
			}
		}
	}
}

// TestEveryNameInAQueryIsEmitted finds metrics and labels that a query names and nobody has, also where another part of
// the query has a value.
func TestEveryNameInAQueryIsEmitted(t *testing.T) {
	t.Parallel()
	for name, b := range boards(t) {
		for _, p := range b.all() {
			for _, q := range p.Targets {
				if q.Expr != "" && q.Datasource.UID == "${metrics}" {
					namesAreEmitted(t, name+", panel "+p.Title, substitute(q.Expr, choices()[0]))
				}
			}
		}
	}
	for _, r := range rules(t) {
		namesAreEmitted(t, "rule "+r.name, r.query)
	}
}

func namesAreEmitted(t *testing.T, where, query string) {
	t.Helper()
	selectors, err := shared.selectors(t.Context(), query)
	if err != nil {
		t.Errorf("%s: %v", where, err)
		return
	}
	for _, s := range selectors {
		if s.metric == "" || silent(s.metric) {
			continue
		}
		if !shared.found(t, "last_over_time("+s.metric+"[5m])") {
			t.Errorf("%s: nobody emits the metric %s:\n%s", where, s.metric, query)
			continue
		}
		for _, label := range s.labels {
			if label != "__name__" && label != "le" && !shared.found(t, "last_over_time("+s.metric+"{"+label+`!=""}[5m])`) {
				t.Errorf("%s: %s has no label %s:\n%s", where, s.metric, label, query)
			}
		}
		for _, asked := range s.values {
			if asked[1] != choices()[0]["message"] && !shared.found(t, fmt.Sprintf("last_over_time(%s{%s=%q}[5m])", s.metric, asked[0], asked[1])) {
				t.Errorf("%s: %s is never %s in %s:\n%s", where, asked[0], asked[1], s.metric, query)
			}
		}
	}
}

func TestEveryRuleIsEvaluated(t *testing.T) {
	t.Parallel()
	for _, r := range rules(t) {
		if r.health != "ok" {
			t.Errorf("rule %s is %s: %s", r.name, r.health, r.failure)
		}
		if !r.alert && !shared.found(t, r.name) {
			t.Errorf("nothing is recorded as %s: %s", r.name, r.query)
		}
	}
}

func TestTheQueriesOfTheRequirementsAnswer(t *testing.T) {
	t.Parallel()
	value, err := shared.instant(t.Context(), "rate(neuroglia_command_duration_count[5m])")
	if err != nil || numbers(value) == 0 {
		t.Errorf("rate(neuroglia_command_duration_count[5m]) = %v, %v", value, err)
	}
	if vector, ok := value.(model.Vector); ok && !slices.ContainsFunc(vector, func(s *model.Sample) bool {
		return s.Metric["neuroglia_message_type"] == "PlaceOrder" && s.Value > 0
	}) {
		t.Errorf("rate(neuroglia_command_duration_count[5m]) does not know PlaceOrder: %v", value)
	}
	records, err := shared.logs(t.Context(), `{service_name="mario-pizzeria"}`)
	if err != nil || len(records) == 0 {
		t.Errorf(`{service_name="mario-pizzeria"} = %d records, %v`, len(records), err)
	}
	for _, r := range records {
		if r.labels["trace_id"] != "" {
			return
		}
	}
	t.Errorf("no log record has a trace_id: %v", records)
}
