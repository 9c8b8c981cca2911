// Package rules has the alerts and recording rules of Prometheus: of what the framework emits, of the stack itself, and of
// the pizzeria. They are made of the same declarations and limits as the dashboards.
package rules

import (
	"fmt"
	"maps"
	"strconv"
	"strings"
	"time"

	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.yaml.in/yaml/v3"

	"github.com/neuroglia-go/neuroglia/dashboards/promql"
)

// Severity says how soon somebody should look.
type Severity string

// The severities.
const (
	Page   Severity = "page"   // now, at night too: users are hurt, or telemetry is blind
	Ticket Severity = "ticket" // on the next working day
)

// File is a file of rules.
type File struct {
	Name   string
	Groups []Group
}

// Group is evaluated together, in its order.
type Group struct {
	Name       string
	Recordings []Recording
	Alerts     []Alert
}

// Recording gives a query a name.
type Recording struct {
	Name string
	Expr promql.Expr
}

// Alert tells somebody to look.
type Alert struct {
	Name string
	// Value is what is compared with Limit; without a limit the alert fires for whatever Value has.
	Value promql.Expr
	Limit float64
	// Guards must have values too, with the same labels: enough traffic to judge by.
	Guards   []promql.Expr
	For      time.Duration
	Severity Severity
	Labels   map[string]string
	// Summary and Description may have {{ $labels.x }} and {{ $value }}.
	Summary     string
	Description string
	// Everywhere says that it is about no service, but about the stack.
	Everywhere bool
	// Board and Panel show the value, coloured from the limit on.
	Board string
	Panel string
}

// Expr is what Prometheus evaluates.
func (a Alert) Expr() promql.Expr {
	expr := a.Value
	if a.Limit != 0 {
		expr = a.Value.Above(promql.Expr(strconv.FormatFloat(a.Limit, 'g', -1, 64)))
	}
	for _, guard := range a.Guards {
		expr = expr.And(guard)
	}
	return expr
}

// Runbook is the part of docs/runbooks.md about the alert.
func (a Alert) Runbook() string {
	return "https://github.com/neuroglia-go/neuroglia/blob/main/docs/runbooks.md#" + strings.ToLower(a.Name)
}

// All are the files.
func All() []File { return []File{framework(), stack(), pizzeria()} }

// YAML is the file as Prometheus reads it.
func (f File) YAML() ([]byte, error) {
	type rule struct {
		Record      string            `yaml:"record,omitempty"`
		Alert       string            `yaml:"alert,omitempty"`
		Expr        string            `yaml:"expr"`
		For         string            `yaml:"for,omitempty"`
		Labels      map[string]string `yaml:"labels,omitempty"`
		Annotations map[string]string `yaml:"annotations,omitempty"`
	}
	type group struct {
		Name  string `yaml:"name"`
		Rules []rule `yaml:"rules"`
	}
	var groups []group
	for _, g := range f.Groups {
		var rules []rule
		for _, r := range g.Recordings {
			rules = append(rules, rule{Record: r.Name, Expr: string(r.Expr)})
		}
		for _, a := range g.Alerts {
			labels := map[string]string{"severity": string(a.Severity)}
			maps.Copy(labels, a.Labels)
			rules = append(rules, rule{
				Alert: a.Name, Expr: string(a.Expr()), For: duration(a.For), Labels: labels,
				Annotations: map[string]string{
					"summary": a.Summary, "description": a.Description, "runbook_url": a.Runbook(), "dashboard": a.dashboard(),
				},
			})
		}
		groups = append(groups, group{Name: g.Name, Rules: rules})
	}
	out, err := yaml.Marshal(map[string]any{"groups": groups})
	if err != nil {
		return nil, fmt.Errorf("rules %s: %w", f.Name, err)
	}
	return append([]byte("# Made from dashboards/rules by `make generate`.\n"), out...), nil
}

// dashboard is where Grafana of the stack shows the alert's value, for the alert's service if it is about one.
func (a Alert) dashboard() string {
	url := "http://localhost:3001/d/" + a.Board
	if !a.Everywhere {
		url += "?var-service={{ $labels." + promql.Label(semconv.ServiceNameKey) + " }}"
	}
	return url
}

// duration writes a duration as Prometheus does: "5m".
func duration(d time.Duration) string {
	if d == 0 {
		return ""
	}
	return strconv.Itoa(int(d.Minutes())) + "m"
}
