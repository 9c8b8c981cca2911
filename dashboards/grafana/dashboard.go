// Package grafana writes dashboards of Grafana: a small part of its JSON model, the same look for all of them, and a grid
// that panels flow into.
//
// The model is version 39 of the classic schema, which Grafana 9.4 to 13 load.
package grafana

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
)

// object is a part of the JSON model. Keys are written in order, so that a change of a dashboard is a small change of its file.
type object map[string]any

// Dashboard is a page of panels.
type Dashboard struct {
	UID         string
	Title       string
	Description string
	Tags        []string
	Variables   []Variable
	Rows        []Row
	// Marks are events drawn into all panels, such as new versions.
	Marks []Mark
}

// Row is a part of the page with a title. A folded one is opened by the reader.
type Row struct {
	Title  string
	Folded bool
	Panels []Panel
}

// Mark draws a line into all panels when its query has a value.
type Mark struct {
	Title string
	Query Query
	Text  string // may have labels as {{label}}
	Color string
}

// JSON is the dashboard as Grafana reads it.
func (d Dashboard) JSON() ([]byte, error) {
	const sharedCrosshair, schema = 1, 39
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	err := enc.Encode(object{
		"uid": d.UID, "title": d.Title, "description": d.Description, "tags": d.Tags,
		"schemaVersion": schema, "version": 1, "editable": true, "graphTooltip": sharedCrosshair, "timezone": "browser",
		"refresh": "30s", "time": object{"from": "now-1h", "to": "now"},
		"timepicker":  object{"refresh_intervals": []string{"5s", "15s", "30s", "1m", "5m", "15m"}},
		"templating":  object{"list": d.variables()},
		"annotations": object{"list": d.marks()},
		"links": []object{{
			"type": "dashboards", "title": "Neuroglia", "tags": []string{"neuroglia"}, "asDropdown": true,
			"includeVars": true, "keepTime": true, "icon": "external link",
		}},
		"panels": d.panels(),
	})
	if err != nil {
		return nil, fmt.Errorf("dashboard %s: %w", d.UID, err)
	}
	return out.Bytes(), nil
}

func (d Dashboard) variables() []object {
	models := []object{source(metricsSource, "Metrics", "prometheus", "prometheus").model}
	if d.reads(logsSource) {
		models = append(models, source(logsSource, "Logs", "loki", "loki").model)
	}
	if d.reads(tracesSource) {
		models = append(models, source(tracesSource, "Traces", "tempo", "tempo").model)
	}
	for _, v := range d.Variables {
		models = append(models, v.model)
	}
	return models
}

// reads reports whether a panel has a query of the source.
func (d Dashboard) reads(source string) bool {
	for _, row := range d.Rows {
		for _, p := range row.Panels {
			if slices.ContainsFunc(p.queries, func(q Query) bool { return q.source == source }) {
				return true
			}
		}
	}
	return false
}

func (d Dashboard) marks() []object {
	marks := []object{{
		"builtIn": 1, "type": "dashboard", "name": "Annotations & Alerts", "enable": true, "hide": true,
		"datasource": object{"type": "grafana", "uid": "-- Grafana --"}, "iconColor": "rgba(0, 211, 255, 1)",
	}}
	for _, m := range d.Marks {
		marks = append(marks, object{
			"name": m.Title, "datasource": datasource(metricsSource), "enable": true, "hide": false, "iconColor": m.Color,
			"expr": m.Query.text, "step": "60s", "titleFormat": m.Title, "textFormat": m.Text, "useValueForTime": "on",
		})
	}
	return marks
}

// panels puts the panels of each row into the grid, from left to right.
func (d Dashboard) panels() []object {
	const columns = 24
	var models []object
	id, y := 0, 0
	next := func() int { id++; return id }
	for _, row := range d.Rows {
		bar := object{
			"id": next(), "type": "row", "title": row.Title, "collapsed": row.Folded, "panels": []object{},
			"gridPos": object{"x": 0, "y": y, "w": columns, "h": 1},
		}
		y++
		var inside []object
		x, top, tallest := 0, y, 0
		for _, p := range row.Panels {
			if x+p.width > columns {
				x, y, tallest = 0, y+tallest, 0
			}
			model := p.model()
			model["id"], model["gridPos"] = next(), object{"x": x, "y": y, "w": p.width, "h": p.height}
			inside = append(inside, model)
			x, tallest = x+p.width, max(tallest, p.height)
		}
		if row.Folded { // takes no room until it is opened
			bar["panels"], y = inside, top
			models = append(models, bar)
			continue
		}
		models, y = append(append(models, bar), inside...), y+tallest
	}
	return models
}
