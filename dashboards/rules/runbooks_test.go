package rules_test

import (
	"cmp"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.opentelemetry.io/otel/attribute"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"

	"github.com/neuroglia-go/neuroglia/dashboards/promql"
	"github.com/neuroglia-go/neuroglia/dashboards/rules"
	mario "github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/observability"
	"github.com/neuroglia-go/neuroglia/telemetry"
	"github.com/neuroglia-go/neuroglia/telemetry/registry"
)

// runbooks returns the sections of the runbooks by their headings.
func runbooks(t *testing.T) map[string]string {
	t.Helper()
	text, err := os.ReadFile("../../docs/runbooks.md")
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	for _, section := range strings.Split(string(text), "\n## ")[1:] {
		heading, body, _ := strings.Cut(section, "\n")
		if _, twice := found[heading]; twice {
			t.Errorf("docs/runbooks.md has two sections %s", heading)
		}
		found[heading] = body
	}
	return found
}

func TestEachAlertHasARunbook(t *testing.T) {
	t.Parallel()
	sections := runbooks(t)
	for _, a := range alerts() {
		body, ok := sections[a.Name]
		if !ok {
			t.Errorf("docs/runbooks.md has no section ## %s", a.Name)
			continue
		}
		for _, part := range []string{"**Users**", "**Confirm**", "**Causes**", "**Do**", "**Ignore**", `"` + a.Panel + `"`} {
			if !strings.Contains(body, part) {
				t.Errorf("the runbook of %s does not say %s", a.Name, part)
			}
		}
	}
}

func TestEachRunbookIsOfAnAlert(t *testing.T) {
	t.Parallel()
	for heading := range runbooks(t) {
		if !slices.ContainsFunc(alerts(), func(a rules.Alert) bool { return a.Name == heading }) {
			t.Errorf("docs/runbooks.md has a section %s, and there is no such alert", heading)
		}
	}
}

// The panels that a runbook names in quotes are there, on some dashboard.
func TestRunbooksNamePanelsThatAreThere(t *testing.T) {
	t.Parallel()
	titles := map[string]bool{}
	for _, all := range panels(t) {
		for _, p := range all {
			titles[p.Title] = true
		}
	}
	quoted := regexp.MustCompile(`"([A-Z][^"]*)"`)
	for heading, body := range runbooks(t) {
		for _, title := range quoted.FindAllStringSubmatch(fenced().ReplaceAllString(body, ""), -1) {
			if !titles[strings.ReplaceAll(title[1], "\n", " ")] {
				t.Errorf("the runbook of %s names %q, and there is no panel or row of the title", heading, title[1])
			}
		}
	}
}

func fenced() *regexp.Regexp { return regexp.MustCompile("(?ms)^```promql\n(.*?)^```") }

// A query that finds nothing while its alert fires is of metrics or labels that there are not.
func TestQueriesOfRunbooksFindSomethingWhileTheAlertFires(t *testing.T) {
	t.Parallel()
	for heading, body := range runbooks(t) {
		queries := fenced().FindAllStringSubmatch(body, -1)
		if len(queries) == 0 {
			t.Errorf("the runbook of %s has no query to confirm it with", heading)
		}
		for _, query := range queries {
			t.Run(heading, func(t *testing.T) {
				t.Parallel()
				i := slices.IndexFunc(stories(), func(s story) bool { return s.alert == heading })
				if i < 0 {
					t.Fatal("it has no story")
				}
				s := stories()[i]
				_, evaluated := s.of(t)
				promtool(t, evaluated, append(everything(s.firesAt), s.allGiven()...), nil, []sample{{
					Query: "count(" + query[1] + ") > bool 0", Eval: minute(s.firesAt), Expect: []valueOfName{{Labels: "{}", Value: 1}},
				}})
			})
		}
	}
}

// A query by a label that is not there finds something, but not what it should.
func TestQueriesOfRunbooksGroupByLabelsThatThereAre(t *testing.T) {
	t.Parallel()
	known := []string{"le", "__name__", "exporter", "receiver", "data_type"} // of Prometheus and the collector
	for _, m := range slices.Concat(registry.Metrics(), mario.Metrics()) {
		for _, key := range append(m.Attributes, promql.Promoted()...) {
			known = append(known, promql.Label(key))
		}
	}
	for heading, body := range runbooks(t) {
		for _, by := range regexp.MustCompile(`\bby \(([^)]*)\)`).FindAllStringSubmatch(body, -1) {
			for label := range strings.SplitSeq(by[1], ", ") {
				if !slices.Contains(known, label) {
					t.Errorf("the runbook of %s groups by %s, which no attribute is", heading, label)
				}
			}
		}
	}
}

// allGiven are the series of all stories of the alert.
func (s story) allGiven() []series {
	var given []series
	for _, other := range stories() {
		if other.alert == s.alert {
			given = append(given, other.given...)
		}
	}
	slices.SortStableFunc(given, func(a, b series) int { return strings.Compare(a.Series, b.Series) })
	return slices.CompactFunc(given, func(a, b series) bool { return a.Series == b.Series })
}

// everything are series of all declared metrics, of work that fails.
func everything(minutes int) []series {
	values := map[attribute.Key]string{
		registry.Outcome: registry.Failure, semconv.HTTPResponseStatusCodeKey: "500", semconv.HTTPRequestMethodKey: "POST",
		semconv.HTTPRouteKey: "/api/orders",
	}
	var all []series
	for _, m := range slices.Concat(registry.Metrics(), mario.Metrics()) {
		attributes := []attribute.KeyValue{semconv.ServiceVersion("other")} // apart from the series of stories
		for _, key := range m.Attributes {
			attributes = append(attributes, key.String(cmp.Or(values[key], "any")))
		}
		if m.Kind == telemetry.KindHistogram {
			all = append(all, measured(m, map[float64]timeline{0: begin(0).grow(minutes, 1)}, attributes...)...)
			continue
		}
		all = append(all, counted(m, begin(0).grow(minutes, 1), attributes...))
	}
	return all
}
