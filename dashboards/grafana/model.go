package grafana

import (
	"slices"
	"strings"

	"github.com/neuroglia-go/neuroglia/dashboards/promql"
	"github.com/neuroglia-go/neuroglia/telemetry/registry"
)

const narrowColumn = 100 // pixels

// model is the panel in Grafana's JSON, without its place.
func (p Panel) model() object {
	m := object{
		"type": p.kind, "title": p.title, "description": p.description,
		"fieldConfig": object{"defaults": p.defaults(), "overrides": p.overrides()},
		"options":     p.options(),
	}
	if len(p.queries) > 0 {
		m["datasource"] = datasource(p.queries[0].source)
		m["targets"] = p.targets()
	}
	if p.kind == "table" && p.queries[0].source == metricsSource {
		m["transformations"] = p.transformations()
	}
	return m
}

func (p Panel) targets() []object {
	targets := make([]object, len(p.queries))
	for i, q := range p.queries {
		targets[i] = q.model(string(rune('A' + i)))
	}
	return targets
}

func (p Panel) defaults() object {
	d := object{
		"unit": p.unit, "noValue": p.noValue, "links": p.linkModels(),
		"thresholds": object{"mode": "absolute", "steps": p.steps()},
		"color":      object{"mode": "palette-classic"},
		"custom":     p.custom(),
	}
	if p.kind == "timeseries" || p.kind == "bargauge" || p.kind == "barchart" {
		d["min"] = 0
	}
	if p.top != nil {
		d["max"] = *p.top
	}
	if p.decimals != nil {
		d["decimals"] = *p.decimals
	}
	switch {
	case p.kind == "stat" && len(p.thresholds) == 0:
		d["color"] = object{"mode": "fixed", "fixedColor": Traffic}
	case p.kind == "stat" || p.kind == "bargauge" && len(p.thresholds) > 0:
		d["color"] = object{"mode": "thresholds"}
	case p.kind == "bargauge" || p.kind == "barchart":
		d["color"] = object{"mode": "fixed", "fixedColor": Traffic}
	}
	return d
}

func (p Panel) custom() object {
	switch p.kind {
	case "timeseries":
		c := object{
			"drawStyle": "line", "lineWidth": 1, "fillOpacity": 8, "showPoints": "never", "spanNulls": 60_000,
			"stacking": object{"mode": "none"}, "thresholdsStyle": object{"mode": "off"},
		}
		if p.unit == Share {
			c["axisSoftMax"] = p.headroom()
		}
		if p.manySeries() {
			c["fillOpacity"] = 0
		}
		if p.stacked {
			c["stacking"], c["fillOpacity"] = object{"mode": "normal", "group": "A"}, 40
		}
		if p.bars {
			c["drawStyle"], c["fillOpacity"], c["lineWidth"] = "bars", 70, 0
		}
		if len(p.thresholds) > 0 {
			c["thresholdsStyle"] = object{"mode": "dashed"}
		}
		return c
	case "barchart":
		return object{"fillOpacity": 70, "lineWidth": 0}
	case "table":
		return object{"align": "auto", "filterable": false}
	default:
		return object{}
	}
}

func (p Panel) steps() []object {
	steps := []object{{"color": Good, "value": nil}}
	for _, t := range p.thresholds {
		steps = append(steps, object{"color": t.Color, "value": t.From})
	}
	return steps
}

func (p Panel) linkModels() []object {
	links := []object{}
	for _, l := range p.links {
		links = append(links, object{"title": l.title, "url": l.url, "targetBlank": false})
	}
	return links
}

// overrides colour what means the same thing everywhere, and name the columns of tables.
func (p Panel) overrides() []object {
	overrides := []object{}
	for _, fixed := range [][2]string{
		{"success", Good}, {"rejected", Warning}, {"canceled", "purple"}, {"failure", Bad}, {"retried", "yellow"},
		{"4xx", Warning}, {"5xx", Bad},
		{"p50", "light-blue"}, {"p95", "blue"}, {"p99", "dark-blue"}, {"now", Traffic}, {"before", "gray"},
	} {
		if p.kind == "timeseries" && p.mayShow(fixed[0]) {
			overrides = append(overrides, override("byName", fixed[0], "color", object{"mode": "fixed", "fixedColor": fixed[1]}))
		}
	}
	for _, column := range p.narrow {
		overrides = append(overrides, override("byName", column, "custom.width", narrowColumn))
	}
	for _, r := range p.renamed {
		overrides = append(overrides, override("byName", r.to, "unit", r.unit))
	}
	return overrides
}

