package doctor_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httputil"
	"net/url"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/neuroglia-go/neuroglia/cmd/neuroglia/doctor"
)

func TestAStack(t *testing.T) {
	t.Parallel()
	_, config := startStack(t)
	bake(t, config.CollectorHTTP)

	t.Run("that works has a tick for everything", func(t *testing.T) {
		t.Parallel()
		report, results := examine(t, config)
		if !report.OK || report.Count(doctor.Passed) != len(report.Checks) {
			for _, r := range report.Checks {
				t.Logf("%+v", r)
			}
			t.Fatalf("not all passed")
		}
		for id, want := range map[string]string{
			"prometheus.exemplar": report.TraceID, "correlation.exemplar_trace": report.TraceID,
			"app.services": "bakery", "app.metrics": "bakery ", "app.traces": "bakery ", "app.logs": "bakery ",
		} {
			if got := results[id].Detail; !strings.Contains(got, want) {
				t.Errorf("%s: got %q, want %q in it", id, got, want)
			}
		}
	})
	t.Run("is left with little of a run", func(t *testing.T) {
		t.Parallel()
		config := config
		config.Skip = []string{"grafana", "app"}
		report, _ := examine(t, config)
		series := askedFor(t, config.Prometheus+"/api/v1/series?match[]="+url.QueryEscape(fmt.Sprintf("{neuroglia_doctor_run=%q}", report.Run)))
		if got := strings.Count(series, `"__name__"`); got != 4 { // two buckets, sum and count
			t.Errorf("got %d series, want 4: %s", got, series)
		}
		lines := askedFor(t, config.Loki+"/loki/api/v1/query_range?query="+
			url.QueryEscape(fmt.Sprintf(`{service_name="neuroglia-doctor"} | neuroglia_doctor_run=%q`, report.Run)))
		if got := strings.Count(lines, "neuroglia doctor was here"); got != 1 {
			t.Errorf("got %d log records, want 1: %s", got, lines)
		}
	})
	t.Run("with one way in is used over that way", func(t *testing.T) {
		t.Parallel()
		for skip, way := range map[string]string{"grpc": "over HTTP", "http": "over gRPC"} {
			config := config
			config.Skip = []string{skip, "grafana", "app"}
			report, results := examine(t, config)
			for _, id := range []string{"emit.traces", "emit.metrics", "emit.logs"} {
				if r := results[id]; !report.OK || r.Detail != way {
					t.Errorf("without %s, got %+v; want it to pass %s", skip, r, way)
				}
			}
		}
	})
	t.Run("in parts is checked in parts", func(t *testing.T) {
		t.Parallel()
		config := config
		config.Skip = []string{"tempo", "grafana"}
		config.Tempo, config.Grafana = closed(t), closed(t)
		report, results := examine(t, config)
		if !report.OK || results["loki.log"].Status != doctor.Passed || results["app.logs"].Status != doctor.Passed {
			t.Errorf("got %+v", report)
		}
	})
	t.Run("whose Tempo is slow is waited for", func(t *testing.T) {
		t.Parallel()
		var asked atomic.Int32
		config := config
		config.Skip = []string{"grafana", "app"}
		config.Tempo = proxy(t, config.Tempo, func(w http.ResponseWriter, r *http.Request) bool {
			if !strings.HasPrefix(r.URL.Path, "/api/v2/traces/") {
				return false
			}
			switch asked.Add(1) {
			case 1:
				w.WriteHeader(http.StatusNotFound) // another way to say that it is not there
			case 2:
				tempo{}.ServeHTTP(w, r)
			case 3:
				http.Error(w, "too many", http.StatusTooManyRequests)
			default:
				return false
			}
			return true
		})
		if report, results := examine(t, config); !report.OK || asked.Load() < 4 {
			t.Errorf("got %+v after asking %d times", results["tempo.trace"], asked.Load())
		}
	})
	t.Run("whose collector sends to another Tempo says so", func(t *testing.T) {
		t.Parallel()
		config := config
		config.Skip, config.Timeout = []string{"app", "grafana"}, 8*time.Second
		config.Tempo = serve(t, tempo{}.ServeHTTP)
		_, results := examine(t, config)
		failed(t, results["tempo.trace"], "collector -> Tempo", "the collector did send spans (", "does that exporter lead to this Tempo?")
		if got := results["tempo.trace"].Detail; !regexp.MustCompile(`/\w+: [1-9]\d*\)$`).MatchString(got) {
			t.Errorf("got %q, want the exporter and how many it sent", got)
		}
		if r := results["correlation.trace_log"]; r.Because != "tempo.trace" {
			t.Errorf("got %+v, want it not checked because of tempo.trace", r)
		}
	})
	t.Run("without exemplars names the flag", func(t *testing.T) {
		t.Parallel()
		config := config
		config.Skip, config.Timeout = []string{"app", "grafana"}, 4*time.Second
		config.Prometheus = proxy(t, config.Prometheus, func(w http.ResponseWriter, r *http.Request) bool {
			if r.URL.Path != "/api/v1/query_exemplars" {
				return false
			}
			fmt.Fprint(w, `{"status":"success","data":[]}`)
			return true
		})
		_, results := examine(t, config)
		failed(t, results["prometheus.exemplar"], "Prometheus", "not its exemplar", "--enable-feature=exemplar-storage")
	})
	t.Run("whose app is gone misses it", func(t *testing.T) {
		t.Parallel()
		config := config
		config.Services, config.Timeout = []string{"butcher"}, 4*time.Second
		_, results := examine(t, config)
		failed(t, results["app.metrics"], "app -> collector", "no metrics of butcher", "does butcher run?")
		failed(t, results["app.logs"], "app -> collector", "no log record of butcher", "OTEL_LOGS_EXPORTER")
		if r := results["app.traces"]; r.Status != doctor.Skipped || !strings.Contains(r.Detail, "butcher had no request, command or query") {
			t.Errorf("got %+v, want it skipped: nothing says that there was anything to trace", r)
		}
		config.Services, config.Fresh = []string{"bakery"}, time.Millisecond
		_, results = examine(t, config)
		failed(t, results["app.metrics"], "app -> collector", "the newest metrics of bakery are", "does bakery run?")
	})
}

