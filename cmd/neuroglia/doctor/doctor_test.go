package doctor_test

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/neuroglia-go/neuroglia/cmd/neuroglia/doctor"
)

// watch is an observer that calls a function, if there is one, while it waits.
type watch struct{ waiting func(title string) }

func (watch) Told(doctor.Result) {}

func (w watch) Waiting(title string) {
	if w.waiting != nil {
		w.waiting(title)
	}
}

// examine runs the doctor and returns its report, and the results by id.
func examine(t *testing.T, config doctor.Config) (doctor.Report, map[string]doctor.Result) {
	t.Helper()
	report, err := doctor.Run(t.Context(), config, watch{})
	if err != nil {
		t.Fatal(err)
	}
	return report, byID(report)
}

func byID(report doctor.Report) map[string]doctor.Result {
	results := map[string]doctor.Result{}
	for _, r := range report.Checks {
		results[r.ID] = r
	}
	return results
}

// nowhere is a stack of which nothing runs.
func nowhere(t *testing.T) doctor.Config {
	t.Helper()
	return doctor.Config{
		CollectorGRPC: closed(t), CollectorHTTP: closed(t), CollectorHealth: closed(t),
		Tempo: closed(t), Prometheus: closed(t), Loki: closed(t), Grafana: closed(t), Timeout: 4 * time.Second,
	}
}

// closed is an address that nobody listens at.
func closed(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return "http://" + listener.Addr().String()
}

func serve(t *testing.T, handler http.HandlerFunc) string {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server.URL
}

func failed(t *testing.T, r doctor.Result, hop, detail, advice string) {
	t.Helper()
	if r.Status != doctor.Failed || r.Hop != hop || !strings.Contains(r.Detail, detail) || !strings.Contains(r.Advice, advice) {
		t.Errorf("%s: got %+v, want failed at %q, with %q and %q", r.ID, r, hop, detail, advice)
	}
}

func TestWhatDoesNotListenIsToBeStarted(t *testing.T) {
	t.Parallel()
	config := nowhere(t)
	config.Timeout = time.Minute
	report, results := examine(t, config)
	for id, want := range map[string][3]string{
		"collector.health": {"the collector", config.CollectorHealth, "start the collector, or give its address with --collector-health"},
		"tempo.ready":      {"Tempo", config.Tempo, "start Tempo, or give its address with --tempo"},
		"prometheus.ready": {"Prometheus", config.Prometheus, "start Prometheus, or give its address with --prometheus"},
		"loki.ready":       {"Loki", config.Loki, "start Loki, or give its address with --loki"},
		"grafana.health":   {"Grafana", config.Grafana, "start Grafana, or give its address with --grafana"},
	} {
		failed(t, results[id], want[0], "nothing listens at "+want[1], want[2])
	}
	if got := report.Count(doctor.Failed); got != 5 || report.OK {
		t.Errorf("got %d failures, OK %v; want one for each of the 5 that do not run", got, report.OK)
	}
	if took := time.Duration(report.Milliseconds) * time.Millisecond; took < 4*time.Second || took > 8*time.Second {
		t.Errorf("it took %s, want about five seconds, which a service may take to listen", took)
	}
}

func TestAServiceThatDoesNotListenYetIsWaitedFor(t *testing.T) {
	t.Parallel()
	config := nowhere(t)
	config.Timeout = time.Minute
	address := strings.TrimPrefix(config.Tempo, "http://")
	var started bool
	report, err := doctor.Run(t.Context(), config, watch{func(string) {
		if started {
			return
		}
		started = true // after the first answer, that nobody listens
		listener, err := net.Listen("tcp", address)
		if err != nil {
			t.Error(err)
			return
		}
		server := &http.Server{Handler: tempo{}, ReadHeaderTimeout: time.Minute}
		t.Cleanup(func() { _ = server.Close() })
		go func() { _ = server.Serve(listener) }()
	}})
	if err != nil {
		t.Fatal(err)
	}
	if r := byID(report)["tempo.ready"]; r.Status != doctor.Passed || !started {
		t.Errorf("got %+v", r)
	}
}

func TestOneCauseIsOneFailure(t *testing.T) {
	t.Parallel()
	_, results := examine(t, nowhere(t))
	for id, cause := range map[string]string{
		"collector.otlp_grpc": "collector.health", "collector.otlp_http": "collector.health", "emit.traces": "collector.health",
		"tempo.trace": "collector.health", "prometheus.exemplar": "collector.health", "correlation.trace_log": "collector.health",
		"grafana.access": "grafana.health", "grafana.dashboards": "grafana.health", "app.services": "prometheus.ready",
		"app.logs": "prometheus.ready",
	} {
		if r := results[id]; r.Status != doctor.NotChecked || r.Because != cause || !strings.Contains(r.Detail, results[cause].Title) {
			t.Errorf("%s: got %+v, want not checked because of %s", id, r, cause)
		}
	}
}