// mayShow reports whether a series may have the name: it is a legend, or an outcome where a legend has these.
func (p Panel) mayShow(name string) bool {
	outcomes := "{{" + promql.Label(registry.Outcome) + "}}"
	return slices.ContainsFunc(p.queries, func(q Query) bool {
		return q.legend == name || q.legend == outcomes && slices.Contains(
			[]string{registry.Success, registry.Rejected, registry.Canceled, registry.Failure, registry.Retried}, name)
	})
}

func override(matcher, of, property string, value any) object {
	return object{
		"matcher":    object{"id": matcher, "options": of},
		"properties": []object{{"id": property, "value": value}},
	}
}

func (p Panel) options() object {
	switch p.kind {
	case "timeseries":
		return object{"tooltip": object{"mode": "multi", "sort": "desc"}, "legend": p.legend()}
	case "stat":
		graph := "none"
		if p.sparkline {
			graph = "area"
		}
		return object{
			"graphMode": graph, "colorMode": "value", "textMode": "auto", "justifyMode": "auto",
			"reduceOptions": object{"calcs": []string{"lastNotNull"}, "fields": "", "values": false},
		}
	case "bargauge":
		return object{
			"orientation": "horizontal", "displayMode": "basic", "showUnfilled": true,
			"reduceOptions": object{"calcs": []string{"lastNotNull"}, "fields": "", "values": false},
		}
	case "barchart":
		orientation := "vertical"
		if p.horizontal {
			orientation = "horizontal"
		}
		return object{"orientation": orientation, "legend": object{"showLegend": false}, "showValue": "auto"}
	case "heatmap":
		return object{
			"calculate": false, "color": object{"mode": "scheme", "scheme": "Blues", "steps": 64},
			"yAxis": object{"unit": p.unit}, "exemplars": object{"color": "rgba(255,0,255,0.7)"},
			"tooltip": object{"show": true, "yHistogram": true}, "cellGap": 1, "filterValues": object{"le": 1e-9},
		}
	case "logs":
		return object{
			"showTime": true, "wrapLogMessage": true, "enableLogDetails": true, "sortOrder": "Descending", "dedupStrategy": "none",
		}
	case "text":
		return object{"mode": "markdown", "content": p.text}
	case "table":
		o := object{"showHeader": true, "cellHeight": "sm", "footer": object{"show": false}}
		if p.sorted != "" {
			o["sortBy"] = []object{{"displayName": p.sorted, "desc": true}}
		}
		return o
	default:
		return object{}
	}
}

// headroom is what the axis of a share shows at least: its limits, or a tenth.
func (p Panel) headroom() float64 {
	top := 0.1
	for _, t := range p.thresholds {
		top = max(top, 1.2*t.From)
	}
	return min(top, 1)
}

// manySeries reports whether labels tell the series apart.
func (p Panel) manySeries() bool {
	return slices.ContainsFunc(p.queries, func(q Query) bool { return strings.Contains(q.legend, "{{") })
}

// legend is a table where there are many series.
func (p Panel) legend() object {
	if p.manySeries() {
		return object{
			"showLegend": true, "displayMode": "table", "placement": "bottom", "calcs": []string{"mean", "max", "lastNotNull"},
		}
	}
	return object{"showLegend": true, "displayMode": "list", "placement": "bottom", "calcs": []string{}}
}

// transformations join the queries of a table and name their columns.
func (p Panel) transformations() []object {
	names, excluded := object{}, object{"Time": true}
	for _, r := range p.renamed {
		names[r.from] = r.to
	}
	for _, column := range p.hidden {
		excluded[column] = true
	}
	return []object{
		{"id": "merge", "options": object{}},
		{"id": "organize", "options": object{"renameByName": names, "excludeByName": excluded, "indexByName": object{}}},
	}
}
