package grafana

import "github.com/neuroglia-go/neuroglia/dashboards/promql"

// The variables that say which datasources a dashboard reads. Their first values are the datasources that
// deployment/grafana/datasources has.
const (
	metricsSource = "metrics"
	logsSource    = "logs"
	tracesSource  = "traces"
)

// Query is what a panel shows.
type Query struct {
	source    string
	language  string // of Tempo's queries
	text      string
	legend    string
	format    string
	step      string
	instant   bool
	exemplars bool
}

// Metrics is a query in time. The legend may have labels as {{label}}.
func Metrics(expr promql.Expr, legend string) Query {
	return Query{source: metricsSource, text: string(expr), legend: legend, format: "time_series"}
}

// Now is a query of the end of the time range.
func Now(expr promql.Expr, legend string) Query {
	q := Metrics(expr, legend)
	q.instant = true
	return q
}

// Logs is a query in LogQL.
func Logs(logql string) Query { return Query{source: logsSource, text: logql} }

// Traces is a query in TraceQL, for the newest traces.
func Traces(traceql string) Query {
	return Query{source: tracesSource, language: "traceql", text: traceql + " with (most_recent=true)"}
}

// ServiceGraph is what Tempo knows of the services that match, a PromQL selector such as {client="x"}.
func ServiceGraph(selector string) Query {
	return Query{source: tracesSource, language: "serviceMap", text: selector}
}

// Exemplars adds the samples that lead to traces.
func (q Query) Exemplars() Query {
	q.exemplars = true
	return q
}

// Step is the least time between two points, such as "1h".
func (q Query) Step(step string) Query {
	q.step = step
	return q
}

func (q Query) table() Query {
	if q.source == metricsSource {
		q.format, q.instant = "table", true
	}
	return q
}

func (q Query) heatmap() Query {
	q.format = "heatmap"
	return q
}

func (q Query) model(ref string) object {
	m := object{"refId": ref, "datasource": datasource(q.source)}
	switch q.source {
	case metricsSource:
		m["expr"], m["legendFormat"], m["format"], m["editorMode"] = q.text, q.legend, q.format, "code"
		m["instant"], m["range"], m["exemplar"] = q.instant, !q.instant, q.exemplars
		if q.step != "" {
			m["interval"] = q.step
		}
	case logsSource:
		m["expr"], m["queryType"], m["maxLines"] = q.text, "range", 200
	case tracesSource:
		m["queryType"], m["limit"] = q.language, 20
		if q.language == "serviceMap" {
			m["serviceMapQuery"] = q.text
		} else {
			m["query"], m["tableType"] = q.text, "traces"
		}
	}
	return m
}

func datasource(source string) object {
	types := map[string]string{metricsSource: "prometheus", logsSource: "loki", tracesSource: "tempo"}
	return object{"type": types[source], "uid": "${" + source + "}"}
}

// Buckets shows how many fell into each bucket, not below each bound.
func (q Query) Buckets() Query { return q.heatmap() }
