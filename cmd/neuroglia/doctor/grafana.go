package doctor

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// grafana is asked over its HTTP API.
type grafana struct {
	service

	credentials bool
}

func newGrafana(config Config) grafana {
	g := grafana{service: newService("Grafana", "--grafana", config.Grafana)}
	switch {
	case config.GrafanaToken != "":
		g.credentials = true
		g.authorize = func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+config.GrafanaToken) }
	case config.GrafanaUser != "":
		g.credentials = true
		g.authorize = func(r *http.Request) { r.SetBasicAuth(config.GrafanaUser, config.GrafanaPassword) }
	}
	return g
}

// throughGrafana are the checks that a reader of dashboards sees what the stores have.
func (d *doctor) throughGrafana() []check {
	return []check{
		{
			id: "grafana.health", title: "Grafana is healthy", parts: []string{"grafana"}, within: toStart, ask: d.grafana.healthy,
		},
		{
			id: "grafana.access", title: "Grafana lets us in", parts: []string{"grafana"}, needs: [][]string{{"grafana.health"}},
			within: toArrive, ask: d.grafana.access,
		},
		{
			id: "grafana.prometheus", title: "Grafana finds the metric in Prometheus", parts: []string{"grafana", "prometheus"},
			needs: [][]string{{"grafana.access"}, {"prometheus.metric"}}, within: toEnd, atMost: toStart,
			ask: func(ctx context.Context) (string, error) {
				name, mark, err := d.names()
				if err != nil {
					return "", err
				}
				return d.grafana.query(ctx, "prometheus", "Prometheus", map[string]any{
					"expr": fmt.Sprintf("%s_count{%s=%q}", name, mark, d.sent.run), "instant": true, "range": false,
				})
			},
		},
		{
			id: "grafana.tempo", title: "Grafana finds the trace in Tempo", parts: []string{"grafana", "tempo"},
			needs: [][]string{{"grafana.access"}, {"tempo.trace"}}, within: toEnd, atMost: toStart,
			ask: func(ctx context.Context) (string, error) {
				return d.grafana.query(ctx, "tempo", "Tempo", map[string]any{
					"queryType": "traceId", "query": d.sent.traceID.String(),
				})
			},
		},
		{
			id: "grafana.loki", title: "Grafana finds the log record in Loki", parts: []string{"grafana", "loki"},
			needs: [][]string{{"grafana.access"}, {"loki.log"}}, within: toEnd, atMost: toStart,
			ask: func(ctx context.Context) (string, error) {
				return d.grafana.query(ctx, "loki", "Loki", map[string]any{
					"expr": recordQuery(d.sent.traceID.String()), "queryType": "range", "maxLines": 10,
				})
			},
		},
		{
			id: "grafana.dashboards", title: "Grafana has the dashboards", parts: []string{"grafana", "dashboards"},
			needs: [][]string{{"grafana.access"}}, within: toEnd, atMost: toStart,
			ask: func(ctx context.Context) (string, error) { return d.grafana.dashboards(ctx, d.config.Dashboards) },
		},
	}
}

func (g grafana) healthy(ctx context.Context) (string, error) {
	var answer struct {
		Database string `json:"database"`
		Version  string `json:"version"`
	}
	if err := g.get(ctx, "/api/health", nil, &answer); err != nil {
		return "", err
	}
	if answer.Database != "ok" {
		return "", g.stranger(fmt.Sprintf("it says of its database: %q", answer.Database))
	}
	return answer.Version, nil
}

// access asks for something that everybody may see who may see anything.
func (g grafana) access(ctx context.Context) (string, error) {
	err := g.get(ctx, "/api/search", values("limit", "1"), new([]any))
	if err == nil {
		if g.credentials {
			return "", nil
		}
		return "as anybody", nil
	}
	if p, ok := errors.AsType[*problem](err); ok && (p.status == http.StatusUnauthorized || p.status == http.StatusForbidden) {
		p.advice = "give NEUROGLIA_GRAFANA_TOKEN, or --grafana-user and NEUROGLIA_GRAFANA_PASSWORD"
		if g.credentials {
			p.advice = "the credentials given are wrong or may not see dashboards: " + p.advice
		}
	}
	return "", err
}

// query asks a datasource, as a panel does, and fails if there is no data.
func (g grafana) query(ctx context.Context, uid, store string, query map[string]any) (string, error) {
	query["refId"] = "A"
	query["datasource"] = map[string]string{"uid": uid, "type": uid}
	body, err := json.Marshal(map[string]any{"queries": []any{query}, "from": "now-5m", "to": "now"})
	if err != nil {
		return "", fmt.Errorf("write the query: %w", err)
	}
	var answer struct {
		Results map[string]struct {
			Error  string `json:"error"`
			Frames []struct {
				Data struct {
					Values [][]any `json:"values"`
				} `json:"data"`
			} `json:"frames"`
		} `json:"results"`
	}
	err = g.post(ctx, "/api/ds/query", "application/json", body, &answer)
	if err == nil && answer.Results["A"].Error != "" {
		err = &problem{text: "Grafana says: " + answer.Results["A"].Error}
	}
	for _, frame := range answer.Results["A"].Frames {
		if len(frame.Data.Values) > 0 && len(frame.Data.Values[0]) > 0 {
			return "datasource " + uid, nil
		}
	}
	if err == nil {
		err = &problem{kind: notYet, text: fmt.Sprintf("Grafana finds nothing in what %s has", store)}
	}
	p := asProblem(err)
	p.hop = "Grafana -> " + store
	p.advice = fmt.Sprintf("does Grafana have a datasource with uid %q, whose url leads from Grafana to this %s?", uid, store)
	return "", p
}

func (g grafana) dashboards(ctx context.Context, uids []string) (string, error) {
	var gone []string
	for _, uid := range uids {
		err := g.get(ctx, "/api/dashboards/uid/"+uid, nil, new(struct{}))
		if p, ok := errors.AsType[*problem](err); ok && p.status == http.StatusNotFound {
			gone = append(gone, uid)
		} else if err != nil {
			return "", err
		}
	}
	if len(gone) > 0 {
		return "", &problem{
			kind: notYet, hop: "Grafana", text: "Grafana has no dashboard " + strings.Join(gone, ", "),
			advice: "does its dashboard provider read the folder that they are in? Its log names files that it cannot read",
		}
	}
	return strings.Join(uids, ", "), nil
}
