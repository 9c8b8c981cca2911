package rules_test

import (
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/neuroglia-go/neuroglia/dashboards/rules"
)

// story is what makes an alert fire, and what almost does. Times are in minutes.
type story struct {
	alert string
	given []series

	quietUntil, firesAt, resolvedAt int
	// fires are the alerts that do; they have the same severity.
	fires    []firing
	severity string

	nearMisses map[string][]series
	// besideAll is for alerts about what other rules make: all of them are evaluated, not only those of the alert's file.
	besideAll bool
}

// firing is what an alert says.
type firing struct {
	labels               map[string]string // without name and severity
	summary, description string
}

// check is one of promtool's tests of alerts.
type check struct {
	Eval   string     `yaml:"eval_time"`
	Name   string     `yaml:"alertname"`
	Expect []expected `yaml:"exp_alerts"`
}

type expected struct {
	Labels      map[string]string `yaml:"exp_labels"`
	Annotations map[string]string `yaml:"exp_annotations"`
}

// sample is one of promtool's tests of queries.
type sample struct {
	Query  string        `yaml:"expr"`
	Eval   string        `yaml:"eval_time"`
	Expect []valueOfName `yaml:"exp_samples"`
}

type valueOfName struct {
	Labels string  `yaml:"labels"`
	Value  float64 `yaml:"value"`
}

// promtool runs its tests of the files of rules on the series.
func promtool(t *testing.T, files []string, given []series, alerts []check, samples []sample) {
	t.Helper()
	promtoolEvery(t, "1m", files, given, alerts, samples)
}

// promtoolEvery has a value of each series, and evaluates the rules, every so often.
func promtoolEvery(t *testing.T, interval string, files []string, given []series, alerts []check, samples []sample) {
	t.Helper()
	type group struct {
		Interval string   `yaml:"interval"`
		Input    []series `yaml:"input_series"`
		Alerts   []check  `yaml:"alert_rule_test,omitempty"`
		Samples  []sample `yaml:"promql_expr_test,omitempty"`
	}
	text, err := yaml.Marshal(map[string]any{
		"rule_files": files, "evaluation_interval": interval, "fuzzy_compare": true,
		"tests": []group{{Interval: interval, Input: append(running(given), given...), Alerts: alerts, Samples: samples}},
	})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "test.yml")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	run(t, "test", "rules", file)
}

// files writes rules to a folder of the test.
func files(t *testing.T, all ...rules.File) []string {
	t.Helper()
	folder := t.TempDir()
	var names []string
	for _, file := range all {
		text, err := file.YAML()
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.Join(folder, file.Name+".yml")
		if err := os.WriteFile(name, text, 0o600); err != nil {
			t.Fatal(err)
		}
		names = append(names, name)
	}
	return names
}

func run(t *testing.T, arguments ...string) {
	t.Helper()
	tool, err := filepath.Abs("../../.bin/promtool")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(tool); err != nil {
		t.Fatalf("promtool is missing: run make %s", tool)
	}
	out, err := exec.CommandContext(t.Context(), tool, arguments...).CombinedOutput()
	if err != nil {
		t.Errorf("promtool %s: %v\n%s", strings.Join(arguments[:2], " "), err, out)
	}
}

func minute(n int) string { return strconv.Itoa(n) + "m" }

// quiet are checks that an alert does not fire from a minute to another.
func quiet(alert string, from, to int) []check {
	var checks []check
	for n := from; n <= to; n++ {
		checks = append(checks, check{Eval: minute(n), Name: alert, Expect: []expected{}})
	}
	return checks
}

// length is the last minute of the series.
func length(given []series) int {
	longest := 0
	for _, s := range given {
		longest = max(longest, len(strings.Fields(s.Values)))
	}
	return longest - 1
}

