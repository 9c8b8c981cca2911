package dashboards_test

import (
	"iter"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestLinksKeepTheTimeRangeAndWhatWasChosen(t *testing.T) {
	t.Parallel()
	for _, of := range pages(t) {
		for _, l := range of.Links {
			if !l.KeepTime || !l.IncludeVars {
				t.Errorf("the links of %s to other dashboards forget the time range or the variables", of.UID)
			}
		}
	}
	for p, url := range links(t) {
		for _, kept := range []string{"${__url_time_range}", "${environment:queryparam}", "${service:queryparam}"} {
			if !strings.Contains(url, kept) {
				t.Errorf("%s: link %s does not keep %s", p.UID, url, kept)
			}
		}
	}
}

func TestLinksLeadToADashboardThatHasTheirVariables(t *testing.T) {
	t.Parallel()
	all := pages(t)
	for from, url := range links(t) {
		uid, _, _ := strings.Cut(strings.TrimPrefix(url, "/d/"), "?")
		i := slices.IndexFunc(all, func(p page) bool { return p.UID == uid })
		if i < 0 {
			t.Fatalf("%s leads to no dashboard", url)
		}
		for _, kept := range regexp.MustCompile(`\$\{(\w+):queryparam\}`).FindAllStringSubmatch(url, -1) {
			if !from.has(kept[1]) || !all[i].has(kept[1]) {
				t.Errorf("%s keeps variable %s, which not both dashboards have", url, kept[1])
			}
		}
		for _, set := range regexp.MustCompile(`[?&]var-(\w+)=`).FindAllStringSubmatch(url, -1) {
			if !all[i].has(set[1]) {
				t.Errorf("%s sets variable %s, which %s has not", url, set[1], uid)
			}
		}
	}
}

// The label that a link takes its value from must be one that the panel's queries are grouped by.
func TestLinksTakeLabelsThatTheirSeriesHave(t *testing.T) {
	t.Parallel()
	label := regexp.MustCompile(`\$\{__field\.labels\.(\w+)\}`)
	for _, p := range everyPanel(t) {
		for _, l := range p.Config.Defaults.Links {
			for _, taken := range label.FindAllStringSubmatch(l.URL, -1) {
				for _, q := range p.Targets {
					if !regexp.MustCompile(`by \([^)]*\b` + taken[1] + `\b[^)]*\)`).MatchString(q.Expr) {
						t.Errorf("%s: link %q takes %s, by which %s is not grouped", p.where, l.Title, taken[1], q.Expr)
					}
				}
			}
		}
	}
}

// links are the addresses that panels lead to on other dashboards, with the dashboard they are on.
func links(t *testing.T) iter.Seq2[page, string] {
	t.Helper()
	panels := everyPanel(t)
	return func(yield func(page, string) bool) {
		found := false
		for of, p := range panels {
			for _, l := range p.Config.Defaults.Links {
				found = true
				if strings.HasPrefix(l.URL, "/d/") && !yield(of, l.URL) {
					return
				}
			}
		}
		if !found {
			t.Error("no panel leads to another dashboard")
		}
	}
}
