package rules_test

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/neuroglia-go/neuroglia/dashboards/boards"
)

// shown is what these tests know of a panel.
type shown struct {
	Title       string  `json:"title"`
	Type        string  `json:"type"`
	Panels      []shown `json:"panels"`
	FieldConfig struct {
		Defaults struct {
			Thresholds struct {
				Steps []struct {
					Value *float64 `json:"value"`
				} `json:"steps"`
			} `json:"thresholds"`
		} `json:"defaults"`
	} `json:"fieldConfig"`
}

// panels returns the panels of each dashboard, folded ones too.
func panels(t *testing.T) map[string][]shown {
	t.Helper()
	found := map[string][]shown{}
	for _, board := range boards.All() {
		text, err := board.JSON()
		if err != nil {
			t.Fatal(err)
		}
		var page struct {
			Panels []shown `json:"panels"`
		}
		if err := json.Unmarshal(text, &page); err != nil {
			t.Fatal(err)
		}
		for _, p := range page.Panels {
			found[board.UID] = append(append(found[board.UID], p), p.Panels...)
		}
	}
	return found
}

func TestAlertsLeadToAPanelThatIsColouredFromTheirLimitOn(t *testing.T) {
	t.Parallel()
	all := panels(t)
	for _, a := range alerts() {
		i := slices.IndexFunc(all[a.Board], func(p shown) bool { return p.Title == a.Panel && p.Type != "row" })
		if i < 0 {
			t.Errorf("%s leads to panel %q of dashboard %s, which has none of the name", a.Name, a.Panel, a.Board)
			continue
		}
		coloured := a.Limit == 0
		for _, step := range all[a.Board][i].FieldConfig.Defaults.Thresholds.Steps {
			coloured = coloured || step.Value != nil && *step.Value == a.Limit
		}
		if !coloured {
			t.Errorf("%s fires from %v on, and panel %q of %s has no threshold there", a.Name, a.Limit, a.Panel, a.Board)
		}
	}
}
