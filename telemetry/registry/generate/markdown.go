package main

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"go.opentelemetry.io/otel/attribute"

	"github.com/neuroglia-go/neuroglia/telemetry/registry"
)

// fill puts each table between its marks, <!-- generated: name --> and <!-- end -->.
func fill(text string, tables map[string]string) (string, error) {
	const end = "<!-- end -->"
	for name, table := range tables {
		mark := "<!-- generated: " + name + " -->\n"
		before, rest, found := strings.Cut(text, mark)
		_, after, ended := strings.Cut(rest, end)
		if !found || !ended {
			return "", fmt.Errorf("there is no %q, or no %q after it", strings.TrimSpace(mark), end)
		}
		text = before + mark + table + end + after
	}
	return text, nil
}

// table returns a table of Markdown.
func table(head string, rows []string) string {
	columns := strings.Count(head, "|") + 1
	return "| " + head + " |\n|" + strings.Repeat("---|", columns) + "\n" + strings.Join(rows, "")
}

func row(cells ...string) string { return "| " + strings.Join(cells, " | ") + " |\n" }

func code(text string) string { return "`" + text + "`" }

func spanTable() string {
	var rows []string
	for _, s := range registry.Spans() {
		what := []string{s.Brief}
		for _, name := range slices.Sorted(maps.Keys(s.Events)) {
			what = append(what, "It has an event "+code(name)+" ("+list(s.Events[name])+").")
		}
		rows = append(rows, row(code(s.Name), strings.ToUpper(s.Kind.String()), by(s.Scope),
			strings.Join(what, " "), list(s.Attributes)))
	}
	return table("name | kind | made by | what it is | attributes", rows)
}

func metricTable() string {
	var rows []string
	for _, m := range registry.Metrics() {
		rows = append(rows, row(code(m.Name), string(m.Kind)+", "+m.Unit, by(m.Scope), m.Description, list(m.Attributes)))
	}
	return table("name | instrument, unit | made by | what it is | attributes", rows)
}

// bucketTable says which histograms have which buckets.
func bucketTable() string {
	var order, rows []string
	of := map[string][]string{}
	for _, m := range registry.Metrics() {
		if len(m.Bounds) == 0 {
			continue
		}
		bounds := strings.Trim(fmt.Sprint(m.Bounds), "[]")
		if !slices.Contains(order, bounds) {
			order = append(order, bounds)
		}
		of[bounds] = append(of[bounds], code(m.Name))
	}
	for _, bounds := range order {
		rows = append(rows, row(bounds, strings.Join(of[bounds], ", ")))
	}
	return table("upper bounds | of", rows)
}

func attributeTable() string {
	var rows []string
	for _, a := range registry.Attributes() {
		if a.Convention() {
			continue
		}
		var values []string
		for _, m := range a.Members {
			values = append(values, code(m.Value))
		}
		if len(values) == 0 && len(a.Examples) > 0 {
			values = append(values, "such as")
			for _, example := range a.Examples {
				values = append(values, code(fmt.Sprint(example)))
			}
		}
		text := strings.Replace(strings.Join(values, ", "), "such as, ", "such as ", 1)
		rows = append(rows, row(code(string(a.Key)), string(a.Type), string(a.Stability), a.Brief, text))
	}
	return table("attribute | type | stability | what it is | values", rows)
}

func logTable() string {
	var rows []string
	for _, l := range registry.Logs() {
		rows = append(rows, row(l.Message, strings.ToLower(l.Level.String()), by(l.Scope), list(l.Attributes)))
	}
	return table("text | level | made by | attributes", rows)
}

// by names the package of a scope.
func by(scope string) string { return code(path.Base(scope)) }

func list(keys []attribute.Key) string {
	texts := make([]string, 0, len(keys))
	for _, key := range keys {
		texts = append(texts, code(string(key)))
	}
	return strings.Join(texts, ", ")
}