func TestWhatWaitsForAStoreThatIsDownIsSaid(t *testing.T) {
	t.Parallel()
	running, config := startStack(t)
	if err := running.Process("loki").Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	config.Skip, config.Timeout = []string{"app"}, 8*time.Second
	report, results := examine(t, config)
	failed(t, results["loki.ready"], "Loki", "nothing listens at "+config.Loki, "start Loki")
	if r := results["grafana.loki"]; r.Because != "loki.ready" || report.Count(doctor.Failed) != 1 {
		t.Errorf("got %+v and %d failures, want one", r, report.Count(doctor.Failed))
	}
	// A Loki that the doctor reaches and the collector does not.
	config.Loki = serve(t, func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `{"version":"3.7.8","status":"success","data":{"resultType":"streams","result":[]}}`)
	})
	config.Skip, config.Services = []string{"grafana"}, []string{"bakery"}
	_, results = examine(t, config)
	if r := results["app.logs"]; r.Because != "loki.log" {
		t.Errorf("got %+v, want it not checked because of loki.log", r)
	}
	failed(t, results["loki.log"], "collector -> Loki", "it waits in the collector's queue (otlp_http/loki: ", "is the exporter's endpoint right?")
}

// proxy is in front of a service and answers some of what it is asked itself.
func proxy(t *testing.T, to string, answers func(http.ResponseWriter, *http.Request) bool) string {
	t.Helper()
	target, err := url.Parse(to)
	if err != nil {
		t.Fatal(err)
	}
	behind := httputil.NewSingleHostReverseProxy(target)
	return serve(t, func(w http.ResponseWriter, r *http.Request) {
		if !answers(w, r) {
			behind.ServeHTTP(w, r)
		}
	})
}

func askedFor(t *testing.T, address string) string {
	t.Helper()
	answer, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s %s %v", address, answer.Status, body, err)
	}
	return string(body)
}
