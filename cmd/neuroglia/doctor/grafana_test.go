package doctor_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/neuroglia-go/neuroglia/cmd/neuroglia/doctor"
)

func TestGrafanaThatLetsNobodyInSaysWhatToGive(t *testing.T) {
	t.Parallel()
	config := nowhere(t)
	config.Grafana = serve(t, grafana{user: "ann", password: "secret"}.ServeHTTP)
	_, results := examine(t, config)
	failed(t, results["grafana.access"], "Grafana", "401 Unauthorized", "give NEUROGLIA_GRAFANA_TOKEN, or --grafana-user")
	if r := results["grafana.dashboards"]; r.Because != "grafana.access" {
		t.Errorf("got %+v, want it not checked because of grafana.access", r)
	}

	config.GrafanaUser, config.GrafanaPassword = "ann", "wrong-secret"
	report, results := examine(t, config)
	failed(t, results["grafana.access"], "Grafana", "401 Unauthorized", "the credentials given are wrong")
	if raw, err := json.Marshal(report); err != nil || strings.Contains(string(raw), "wrong-secret") {
		t.Errorf("the report has the password in it: %s, %v", raw, err)
	}

	config.GrafanaPassword = "secret"
	if _, results = examine(t, config); results["grafana.access"].Status != doctor.Passed {
		t.Errorf("with the right password, got %+v", results["grafana.access"])
	}
}

func TestCredentialsAreNotSentToAnotherHost(t *testing.T) {
	t.Parallel()
	var asked atomic.Int32
	other := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		_, _ = w.Write([]byte(`[]`))
	})
	config := nowhere(t)
	config.GrafanaToken = "token"
	config.Grafana = serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/api/health":
			http.Redirect(w, r, "/here/api/health", http.StatusFound)
		case r.URL.Path == "/here/api/health":
			_, _ = w.Write([]byte(`{"database":"ok"}`))
		case r.Header.Get("Authorization") != "Bearer token":
			w.WriteHeader(http.StatusUnauthorized)
		default:
			http.Redirect(w, r, other+r.URL.Path, http.StatusFound)
		}
	})
	_, results := examine(t, config)
	if r := results["grafana.health"]; r.Status != doctor.Passed {
		t.Errorf("a redirect on the host is not followed: %+v", r)
	}
	failed(t, results["grafana.access"], "Grafana", "redirects to another host", "--grafana")
	if asked.Load() != 0 {
		t.Errorf("the other host was asked %d times", asked.Load())
	}
}

func TestDashboardsThatAreNotThereAreNamed(t *testing.T) {
	t.Parallel()
	config := nowhere(t)
	config.Dashboards = []string{"one", "two", "three"}
	config.Timeout /= 10
	config.Grafana = serve(t, grafana{dashboards: []string{"two"}}.ServeHTTP)
	_, results := examine(t, config)
	failed(t, results["grafana.dashboards"], "Grafana", "no dashboard one, three", "dashboard provider")
	config.Grafana = serve(t, grafana{dashboards: config.Dashboards}.ServeHTTP)
	if _, results = examine(t, config); results["grafana.dashboards"].Status != doctor.Passed {
		t.Errorf("got %+v", results["grafana.dashboards"])
	}
}

func TestTracesOfAppsAreLookedFor(t *testing.T) {
	t.Parallel()
	config := nowhere(t)
	config.Services = []string{"bakery", "shop"}
	config.Skip = []string{"health", "grpc", "http", "prometheus", "loki", "grafana"}
	config.Tempo = serve(t, tempo{services: func() []string { return config.Services }}.ServeHTTP)
	_, results := examine(t, config)
	if r := results["app.traces"]; r.Status != doctor.Passed || !strings.Contains(r.Detail, "shop c5f408c6fc5733fbca436f81e0d5b32a") {
		t.Errorf("got %+v, want it to pass with a trace of each", r)
	}
	config.Timeout /= 20
	config.Tempo = serve(t, tempo{services: func() []string { return []string{"bakery"} }}.ServeHTTP)
	_, results = examine(t, config)
	failed(t, results["app.traces"], "app -> collector", "no trace of shop of the last 15 minutes", "OTEL_TRACES_EXPORTER")
}
