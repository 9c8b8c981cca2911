package prove_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/neuroglia-go/neuroglia/dashboards/promql"
	"github.com/neuroglia-go/neuroglia/telemetry/registry"
)

// exported are the ids of all traces of which a span was exported.
func exported(t *testing.T) map[string]bool {
	t.Helper()
	files, err := filepath.Glob(strings.TrimSuffix(shared.TraceFile(), ".jsonl") + "*")
	if err != nil || len(files) == 0 {
		t.Fatalf("the collector has written %d files of spans, %v", len(files), err)
	}
	ids := map[string]bool{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range regexp.MustCompile(`"traceId":"([0-9a-f]{32})"`).FindAllSubmatch(text, -1) {
			ids[string(found[1])] = true
		}
	}
	return ids
}

// exemplars are the trace ids of the samples that a query has.
func exemplars(t *testing.T, query string) []string {
	t.Helper()
	found, err := shared.prometheus.QueryExemplars(t.Context(), query, shared.at.Add(-traffic), shared.at)
	if err != nil {
		t.Errorf("ask for exemplars of %s: %v", query, err)
		return nil
	}
	var ids []string
	for _, series := range found {
		for _, e := range series.Exemplars {
			ids = append(ids, string(e.Labels["trace_id"]))
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

func TestSamplesOfMetricsLeadToTraces(t *testing.T) {
	t.Parallel()
	spans := exported(t)
	for name, b := range boards(t) {
		for _, p := range b.all() {
			for _, q := range p.Targets {
				if !q.Exemplar {
					continue
				}
				var ids []string
				for _, chosen := range choices() {
					ids = append(ids, exemplars(t, substitute(q.Expr, chosen))...)
				}
				if len(ids) == 0 {
					t.Errorf("%s, panel %s has no sample that leads to a trace: %s", name, p.Title, q.Expr)
				}
				for _, id := range ids {
					if !spans[id] {
						t.Errorf("%s, panel %s: no span of the trace %s was exported", name, p.Title, id)
						break
					}
				}
			}
		}
	}
}

func TestTracesOfCommandsLeadToLogs(t *testing.T) {
	t.Parallel()
	ids := exemplars(t, promql.Name(registry.CommandDuration())+"_bucket")
	if len(ids) == 0 {
		t.Fatal("no command has a sample that leads to a trace")
	}
	for _, id := range ids {
		// The query of the link from a trace to its logs, in deployment/grafana/datasources.
		records, err := shared.logs(t.Context(), `{service_name="mario-pizzeria"} | trace_id="`+id+`"`)
		if err != nil || len(records) == 0 {
			t.Errorf("the trace %s has %d log records, %v", id, len(records), err)
		}
	}
}

func TestAnOrderIsFoundInTheLogsAndLeadsToItsTrace(t *testing.T) {
	t.Parallel()
	spans := exported(t)
	records, err := shared.logs(t.Context(), `{service_name="mario-pizzeria"} | order_id="`+shared.order+`"`)
	if err != nil || len(records) == 0 {
		t.Fatalf("order %s has %d log records, %v", shared.order, len(records), err)
	}
	for _, r := range records {
		if trace := r.labels["trace_id"]; !spans[trace] {
			t.Errorf("a log record of order %s leads to no trace: %v", shared.order, r)
		}
	}
}
