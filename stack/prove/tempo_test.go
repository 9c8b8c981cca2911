package prove_test

import (
	"net/url"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/neuroglia-go/neuroglia/stack"
)

// TestTempoTakesEveryQuery needs Tempo on the PATH, which cannot be built from a module.
func TestTempoTakesEveryQuery(t *testing.T) {
	t.Parallel()
	queries := traceQueries(t)
	if len(queries) == 0 {
		t.Fatal("no dashboard asks Tempo")
	}
	if _, err := exec.LookPath("tempo"); err != nil {
		t.Skip("Tempo is not on the PATH: whether it takes the queries was not tried")
	}
	ports, err := stack.FreePorts()
	if err != nil {
		t.Fatal(err)
	}
	s, err := stack.Start(t.Context(), stack.Config{
		Root: root(), Data: t.TempDir(), Ports: ports, Interval: interval, Without: []string{"grafana"}, Output: os.Stderr,
	})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		s.Process("tempo").Kill() // it takes half a minute to stop, and nobody needs what it has
		if err := s.Stop(t.Context()); err != nil {
			t.Error(err)
		}
	}()
	for where, query := range queries {
		var answer any
		if err := get(t.Context(), s.URL("tempo")+"/api/search?"+url.Values{"q": {query}}.Encode(), &answer); err != nil {
			t.Errorf("%s: Tempo does not take %s: %v", where, query, err)
		}
	}
}

// traceQueries are those of all panels. Each is one line, with its quotes closed.
func traceQueries(t *testing.T) map[string]string {
	t.Helper()
	queries := map[string]string{}
	for name, b := range boards(t) {
		for _, p := range b.all() {
			for _, q := range p.Targets {
				if q.QueryType != "traceql" {
					continue
				}
				query := substitute(q.Query, choices()[0])
				if strings.ContainsAny(query, "$\n") || strings.Count(query, `"`)%2 != 0 || query == "" {
					t.Errorf("%s, panel %s asks Tempo %q", name, p.Title, query)
				}
				queries[name+", panel "+p.Title] = query
			}
		}
	}
	return queries
}