// expects is what promtool should see of the story's alerts.
func (s story) expects(a rules.Alert) []expected {
	all := make([]expected, len(s.fires))
	for i, f := range s.fires {
		labels := map[string]string{"alertname": s.alert, "severity": s.severity}
		maps.Copy(labels, f.labels)
		dashboard := "http://localhost:3001/d/" + a.Board
		if service, ok := labels["service_name"]; ok {
			dashboard += "?var-service=" + service
		}
		all[i] = expected{Labels: labels, Annotations: map[string]string{
			"summary": f.summary, "description": f.description, "dashboard": dashboard,
			"runbook_url": "https://github.com/neuroglia-go/neuroglia/blob/main/docs/runbooks.md#" + strings.ToLower(s.alert),
		}}
	}
	return all
}

func stories() []story {
	return slices.Concat(httpStories(), admissionStories(), messageStories(), eventStories(), repositoryStories(), processStories(), serviceStories(),
		exportStories(), collectorStories(), pizzeriaStories(), outboxStories(), busStories())
}

func alerts() []rules.Alert {
	var all []rules.Alert
	for _, file := range rules.All() {
		for _, group := range file.Groups {
			all = append(all, group.Alerts...)
		}
	}
	return all
}

// of returns the story's alert and the rules it is evaluated with.
func (s story) of(t *testing.T) (rules.Alert, []string) {
	t.Helper()
	for _, file := range rules.All() {
		for _, group := range file.Groups {
			for _, a := range group.Alerts {
				if a.Name != s.alert {
					continue
				}
				if s.besideAll {
					return a, files(t, rules.All()...)
				}
				return a, files(t, file)
			}
		}
	}
	t.Fatalf("there is no alert %s", s.alert)
	return rules.Alert{}, nil
}

func TestAlertsFireAndResolve(t *testing.T) {
	t.Parallel()
	for _, s := range stories() {
		t.Run(path.Join(s.alert, s.fires[0].labels["signal"]), func(t *testing.T) {
			t.Parallel()
			if s.quietUntil < 0 || s.firesAt <= s.quietUntil || s.resolvedAt <= s.firesAt {
				t.Fatalf("the story of %s does not say when it is quiet, fires and is resolved", s.alert)
			}
			if last := length(s.given); s.resolvedAt > last {
				t.Fatalf("resolved in minute %d, after the last one, %d", s.resolvedAt, last)
			}
			alert, evaluated := s.of(t)
			fires := check{Eval: minute(s.firesAt), Name: s.alert, Expect: s.expects(alert)}
			promtool(t, evaluated, s.given, slices.Concat(quiet(s.alert, 0, s.quietUntil), []check{fires},
				quiet(s.alert, s.resolvedAt, length(s.given))), nil)
		})
	}
}

func TestAlertsStaySilent(t *testing.T) {
	t.Parallel()
	for _, s := range stories() {
		for what, given := range s.nearMisses {
			t.Run(s.alert+"/"+what, func(t *testing.T) {
				t.Parallel()
				_, evaluated := s.of(t)
				promtool(t, evaluated, given, quiet(s.alert, 0, length(given)), nil)
			})
		}
	}
}

func TestEveryAlertHasAStoryAndANearMiss(t *testing.T) {
	t.Parallel()
	for _, a := range alerts() {
		told, missed := false, false
		for _, s := range stories() {
			if s.alert != a.Name {
				continue
			}
			told = told || slices.ContainsFunc(s.fires, func(f firing) bool { return contains(f.labels, a.Labels) })
			missed = missed || len(s.nearMisses) > 0
		}
		if !told || !missed {
			t.Errorf("%s %v: a story in which it fires: %t, one in which it almost does: %t", a.Name, a.Labels, told, missed)
		}
	}
}

func contains(all, some map[string]string) bool {
	for name, value := range some {
		if all[name] != value {
			return false
		}
	}
	return true
}

func TestPrometheusAcceptsTheRules(t *testing.T) {
	t.Parallel()
	run(t, append([]string{"check", "rules", "--lint=all", "--lint-fatal"}, files(t, rules.All()...)...)...)
}
