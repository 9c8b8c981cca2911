package prove_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// board is what these tests read of a dashboard.
type board struct {
	Title       string
	Panels      []panel
	Templating  struct{ List []variable }
	Annotations struct{ List []annotation }
}

type panel struct {
	Title   string
	Type    string
	Targets []target
	Panels  []panel // of a folded row
}

type target struct {
	RefID      string
	Datasource struct{ UID string }
	Expr       string
	Query      string // of Tempo
	QueryType  string
	Instant    bool
	Exemplar   bool
}

type variable struct {
	Name, Type, Definition, Regex string
	AllValue                      string
}

type annotation struct{ Name, Expr string }

// boards reads the shipped dashboards.
func boards(t *testing.T) map[string]board {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(root(), "deployment", "grafana", "dashboards", "json", "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("read dashboards: %v, %d files", err, len(files))
	}
	all := map[string]board{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var b board
		if err := json.Unmarshal(text, &b); err != nil {
			t.Fatalf("read %s: %v", file, err)
		}
		all[strings.TrimSuffix(filepath.Base(file), ".json")] = b
	}
	return all
}

// all are the panels, those of folded rows too.
func (b board) all() []panel {
	var panels []panel
	for _, p := range b.Panels {
		panels = append(append(panels, p), p.Panels...)
	}
	return panels
}

// choices are what a reader may have chosen in the variables: all, and one.
func choices() []map[string]string {
	all := map[string]string{
		"service": ".+", "environment": ".*", "order_id": "", "__rate_interval": rateOver, "__range": window, "__interval": "5s",
	}
	var chosen []map[string]string
	for _, message := range []string{"PlaceOrder", "GetMenu", "OrderCreatedEvent"} {
		c := map[string]string{}
		for name, value := range all {
			c[name] = value
		}
		c["message"] = message
		if message == "OrderCreatedEvent" {
			c["service"], c["environment"] = "mario-pizzeria", "proof"
		}
		chosen = append(chosen, c)
	}
	return chosen
}

// substitute puts the values of variables into a query, as Grafana does.
func substitute(query string, values map[string]string) string {
	for name, value := range values {
		query = strings.ReplaceAll(query, "${"+name+"}", value)
	}
	// The longest names first: $__range is the beginning of none, but $service could be.
	for _, name := range []string{"__rate_interval", "__interval", "__range", "environment", "order_id", "message", "service"} {
		query = strings.ReplaceAll(query, "$"+name, values[name])
	}
	return query
}
