package grafana

import (
	"github.com/neuroglia-go/neuroglia/dashboards/promql"

	"go.opentelemetry.io/otel/attribute"
)

// Variable is a choice at the top of a dashboard, used in queries as $name.
type Variable struct {
	name  string
	model object
}

// Choice lets the user choose one or more values of an attribute that series have. The default is all of them, for which
// queries have the given expression: ".*" matches what is without the attribute too, ".+" is what Loki needs of one label.
func Choice(name, label, description string, key attribute.Key, series promql.Expr, all string) Variable {
	v := choice(name, label, description, "label_values("+string(series)+", "+promql.Label(key)+")", "")
	v.model["includeAll"], v.model["multi"], v.model["allValue"] = true, true, all
	v.model["current"] = object{"selected": true, "text": []string{"All"}, "value": []string{"$__all"}}
	return v
}

// OneOf lets the user choose one of the values of the only label that the series of a query have.
func OneOf(name, label, description string, query promql.Expr) Variable {
	return choice(name, label, description, "query_result("+string(query)+")", `/="([^"]+)"/`)
}

// Input lets the user write a value.
func Input(name, label, description string) Variable {
	return Variable{name: name, model: object{
		"type": "textbox", "name": name, "label": label, "description": description, "query": "", "hide": 0,
		"current": object{"selected": false, "text": "", "value": ""},
		"options": []object{{"selected": true, "text": "", "value": ""}},
	}}
}

func choice(name, label, description, query, regex string) Variable {
	const refreshWithTime, alphabetical = 2, 1
	return Variable{name: name, model: object{
		"type": "query", "name": name, "label": label, "description": description, "hide": 0,
		"datasource": datasource(metricsSource), "definition": query,
		"query":   object{"query": query, "refId": "variable"},
		"refresh": refreshWithTime, "sort": alphabetical, "regex": regex, "skipUrlSync": false,
		"includeAll": false, "multi": false, "options": []object{}, "current": object{},
	}}
}

// source lets the user choose a datasource of a kind.
func source(name, label, kind, uid string) Variable {
	return Variable{name: name, model: object{
		"type": "datasource", "name": name, "label": label, "query": kind, "refresh": 1, "regex": "", "hide": 0,
		"description": "Where " + name + " are read from.", "skipUrlSync": false, "includeAll": false, "multi": false,
		"options": []object{}, "current": object{"selected": true, "text": uid, "value": uid},
	}}
}
