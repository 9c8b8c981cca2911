package observability_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/neuroglia-go/neuroglia/observability/observabilitytest"
)

func TestAConfigurationFileStandsInPlaceOfTheEnvironment(t *testing.T) {
	t.Parallel()
	r, url := newHTTPReceiver(t)
	file := filepath.Join(t.TempDir(), "otel.yaml")
	write(t, file, `
file_format: "1.1"
resource:
  attributes:
    - name: team
      value: ${TEAM:-dough}
propagator:
  composite_list: tracecontext
tracer_provider:
  processors:
    - batch: {exporter: {otlp_http: {endpoint: "`+url+`/v1/traces"}}}
meter_provider:
  readers:
    - periodic: {exporter: {otlp_http: {endpoint: "`+url+`/v1/metrics"}}}
`)
	o := live(t, "one order", "OTEL_CONFIG_FILE="+file, "OTEL_TRACES_EXPORTER=none", "OTEL_SDK_DISABLED=true")
	if o.failed {
		t.Error(o.stderr)
	}
	observabilitytest.Diff(t, r.got("log ERROR", "metric orders", "metric go.memory.used", "span "), `
		metric go.memory.used
		metric orders
		span place order order.id=123456789
	`)
	for _, want := range []string{"team=dough", "service.name=pizzeria", "service.version=1.2.3", "service.instance.id="} {
		if !strings.Contains(r.got("resource "), want) {
			t.Errorf("no %s in\n%s", want, r.got("resource "))
		}
	}
	for _, want := range []string{`"logs":"off","source":"OTEL_CONFIG_FILE `, "OTEL_SDK_DISABLED, OTEL_TRACES_EXPORTER (the configuration file counts instead"} {
		if !strings.Contains(o.stdout, want) {
			t.Errorf("no %s in\n%s", want, o.stdout)
		}
	}
}

func TestAWrongConfigurationFileStopsTheStart(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"no yaml":      "{",
		"no exporter":  "file_format: \"1.1\"\ntracer_provider:\n  processors:\n    - batch: {exporter: {}}\n",
		"two exporter": "file_format: \"1.1\"\nmeter_provider:\n  readers:\n    - periodic: {exporter: {console: {}, otlp_http: {endpoint: \"http://x\"}}}\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join(t.TempDir(), "otel.yaml")
			write(t, file, text)
			o := live(t, "host", "OTEL_CONFIG_FILE="+file)
			if !o.failed || !strings.Contains(o.stderr, "OTEL_CONFIG_FILE "+file) {
				t.Errorf("got %s %s", o.stdout, o.stderr)
			}
		})
	}
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