func TestAnotherServiceAtAnAddressIsSeen(t *testing.T) {
	t.Parallel()
	page := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=UTF-8")
		fmt.Fprint(w, "<!DOCTYPE html><title>Something else</title>")
	}
	for id, give := range map[string]func(*doctor.Config, string){
		"collector.health":    func(c *doctor.Config, url string) { c.CollectorHealth = url },
		"collector.otlp_http": func(c *doctor.Config, url string) { c.CollectorHTTP = url },
		"tempo.ready":         func(c *doctor.Config, url string) { c.Tempo = url },
		"prometheus.ready":    func(c *doctor.Config, url string) { c.Prometheus = url },
		"loki.ready":          func(c *doctor.Config, url string) { c.Loki = url },
		"grafana.health":      func(c *doctor.Config, url string) { c.Grafana = url },
	} {
		config := nowhere(t)
		give(&config, serve(t, page))
		_, results := examine(t, config)
		failed(t, results[id], results[id].Hop, "web page", "If not, give its own with --")
	}
	t.Run("of gRPC", func(t *testing.T) {
		t.Parallel()
		config := nowhere(t)
		config.CollectorGRPC = serve(t, page)
		_, results := examine(t, config)
		failed(t, results["collector.otlp_grpc"], results["collector.otlp_grpc"].Hop, "does not speak as", "--collector-grpc")
	})
	t.Run("of JSON", func(t *testing.T) {
		t.Parallel()
		config := nowhere(t)
		config.CollectorHealth = serve(t, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"status":"ready"}`) })
		_, results := examine(t, config)
		failed(t, results["collector.health"], "the collector", "does not speak as", "--collector-health")
	})
}

func TestAServiceThatIsNotReadyIsWaitedFor(t *testing.T) {
	t.Parallel()
	var asked atomic.Int32
	config := nowhere(t)
	config.Tempo = serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/ready" && asked.Add(1) < 3 {
			http.Error(w, "waiting for 15s after being ready", http.StatusServiceUnavailable)
			return
		}
		tempo{}.ServeHTTP(w, r)
	})
	_, results := examine(t, config)
	if r := results["tempo.ready"]; r.Status != doctor.Passed || asked.Load() != 3 {
		t.Errorf("got %+v after asking %d times, want it to pass the third time", r, asked.Load())
	}
}

func TestWaitingEnds(t *testing.T) {
	t.Parallel()
	gone := make(chan struct{})
	t.Cleanup(func() { close(gone) })
	config := nowhere(t)
	config.Timeout = 4 * time.Second
	config.Tempo = serve(t, func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "waiting for 15s after being ready", http.StatusServiceUnavailable)
	})
	config.Loki = serve(t, func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-gone:
		case <-r.Context().Done():
		}
	})
	report, results := examine(t, config)
	failed(t, results["tempo.ready"], "Tempo", "waiting for 15s after being ready", "wait until it has started")
	failed(t, results["loki.ready"], "Loki", "gives no answer", "busy")
	if took := time.Duration(report.Milliseconds) * time.Millisecond; took < config.Timeout/4 || took > config.Timeout {
		t.Errorf("it took %s, want a quarter of the timeout of %s", took, config.Timeout)
	}
}

func TestAnInterruptedRunTellsWhatIsKnown(t *testing.T) {
	t.Parallel()
	config := nowhere(t)
	config.Timeout = 20 * time.Second
	config.Tempo = serve(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) })
	ctx, cancel := context.WithCancel(t.Context())
	waited := 0
	report, err := doctor.Run(ctx, config, watch{func(string) {
		if waited++; waited == 10 { // after two seconds, each service was asked
			cancel()
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	results := byID(report)
	if r := results["tempo.ready"]; !report.Interrupted || report.OK || r.Status != doctor.NotChecked || r.Detail != "interrupted" {
		t.Errorf("got %+v of a run with interrupted %v, OK %v", r, report.Interrupted, report.OK)
	}
	failed(t, results["loki.ready"], "Loki", "nothing listens", "start Loki")
	if took := time.Duration(report.Milliseconds) * time.Millisecond; took > config.Timeout/4 {
		t.Errorf("it went on for %s", took)
	}
}

func TestSkippedPartsSkipWhatNeedsThem(t *testing.T) {
	t.Parallel()
	config := nowhere(t)
	config.Skip = []string{"tempo", "grafana", "app"}
	_, results := examine(t, config)
	for id, want := range map[string]doctor.Status{
		"tempo.ready": doctor.Skipped, "emit.traces": doctor.Skipped, "tempo.trace": doctor.Skipped,
		"correlation.exemplar_trace": doctor.Skipped, "grafana.health": doctor.Skipped, "grafana.loki": doctor.Skipped,
		"app.logs": doctor.Skipped, "loki.ready": doctor.Failed, "loki.log": doctor.NotChecked,
	} {
		if r := results[id]; r.Status != want {
			t.Errorf("got %+v, want %s", r, want)
		}
	}
	config.Skip = doctor.Parts()
	if report, _ := examine(t, config); !report.OK || report.Count(doctor.Skipped) != len(report.Checks) {
		t.Errorf("with everything skipped, got %+v", report)
	}
}

func TestWrongConfigIsRefused(t *testing.T) {
	t.Parallel()
	for want, config := range map[string]doctor.Config{
		"--tempo: give an address such as":             {Tempo: "127.0.0.1:3200"},
		"--loki: leave user and password out":          {Loki: "http://ann:hidden@127.0.0.1:3100"},
		"--grafana: leave query and fragment out":      {Grafana: "http://127.0.0.1:3001?token=hidden"},
		`--skip: there is no "temp", it takes health,`: {Skip: []string{"temp"}},
		"NEUROGLIA_GRAFANA_PASSWORD go together":       {GrafanaUser: "ann"},
		"--timeout and --fresh must be more than zero": {Timeout: -time.Second},
	} {
		_, err := doctor.Run(t.Context(), config, watch{})
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "hidden") {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}
