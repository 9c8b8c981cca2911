package dashboards_test

import (
	"encoding/json"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const shipped = "../deployment/grafana/dashboards/json"

// page is a dashboard as it is shipped: what these tests know of Grafana's model.
type page struct {
	file          string
	UID           string  `json:"uid"`
	Title         string  `json:"title"`
	SchemaVersion int     `json:"schemaVersion"`
	Panels        []panel `json:"panels"`
	Templating    struct {
		List []variable `json:"list"`
	} `json:"templating"`
	Annotations struct {
		List []annotation `json:"list"`
	} `json:"annotations"`
	Links []struct {
		KeepTime    bool `json:"keepTime"`
		IncludeVars bool `json:"includeVars"`
	} `json:"links"`
}

type variable struct {
	Name       string  `json:"name"`
	Type       string  `json:"type"`
	Datasource *source `json:"datasource"`
}

type annotation struct {
	Name       string `json:"name"`
	Datasource source `json:"datasource"`
	BuiltIn    int    `json:"builtIn"`
}

type source struct {
	Type string `json:"type"`
	UID  string `json:"uid"`
}

type panel struct {
	where       string
	ID          int      `json:"id"`
	Type        string   `json:"type"`
	Title       string   `json:"title"`
	Description string   `json:"description"`
	Datasource  *source  `json:"datasource"`
	Targets     []target `json:"targets"`
	Panels      []panel  `json:"panels"`
	Grid        place    `json:"gridPos"`
	Config      struct {
		Defaults struct {
			Unit       string `json:"unit"`
			NoValue    string `json:"noValue"`
			Links      []link `json:"links"`
			Thresholds struct {
				Steps []step `json:"steps"`
			} `json:"thresholds"`
		} `json:"defaults"`
	} `json:"fieldConfig"`
}

type target struct {
	Source   source `json:"datasource"`
	Expr     string `json:"expr"`
	Query    string `json:"query"`
	Map      string `json:"serviceMapQuery"`
	Exemplar bool   `json:"exemplar"`
}

type place struct {
	X int `json:"x"`
	Y int `json:"y"`
	W int `json:"w"`
	H int `json:"h"`
}

type link struct {
	Title string `json:"title"`
	URL   string `json:"url"`
}

type step struct {
	Value *float64 `json:"value"`
}

// pages returns the shipped dashboards.
func pages(t *testing.T) []page {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(shipped, "*.json"))
	if err != nil || len(names) == 0 {
		t.Fatalf("no dashboards in %s: run make generate (%v)", shipped, err)
	}
	all := make([]page, len(names))
	for i, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(text, &all[i]); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		all[i].file = strings.TrimSuffix(filepath.Base(name), ".json")
	}
	return all
}

// everyPanel are the panels of all dashboards, folded ones too, but not rows.
func everyPanel(t *testing.T) iter.Seq2[page, panel] {
	t.Helper()
	all := pages(t)
	return func(yield func(page, panel) bool) {
		for _, of := range all {
			for _, p := range of.all() {
				p.where = of.UID + "/" + p.Title
				if p.Type != "row" && !yield(of, p) {
					return
				}
			}
		}
	}
}

// all are the panels and rows.
func (p page) all() []panel {
	var all []panel
	for _, top := range p.Panels {
		all = append(append(all, top), top.Panels...)
	}
	return all
}

func (p page) has(name string) bool {
	return slices.ContainsFunc(p.Templating.List, func(v variable) bool { return v.Name == name })
}
