package observabilitytest

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// Diff fails the test if got is not want, and shows the lines that differ. The indentation that all lines of want
// share, blank lines at both ends and blanks at line ends do not count, so want can be an indented raw string literal.
func Diff(tb testing.TB, got, want string) {
	tb.Helper()
	g, w := lines(got), lines(want)
	if !slices.Equal(g, w) {
		tb.Errorf("differs (- got, + want):\n%s\ngot, to copy:\n%s", strings.Join(compare(g, w), "\n"), strings.Join(g, "\n"))
	}
}

const (
	patience = 10 * time.Second
	pause    = 5 * time.Millisecond
)

// Eventually is [Diff] for telemetry of work that goes on in the background: it asks for got again and again until it
// is want, for at most ten seconds.
func Eventually(tb testing.TB, got func() string, want string) {
	tb.Helper()
	w := lines(want)
	tick := time.NewTicker(pause)
	defer tick.Stop()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); <-tick.C {
		if slices.Equal(lines(got()), w) {
			return
		}
	}
	Diff(tb, got(), want)
}

// lines splits text without the indentation all lines share, blanks at line ends and blank lines at both ends.
func lines(text string) []string {
	all := strings.Split(text, "\n")
	for i := range all {
		all[i] = strings.TrimRight(all[i], " \t\r")
	}
	blank := func(s string) bool { return s == "" }
	first := slices.IndexFunc(all, func(s string) bool { return !blank(s) })
	if first < 0 {
		return nil
	}
	all = all[first:]
	for blank(all[len(all)-1]) {
		all = all[:len(all)-1]
	}
	indent := all[0][:len(all[0])-len(strings.TrimLeft(all[0], " \t"))]
	for _, line := range all {
		for !blank(line) && !strings.HasPrefix(line, indent) {
			indent = indent[:len(indent)-1]
		}
	}
	for i := range all {
		all[i] = strings.TrimPrefix(all[i], indent)
	}
	return all
}

// compare returns the lines of both texts, those of only one marked, by their longest common subsequence.
func compare(got, want []string) []string {
	common := make([][]int, len(got)+1)
	for i := range common {
		common[i] = make([]int, len(want)+1)
	}
	for i, g := range slices.Backward(got) {
		for j, w := range slices.Backward(want) {
			if g == w {
				common[i][j] = common[i+1][j+1] + 1
			} else {
				common[i][j] = max(common[i+1][j], common[i][j+1])
			}
		}
	}
	var out []string
	i, j := 0, 0
	for i < len(got) || j < len(want) {
		switch {
		case i < len(got) && j < len(want) && got[i] == want[j]:
			out = append(out, "  "+got[i])
			i, j = i+1, j+1
		case j == len(want) || i < len(got) && common[i+1][j] >= common[i][j+1]:
			out = append(out, "- "+got[i])
			i++
		default:
			out = append(out, "+ "+want[j])
			j++
		}
	}
	return out
}
