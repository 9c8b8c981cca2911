package prove_test

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// board is what these tests read of a dashboard.
type board struct {
	Panels     []panel `json:"panels"`
	Templating struct {
		List []variable `json:"list"`
	} `json:"templating"`
	Annotations struct {
		List []annotation `json:"list"`
	} `json:"annotations"`
}

type panel struct {
	Title   string   `json:"title"`
	Targets []target `json:"targets"`
	Panels  []panel  `json:"panels"` // of a folded row
}

type target struct {
	RefID      string `json:"refId"`
	Datasource struct {
		UID string `json:"uid"`
	} `json:"datasource"`
	Expr      string `json:"expr"`
	Query     string `json:"query"` // of Tempo
	QueryType string `json:"queryType"`
	Instant   bool   `json:"instant"`
	Exemplar  bool   `json:"exemplar"`
}

type variable struct {
	Name       string `json:"name"`
	Type       string `json:"type"`
	Definition string `json:"definition"`
}

type annotation struct {
	Name string `json:"name"`
	Expr string `json:"expr"`
}

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

// choices are what a reader may have chosen in the variables: all, and one. The order is one of those in the logs.
func choices() []map[string]string {
	all := map[string]string{
		"service": ".+", "environment": ".*", "order_id": "", "__rate_interval": rateOver, "__range": window, "__interval": "5s",
	}
	var chosen []map[string]string
	for _, message := range []string{"PlaceOrder", "GetMenu", "OrderCreatedEvent"} {
		c := maps.Clone(all)
		c["message"] = message
		if message == "OrderCreatedEvent" {
			c["service"], c["environment"], c["order_id"] = "mario-pizzeria", "proof", shared.order
		}
		chosen = append(chosen, c)
	}
	return chosen
}

// substitute puts the values of variables into a query, as Grafana does.
func substitute(query string, values map[string]string) string {
	for name, value := range values { // none is the beginning of another
		query = strings.ReplaceAll(query, "$"+name, value)
	}
	return query
}
