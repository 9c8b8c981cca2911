package main

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/google/pprof/profile"
)

// result is what was measured, as it is kept.
type result struct {
	how  string
	rows []row
}

// row is the CPU time of one order in one layer, in tenths of a microsecond, without telemetry and with it.
type row struct {
	layer string
	took  [2]int
}

// attribute returns the time that one order takes in each layer.
func attribute(how string, profiles [2]*profile.Profile, orders int) result {
	r := result{how: how}
	for _, l := range layers() {
		r.rows = append(r.rows, row{layer: l.name})
	}
	r.rows = append(r.rows, row{layer: scheduler}, row{layer: other})
	for i, p := range profiles {
		nanoseconds := map[string]int64{}
		for _, s := range p.Sample {
			name, _ := layerOf(layers(), s)
			nanoseconds[name] += s.Value[len(s.Value)-1]
		}
		for j := range r.rows {
			r.rows[j].took[i] = int(math.Round(float64(nanoseconds[r.rows[j].layer]) / 100 / float64(orders)))
		}
	}
	slices.SortStableFunc(r.rows, func(a, b row) int { return cmp.Compare(b.took[1], a.took[1]) })
	return r
}

// String returns the result as it is kept in its file.
func (r result) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n", r.how)
	for _, row := range r.rows {
		fmt.Fprintf(&b, "%s\t%s\t%s\n", row.layer, micro(row.took[0]), micro(row.took[1]))
	}
	return b.String()
}

// parse reads what String wrote.
func parse(text string) (result, error) {
	how, rest, _ := strings.Cut(text, "\n")
	r := result{how: strings.TrimPrefix(how, "# ")}
	for line := range strings.Lines(rest) {
		cells := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if len(cells) != 3 {
			return result{}, fmt.Errorf("%q is no row of three cells: measure again with go run ./order", line)
		}
		got := row{layer: cells[0]}
		for i, cell := range cells[1:] {
			f, err := strconv.ParseFloat(cell, 64)
			if err != nil {
				return result{}, fmt.Errorf("row %q: %w", line, err)
			}
			got.took[i] = int(math.Round(f * 10))
		}
		r.rows = append(r.rows, got)
	}
	return r, nil
}

// markdown returns the result as a table for people.
func (r result) markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s.\n\n", r.how)
	b.WriteString("| layer | telemetry off, µs | % | telemetry on, µs | % | more, µs |\n|---|--:|--:|--:|--:|--:|\n")
	var total row
	shares := [2][]int{r.shares(0), r.shares(1)}
	for i, row := range r.rows {
		off, on := row.took[0], row.took[1]
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s |\n",
			row.layer, micro(off), micro(shares[0][i]), micro(on), micro(shares[1][i]), micro(on-off))
		total.took[0] += off
		total.took[1] += on
	}
	fmt.Fprintf(&b, "| **all** | **%s** | **100.0** | **%s** | **100.0** | **%s** |\n",
		micro(total.took[0]), micro(total.took[1]), micro(total.took[1]-total.took[0]))
	return b.String()
}

// shares returns the layers' shares in tenths of a percent. They add up to 1000: what rounding leaves is given to those
// that it took most from.
func (r result) shares(mode int) []int {
	total := 0
	for _, row := range r.rows {
		total += row.took[mode]
	}
	shares, order := make([]int, len(r.rows)), make([]int, len(r.rows))
	left := 1000
	for i, row := range r.rows {
		shares[i], order[i] = 1000*row.took[mode]/total, i
		left -= shares[i]
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Compare(1000*r.rows[b].took[mode]%total, 1000*r.rows[a].took[mode]%total)
	})
	for _, i := range order[:left] {
		shares[i]++
	}
	return shares
}

// micro writes tenths.
func micro(tenths int) string { return strconv.FormatFloat(float64(tenths)/10, 'f', 1, 64) }
