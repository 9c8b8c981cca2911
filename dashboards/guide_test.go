package dashboards_test

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/neuroglia-go/neuroglia/dashboards/promql"
	"github.com/neuroglia-go/neuroglia/dashboards/rules"
	mario "github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/observability"
	"github.com/neuroglia-go/neuroglia/telemetry/registry"
)

// guide is the document of how to read the dashboards.
func guide(t *testing.T) string {
	t.Helper()
	return documents(t)["../docs/samples/mario-pizzeria-observability.md"]
}

// documents returns the guides by their path.
func documents(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, path := range []string{
		"../docs/samples/mario-pizzeria-observability.md", "../docs/guides/opentelemetry-integration.md",
		"../docs/guides/otel-framework-integration-analysis.md", "../docs/guides/production.md",
	} {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		found[path] = string(text)
	}
	return found
}

func TestTheGuideListsThePizzeriasMetrics(t *testing.T) {
	t.Parallel()
	var want strings.Builder
	want.WriteString("| metric | in Prometheus | instrument, unit | what it is | attributes |\n|---|---|---|---|---|\n")
	for _, m := range mario.Metrics() {
		var keys []string
		for _, key := range m.Attributes {
			keys = append(keys, "`"+string(key)+"`")
		}
		fmt.Fprintf(&want, "| `%s` | `%s` | %s, %s | %s | %s |\n",
			m.Name, promql.Name(m), m.Kind, m.Unit, m.Description, strings.Join(keys, ", "))
	}
	if !strings.Contains(guide(t), "\n\n"+want.String()+"\n") {
		t.Errorf("docs/samples/mario-pizzeria-observability.md does not have this table:\n%s", want.String())
	}
}

func TestTheGuideExplainsEachRowOfEachDashboard(t *testing.T) {
	t.Parallel()
	sections := map[string]string{}
	for _, section := range strings.Split(guide(t), "\n### ")[1:] {
		heading, body, _ := strings.Cut(section, "\n")
		sections[heading], _, _ = strings.Cut(body, "\n## ")
	}
	for _, of := range pages(t) {
		body, there := sections[of.Title]
		if !there || !strings.Contains(body, "`"+of.UID+"`") {
			t.Errorf("the guide has no section ### %s that says `%s`", of.Title, of.UID)
		}
		var want []string
		for _, p := range of.Panels {
			if p.Type == "row" {
				want = append(want, p.Title)
			}
		}
		var got []string
		for _, row := range regexp.MustCompile(`(?m)^\| ([^|]+) \| [^|]+ \| [^|]+ \| [^|]+ \|$`).FindAllStringSubmatch(body, -1) {
			got = append(got, row[1])
		}
		if len(got) == 0 || !slices.Equal(got[1:], want) {
			t.Errorf("below ### %s the guide explains the rows %q, want %q", of.Title, got, want)
		}
	}
}

// What stands in straight quotes and begins with a capital letter is the title of a panel or a row.
func TestGuidesNamePanelsThatAreThere(t *testing.T) {
	t.Parallel()
	titles := map[string]bool{}
	for _, of := range pages(t) {
		for _, p := range of.all() {
			titles[p.Title] = true
		}
	}
	code := regexp.MustCompile("(?ms)^```.*?^```|`[^`]*`")
	for path, text := range documents(t) {
		for _, quoted := range regexp.MustCompile(`"([A-Z][^"]*)"`).FindAllStringSubmatch(code.ReplaceAllString(text, ""), -1) {
			if !titles[strings.ReplaceAll(quoted[1], "\n", " ")] {
				t.Errorf("%s names %q, and there is no panel or row of the title", path, quoted[1])
			}
		}
	}
}

// Names in Prometheus of what the framework and the pizzeria emit are of declared metrics and attributes.
func TestGuidesNameMetricsThatAreThere(t *testing.T) {
	t.Parallel()
	known := map[string]bool{"neuroglia_doctor_run_duration_seconds_count": true} // what neuroglia doctor sends and reads back
	for _, m := range slices.Concat(registry.Metrics(), mario.Metrics()) {
		for _, suffix := range []string{"", "_bucket", "_sum", "_count"} {
			known[promql.Name(m)+suffix] = true
		}
	}
	for _, a := range registry.Attributes() {
		known[promql.Label(a.Key)] = true
	}
	for _, file := range rules.All() {
		for _, group := range file.Groups {
			for _, recording := range group.Recordings {
				known[recording.Name] = true
			}
		}
	}
	name := regexp.MustCompile(`\b(mario|neuroglia|http_server|http_client|db_client|messaging_client|messaging_process)_[a-zA-Z_]*[a-zA-Z]\b`)
	for path, text := range documents(t) {
		for _, found := range name.FindAllString(text, -1) {
			if !known[found] {
				t.Errorf("%s names %s, which is of no declared metric or attribute", path, found)
			}
		}
	}
}
