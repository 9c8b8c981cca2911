package grafana_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"github.com/neuroglia-go/neuroglia/dashboards/grafana"
)

// model is what these tests know of a dashboard in JSON.
type model struct {
	Templating struct {
		List []struct {
			Name string `json:"name"`
		} `json:"list"`
	} `json:"templating"`
	Panels []panel `json:"panels"`
}

type panel struct {
	Title  string  `json:"title"`
	Panels []panel `json:"panels"`
	Grid   struct {
		X int `json:"x"`
		Y int `json:"y"`
	} `json:"gridPos"`
}

func modelOf(t *testing.T, d grafana.Dashboard) model {
	t.Helper()
	text, err := d.JSON()
	if err != nil {
		t.Fatal(err)
	}
	var m model
	if err := json.Unmarshal(text, &m); err != nil {
		t.Fatal(err)
	}
	return m
}

func number(title string, width, height int) grafana.Panel {
	return grafana.Stat(title, "A number.", grafana.Number, grafana.Metrics("up", "up")).Size(width, height)
}

func TestPanelsFlowIntoLines(t *testing.T) {
	t.Parallel()
	m := modelOf(t, grafana.Dashboard{Rows: []grafana.Row{
		{Title: "one", Panels: []grafana.Panel{number("a", 12, 4), number("b", 12, 8), number("c", 24, 4)}},
		{Title: "folded", Folded: true, Panels: []grafana.Panel{number("d", 12, 4), number("e", 24, 4)}},
		{Title: "two", Panels: []grafana.Panel{number("f", 6, 4)}},
	}})
	var got []string
	for _, p := range m.Panels {
		got = append(got, fmt.Sprint(p.Title, " ", p.Grid.X, ",", p.Grid.Y))
		for _, inside := range p.Panels {
			got = append(got, fmt.Sprint("  ", inside.Title, " ", inside.Grid.X, ",", inside.Grid.Y))
		}
	}
	want := []string{
		"one 0,0", "a 0,1", "b 12,1", "c 0,9",
		"folded 0,13", "  d 0,14", "  e 0,18", // takes no room
		"two 0,14", "f 0,15",
	}
	if !slices.Equal(got, want) {
		t.Errorf("places:\n got %q\nwant %q", got, want)
	}
}

func TestOnlySourcesThatAreReadCanBeChosen(t *testing.T) {
	t.Parallel()
	logs := grafana.LogLines("Logs", "Records.", grafana.Logs(`{service_name="a"}`))
	traces := grafana.TraceList("Traces", "Traces.", grafana.Traces(`{}`))
	for _, c := range []struct {
		panels []grafana.Panel
		want   []string
	}{
		{[]grafana.Panel{number("a", 4, 4)}, []string{"metrics"}},
		{[]grafana.Panel{logs}, []string{"metrics", "logs"}},
		{[]grafana.Panel{logs, traces}, []string{"metrics", "logs", "traces"}},
	} {
		var got []string
		for _, v := range modelOf(t, grafana.Dashboard{Rows: []grafana.Row{{Panels: c.panels}}}).Templating.List {
			got = append(got, v.Name)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("variables = %q, want %q", got, c.want)
		}
	}
}

func TestRefiningAPanelLeavesTheOneItStartsFrom(t *testing.T) {
	t.Parallel()
	one := number("a", 4, 4).Link(grafana.ToBoard("One", "one", nil))
	first := one.Link(grafana.ToBoard("Two", "two", nil))
	one.Link(grafana.ToBoard("Three", "three", nil))
	text, err := grafana.Dashboard{Rows: []grafana.Row{{Panels: []grafana.Panel{first}}}}.JSON()
	if err != nil {
		t.Fatal(err)
	}
	var m struct {
		Panels []struct {
			Config struct {
				Defaults struct {
					Links []struct {
						Title string `json:"title"`
					} `json:"links"`
				} `json:"defaults"`
			} `json:"fieldConfig"`
		} `json:"panels"`
	}
	if err := json.Unmarshal(text, &m); err != nil {
		t.Fatal(err)
	}
	if links := m.Panels[1].Config.Defaults.Links; len(links) != 2 || links[1].Title != "Two" {
		t.Errorf("links = %v, want One and Two", links)
	}
}

// A panel is made of what it shows, and a dashboard of rows of panels.
func ExampleDashboard_JSON() {
	share := grafana.Stat("Failed", "Part of the requests that failed.", grafana.Share, grafana.Metrics("failed", "failed")).
		Limits(grafana.Threshold{From: 0.05, Color: grafana.Bad}).WhenEmpty("no traffic")
	board := grafana.Dashboard{
		UID: "shop", Title: "Shop", Rows: []grafana.Row{{Title: "Is it broken?", Panels: []grafana.Panel{share}}},
	}
	text, err := board.JSON()
	if err != nil {
		fmt.Println(err)
		return
	}
	var page struct {
		UID    string `json:"uid"`
		Panels []struct {
			Type  string `json:"type"`
			Title string `json:"title"`
		} `json:"panels"`
	}
	if err := json.Unmarshal(text, &page); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(page.UID, page.Panels)
	// Output: shop [{row Is it broken?} {stat Failed}]
}
