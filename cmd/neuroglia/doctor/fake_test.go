package doctor_test

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// tempo answers as Tempo 3.0.3 does, where there is none.
type tempo struct {
	// spans returns those of a trace, as the ids of their parents by their own, in hexadecimal.
	spans func(traceID string) map[string]string
	// services returns those that it has traces of.
	services func() []string
}

func (f tempo) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	id, byID := strings.CutPrefix(r.URL.Path, "/api/v2/traces/")
	w.Header().Set("Content-Type", "application/json")
	switch {
	case r.URL.Path == "/ready":
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		fmt.Fprintln(w, "ready")
	case r.URL.Path == "/api/status/buildinfo":
		fmt.Fprint(w, `{"version":"3.0.3","revision":"","branch":"","buildUser":"","buildDate":"","goVersion":"go1.26.8"}`)
	case byID:
		fmt.Fprint(w, f.trace(id))
	case r.URL.Path == "/api/search":
		for _, service := range f.services() {
			if r.URL.Query().Get("q") == fmt.Sprintf("{resource.service.name=%q}", service) {
				fmt.Fprintf(w, `{"traces":[{"traceID":"c5f408c6fc5733fbca436f81e0d5b32a","rootServiceName":%q,"rootTraceName":"GET /api/menu",`+
					`"startTimeUnixNano":"1795386467241482077","serviceStats":{%[1]q:{"spanCount":3}}}],"metrics":{"completedJobs":2}}`, service)
				return
			}
		}
		fmt.Fprint(w, `{"traces":[],"metrics":{"inspectedBytes":"113163","completedJobs":3,"totalJobs":3}}`)
	default:
		http.NotFound(w, r)
	}
}

// trace is empty for one that is not there.
func (f tempo) trace(id string) string {
	var spans []string
	if f.spans != nil {
		for span, parent := range f.spans(id) {
			spans = append(spans, fmt.Sprintf(`{"traceId":%q,"spanId":%q,"parentSpanId":%q,"flags":257,"name":"neuroglia doctor",`+
				`"kind":"SPAN_KIND_INTERNAL","startTimeUnixNano":"1795386883238557271","endTimeUnixNano":"1795386883238593462",`+
				`"attributes":[],"status":{}}`, base64Of(id), base64Of(span), base64Of(parent)))
		}
	}
	if len(spans) == 0 {
		return `{"trace":{},"metrics":{}}`
	}
	return fmt.Sprintf(`{"trace":{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"neuroglia-doctor"}}]},`+
		`"scopeSpans":[{"scope":{"name":"doctor"},"spans":[%s]}]}]},"metrics":{}}`, strings.Join(spans, ","))
}

func base64Of(id string) string {
	raw, err := hex.DecodeString(id)
	if err != nil {
		panic(err)
	}
	return base64.StdEncoding.EncodeToString(raw)
}

// grafana answers as Grafana does, where there is none.
type grafana struct {
	user, password string // that it asks for, if any
	dashboards     []string
	// The stores that it has datasources of, if any: two by their addresses.
	prometheus, loki string
	tempo            *tempo
}

func (f grafana) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	if r.URL.Path == "/api/health" {
		fmt.Fprint(w, "{\n  \"commit\": \"8f3e923057\",\n  \"database\": \"ok\",\n  \"version\": \"13.0.0\"\n}")
		return
	}
	if user, password, _ := r.BasicAuth(); user != f.user || password != f.password {
		w.WriteHeader(http.StatusUnauthorized)
		fmt.Fprint(w, `{"message":"Unauthorized"}`)
		return
	}
	uid, dashboard := strings.CutPrefix(r.URL.Path, "/api/dashboards/uid/")
	switch {
	case r.URL.Path == "/api/search":
		fmt.Fprint(w, `[]`)
	case dashboard && slices.Contains(f.dashboards, uid):
		fmt.Fprintf(w, `{"meta":{"type":"db","slug":%q,"provisioned":true},"dashboard":{"uid":%[1]q}}`, uid)
	case dashboard:
		w.WriteHeader(http.StatusNotFound)
		fmt.Fprint(w, `{"message":"Dashboard not found","traceID":""}`)
	case r.URL.Path == "/api/ds/query" && r.Method == http.MethodPost:
		f.query(w, r)
	default:
		http.NotFound(w, r)
	}
}

func (f grafana) query(w http.ResponseWriter, r *http.Request) {
	var body struct {
		Queries []struct {
			RefID      string            `json:"refId"`
			Datasource map[string]string `json:"datasource"`
			Expr       string            `json:"expr"`
			Query      string            `json:"query"`
			QueryType  string            `json:"queryType"`
		} `json:"queries"`
	}
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil || len(body.Queries) != 1 {
		w.WriteHeader(http.StatusBadRequest)
		fmt.Fprint(w, `{"message":"bad request data","traceID":""}`)
		return
	}
	query := body.Queries[0]
	var found bool
	switch uid := query.Datasource["uid"]; {
	case uid == "prometheus" && f.prometheus != "":
		found = finds(f.prometheus+"/api/v1/query?query=", query.Expr)
	case uid == "loki" && f.loki != "":
		found = finds(f.loki+"/loki/api/v1/query_range?query=", query.Expr)
	case uid == "tempo" && f.tempo != nil && query.QueryType == "traceId":
		found = len(f.tempo.spans(query.Query)) > 0
	default:
		w.WriteHeader(http.StatusNotFound)
		fmt.Fprint(w, `{"message":"Data source not found","traceID":""}`)
		return
	}
	if !found {
		fmt.Fprint(w, `{"results":{"A":{"status":200,"frames":[]}}}`)
		return
	}
	fmt.Fprint(w, `{"results":{"A":{"status":200,"frames":[{"schema":{"refId":"A","fields":[{"name":"Time","type":"time"},`+
		`{"name":"Value","type":"number"}]},"data":{"values":[[1795386884210],[1]]}}]}}}`)
}

// finds reports whether a store answers a query with anything.
func finds(endpoint, query string) bool {
	answer, err := http.Get(endpoint + url.QueryEscape(query))
	if err != nil {
		return false
	}
	defer answer.Body.Close()
	raw, err := io.ReadAll(answer.Body)
	return err == nil && answer.StatusCode == http.StatusOK && !strings.Contains(string(raw), `"result":[]`)
}
