package stack_test

import (
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/neuroglia-go/neuroglia/stack"
)

// accepts runs a program's own check of a shipped file.
func accepts(t *testing.T, program string, arguments ...string) {
	t.Helper()
	if text, err := exec.Command(program, arguments...).CombinedOutput(); err != nil {
		t.Errorf("%s %s: %v\n%s", filepath.Base(program), strings.Join(arguments, " "), err, text)
	}
}

func TestTheCollectorAcceptsItsShippedFiles(t *testing.T) {
	t.Parallel()
	base := "--config=../deployment/otel/otel-collector-config.yaml"
	accepts(t, "../.bin/collector", "validate", base)
	for _, overlay := range []string{"prod", "debug"} {
		accepts(t, "../.bin/collector", "validate", base, "--config=../deployment/otel/otel-collector-config."+overlay+".yaml")
	}
}

func TestPrometheusAcceptsItsShippedFileAndItsRules(t *testing.T) {
	t.Parallel()
	accepts(t, "../.bin/promtool", "check", "config", "../deployment/prometheus/prometheus.yml")
}

func TestLokiAcceptsItsShippedFile(t *testing.T) {
	t.Parallel()
	accepts(t, "../.bin/loki", "-config.file=../deployment/loki/loki-config.yaml", "-config.expand-env=true", "-verify-config")
}

func TestTempoAcceptsItsShippedFile(t *testing.T) {
	t.Parallel()
	tempo := onPath(t, "tempo")
	accepts(t, tempo, "-config.file=../deployment/tempo/tempo.yaml", "-config.expand-env=true", "-config.verify=true")
}

// onPath finds a program that is not built here; where it is missing, the test cannot be made.
func onPath(t *testing.T, program string) string {
	t.Helper()
	found, err := exec.LookPath(program)
	if err != nil {
		t.Skipf("%s is not on the PATH, and cannot be built from a module", program)
	}
	return found
}

func TestTempoHasTheTracesAndMeasuresThem(t *testing.T) {
	t.Parallel()
	onPath(t, "tempo")
	s := start(t, func(c *stack.Config) { c.Without = []string{"grafana"} })
	if s.TraceFile() != "" {
		t.Error("traces go to a file although there is Tempo")
	}
	post(t, s, "/v1/traces", spans(10, 10*time.Millisecond, 0, "kept"))
	eventually(t, "a search finds the traces", func() bool {
		response, err := http.Get(s.URL("tempo") + "/api/search?q=%7Bspan.note%3D%22kept%22%7D")
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		text := make([]byte, 1<<16)
		n, _ := response.Body.Read(text)
		return strings.Contains(string(text[:n]), "GET /menu")
	})
	eventually(t, "Prometheus has the metrics that Tempo made of the spans", func() bool {
		found := query(t, s.URL("prometheus")+"/api/v1/query", "sum by (service, span_name, status_code) (traces_spanmetrics_calls_total)")
		return found["map[service:pizzeria span_name:GET /menu status_code:STATUS_CODE_UNSET]"] == "10"
	})
}

func TestGrafanaReachesTheStores(t *testing.T) {
	t.Parallel()
	onPath(t, "tempo")
	onPath(t, "grafana")
	s := start(t, func(c *stack.Config) { c.Without = nil })
	for uid, path := range map[string]string{"prometheus": "/api/v1/labels", "loki": "/loki/api/v1/labels", "tempo": "/api/echo"} {
		eventually(t, "Grafana reaches "+uid, func() bool {
			response, err := http.Get(s.URL("grafana") + "/api/datasources/proxy/uid/" + uid + path)
			if err != nil {
				t.Fatal(err)
			}
			response.Body.Close()
			return response.StatusCode == http.StatusOK
		})
	}
	eventually(t, "the overview is there", func() bool {
		response, err := http.Get(s.URL("grafana") + "/api/dashboards/uid/neuroglia-overview")
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		return response.StatusCode == http.StatusOK
	})
}

func TestAShippedFileThatChangedIsNotRenderedHalf(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	for _, link := range []string{".bin", "docker-compose.mario.yml"} {
		target, err := filepath.Abs(filepath.Join("..", link))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(target, filepath.Join(root, link)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.CopyFS(filepath.Join(root, "deployment"), os.DirFS("../deployment")); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(root, "deployment", "prometheus", "prometheus.yml")
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(strings.ReplaceAll(string(text), "loki:3100", "loki:3101")), 0o600); err != nil {
		t.Fatal(err)
	}
	ports, err := stack.FreePorts()
	if err != nil {
		t.Fatal(err)
	}
	_, err = stack.Start(t.Context(), stack.Config{Root: root, Ports: ports, Without: []string{"tempo", "grafana"}})
	if err == nil || !strings.Contains(err.Error(), `prometheus.yml has no "[\"loki:3100\"]"`) {
		t.Error(err)
	}
}
