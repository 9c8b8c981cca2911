package dashboards_test

import (
	"slices"
	"testing"
)

func TestDashboardsAreKnownByTheNameOfTheirFile(t *testing.T) {
	t.Parallel()
	const schema = 39 // the newest that is no object of Kubernetes
	for _, p := range pages(t) {
		if p.UID != p.file || p.SchemaVersion != schema {
			t.Errorf("%s.json has uid %q and schema %d, want the name and %d", p.file, p.UID, p.SchemaVersion, schema)
		}
	}
}

func TestPanelsSayWhatTheyShow(t *testing.T) {
	t.Parallel()
	values := []string{"stat", "timeseries", "bargauge", "barchart", "heatmap"}
	for _, p := range everyPanel(t) {
		if p.Title == "" || p.Description == "" || p.Config.Defaults.NoValue == "" {
			t.Errorf("%s: description %q, text without values %q: all must be there", p.where, p.Description,
				p.Config.Defaults.NoValue)
		}
		if slices.Contains(values, p.Type) && p.Config.Defaults.Unit == "" {
			t.Errorf("%s: its values have no unit", p.where)
		}
	}
}

func TestTitlesAndIdentitiesAreUnique(t *testing.T) {
	t.Parallel()
	for _, of := range pages(t) {
		titles, ids := map[string]bool{}, map[int]bool{}
		for _, p := range of.all() {
			if p.Type != "row" && titles[p.Title] {
				t.Errorf("%s has two panels %q", of.UID, p.Title)
			}
			if p.ID == 0 || ids[p.ID] {
				t.Errorf("%s: panel %q has identity %d, of another or none", of.UID, p.Title, p.ID)
			}
			titles[p.Title], ids[p.ID] = titles[p.Title] || p.Type != "row", true
		}
	}
}

func TestPanelsHaveAPlaceOfTheirOwnInTheGrid(t *testing.T) {
	t.Parallel()
	const columns = 24
	for _, of := range pages(t) {
		layers := [][]panel{of.Panels}
		for _, p := range of.Panels {
			if len(p.Panels) > 0 {
				layers = append(layers, append([]panel{p}, p.Panels...)) // as it looks when it is opened
			}
		}
		for _, layer := range layers {
			for i, p := range layer {
				if p.Grid.X < 0 || p.Grid.Y < 0 || p.Grid.W < 1 || p.Grid.H < 1 || p.Grid.X+p.Grid.W > columns {
					t.Errorf("%s: panel %q is out of the grid: %+v", of.UID, p.Title, p.Grid)
				}
				for _, other := range layer[:i] {
					if p.Grid.overlaps(other.Grid) {
						t.Errorf("%s: panel %q covers %q", of.UID, p.Title, other.Title)
					}
				}
			}
		}
	}
}

func (p place) overlaps(other place) bool {
	return p.X < other.X+other.W && other.X < p.X+p.W && p.Y < other.Y+other.H && other.Y < p.Y+p.H
}

func TestTheFirstRowAnswersWithFewNumbers(t *testing.T) {
	t.Parallel()
	const most = 6
	for _, of := range pages(t) {
		if of.Panels[0].Type != "row" {
			t.Errorf("%s does not begin with a row", of.UID)
		}
		stats := 0
		for _, p := range of.Panels[1:] {
			if p.Type == "row" {
				break
			}
			if p.Type == "stat" {
				stats++
			}
		}
		if stats == 0 || stats > most {
			t.Errorf("the first row of %s has %d numbers, want 1 to %d", of.UID, stats, most)
		}
	}
}

func TestPanelsAreOfAKindThatGrafanaKeeps(t *testing.T) {
	t.Parallel()
	kept := []string{"stat", "timeseries", "bargauge", "barchart", "heatmap", "table", "logs", "nodeGraph", "text"}
	for _, p := range everyPanel(t) {
		if !slices.Contains(kept, p.Type) {
			t.Errorf("%s is a %s: use one of %q", p.where, p.Type, kept)
		}
	}
}

func TestThresholdsAscend(t *testing.T) {
	t.Parallel()
	for _, p := range everyPanel(t) {
		for i, s := range p.Config.Defaults.Thresholds.Steps {
			if (s.Value == nil) != (i == 0) {
				t.Fatalf("%s: step %d begins at %v: the first has no beginning, and all others have one", p.where, i, s.Value)
			}
			if i > 1 && *s.Value <= *p.Config.Defaults.Thresholds.Steps[i-1].Value {
				t.Errorf("%s: step %d begins at %v, which is not above the one before", p.where, i, *s.Value)
			}
		}
	}
}
