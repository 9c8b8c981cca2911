package otelenv_test

import (
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/neuroglia-go/neuroglia/observability/internal/otelenv"
)

func TestNothingSetMeansTheDefaultsOfTheSpecification(t *testing.T) {
	t.Parallel()
	got := read(t)
	want := otelenv.Settings{
		Traces:         otelenv.Signal{Exporters: []string{"otlp"}, Protocol: "http/protobuf", Endpoint: "http://localhost:4318/v1/traces", Plaintext: true},
		Metrics:        otelenv.Signal{Exporters: []string{"otlp"}, Protocol: "http/protobuf", Endpoint: "http://localhost:4318/v1/metrics", Plaintext: true},
		Logs:           otelenv.Signal{Exporters: []string{"otlp"}, Protocol: "http/protobuf", Endpoint: "http://localhost:4318/v1/logs", Plaintext: true},
		Sampler:        "parentbased_always_on",
		Propagators:    []string{"tracecontext", "baggage"},
		PrometheusAddr: "localhost:9464",
		Set:            []string{},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestVariablesThatAreSetToNothingAreNotSet(t *testing.T) {
	t.Parallel()
	got := read(t, "OTEL_TRACES_EXPORTER=", "OTEL_CONFIG_FILE=  ", "OTEL_SDK_DISABLED=")
	if got.Disabled || got.ConfigFile != "" || len(got.Set) > 0 || got.Traces.Off() {
		t.Errorf("got %+v", got)
	}
}

func TestWhereASignalGoes(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		env      []string
		protocol string
		endpoint string
		plain    bool
	}{
		"grpc":               {[]string{"OTEL_EXPORTER_OTLP_PROTOCOL=grpc"}, "grpc", "http://localhost:4317", true},
		"own protocol":       {[]string{"OTEL_EXPORTER_OTLP_PROTOCOL=grpc", "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL=http/protobuf"}, "http/protobuf", "http://localhost:4318/v1/traces", true},
		"base endpoint":      {[]string{"OTEL_EXPORTER_OTLP_ENDPOINT=https://c:1/x/"}, "http/protobuf", "https://c:1/x/v1/traces", false},
		"base endpoint grpc": {[]string{"OTEL_EXPORTER_OTLP_ENDPOINT=https://c:1", "OTEL_EXPORTER_OTLP_PROTOCOL=grpc"}, "grpc", "https://c:1", false},
		"own endpoint":       {[]string{"OTEL_EXPORTER_OTLP_ENDPOINT=https://c:1", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=http://d:2/y"}, "http/protobuf", "http://d:2/y", false},
		"secrets":            {[]string{"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=http://user:pass@d:2/y?key=k#f"}, "http/protobuf", "http://d:2/y", false},
		"insecure":           {[]string{"OTEL_EXPORTER_OTLP_INSECURE=true"}, "http/protobuf", "http://localhost:4318/v1/traces", false},
		"not insecure":       {[]string{"OTEL_EXPORTER_OTLP_INSECURE=false"}, "http/protobuf", "https://localhost:4318/v1/traces", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := read(t, test.env...).Traces
			if got.Protocol != test.protocol || got.Endpoint != test.endpoint || got.Plaintext != test.plain {
				t.Errorf("got %+v, want %+v", got, test)
			}
		})
	}
}

func TestValuesThatAreRead(t *testing.T) {
	t.Parallel()
	got := read(t, "OTEL_SDK_DISABLED=TRUE", "OTEL_TRACES_SAMPLER=traceidratio", "OTEL_TRACES_SAMPLER_ARG=0.25",
		"OTEL_TRACES_EXPORTER=otlp, console", "OTEL_METRICS_EXPORTER=prometheus", "OTEL_LOGS_EXPORTER=none",
		"OTEL_PROPAGATORS=b3, baggage", "OTEL_METRIC_EXPORT_INTERVAL=2000", "OTEL_EXPORTER_PROMETHEUS_HOST=::1",
		"OTEL_EXPORTER_PROMETHEUS_PORT=0", "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE=Delta", "PATH=/bin")
	switch {
	case !got.Disabled, got.Sampler != "traceidratio(0.25)", !got.Traces.Uses("otlp"), !got.Traces.Uses("console"),
		!got.Metrics.Uses("prometheus"), !got.Logs.Off(), strings.Join(got.Propagators, "+") != "b3+baggage",
		got.MetricInterval != 2*time.Second, got.PrometheusAddr != "[::1]:0", !got.Delta, !got.Chosen, len(got.Set) != 11:
		t.Errorf("got %+v", got)
	}
}

func TestWrongValuesAreOneErrorThatNamesThem(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	for env, want := range map[string]string{
		"OTEL_SDK_DISABLED=yes":             `OTEL_SDK_DISABLED is "yes", want one of true, false`,
		"OTEL_TRACES_EXPORTER=zipkin":       `OTEL_TRACES_EXPORTER is "zipkin", want one of otlp, console, none`,
		"OTEL_METRICS_EXPORTER=none,otlp":   `OTEL_METRICS_EXPORTER is "none,otlp", want none to stand alone`,
		"OTEL_LOGS_EXPORTER=prometheus":     `OTEL_LOGS_EXPORTER is "prometheus", want one of otlp, console, none`,
		"OTEL_TRACES_SAMPLER=jaeger_remote": `OTEL_TRACES_SAMPLER is "jaeger_remote", want one of always_on, always_off, traceidratio, parentbased_always_on, parentbased_always_off, parentbased_traceidratio`,
		"OTEL_TRACES_SAMPLER_ARG=half":      `OTEL_TRACES_SAMPLER_ARG is "half", want a number from 0 to 1`,
		"OTEL_TRACES_SAMPLER_ARG=NaN":       `OTEL_TRACES_SAMPLER_ARG is "NaN", want a number from 0 to 1`,
		"OTEL_METRIC_EXPORT_INTERVAL=15s":   `OTEL_METRIC_EXPORT_INTERVAL is "15s", want milliseconds, at least 1`,
		"OTEL_BSP_MAX_QUEUE_SIZE=0":         `OTEL_BSP_MAX_QUEUE_SIZE is "0", want a whole number, at least 1`,
		"OTEL_BLRP_SCHEDULE_DELAY=-1":       `OTEL_BLRP_SCHEDULE_DELAY is "-1", want milliseconds, at least 1`,
		"OTEL_ATTRIBUTE_COUNT_LIMIT=many":   `OTEL_ATTRIBUTE_COUNT_LIMIT is "many", want a whole number, at least -1`,
		"OTEL_METRICS_EXEMPLAR_FILTER=all":  `OTEL_METRICS_EXEMPLAR_FILTER is "all", want one of always_on, always_off, trace_based`,
		"OTEL_EXPORTER_PROMETHEUS_PORT=web": `OTEL_EXPORTER_PROMETHEUS_PORT is "web", want a port from 0 to 65535`,
		"OTEL_EXPERIMENTAL_CONFIG_FILE=x":   `OTEL_EXPERIMENTAL_CONFIG_FILE is no longer supported, use OTEL_CONFIG_FILE`,
		"OTEL_CONFIG_FILE=" + folder:        `OTEL_CONFIG_FILE is "` + folder + `", which is a folder and not a file`,
		"OTEL_RESOURCE_ATTRIBUTES=a=1,b":    `OTEL_RESOURCE_ATTRIBUTES has "b", want key=value`,

		"OTEL_EXPORTER_OTLP_PROTOCOL=http/json":                     `OTEL_EXPORTER_OTLP_PROTOCOL is "http/json", want one of grpc, http/protobuf`,
		"OTEL_EXPORTER_OTLP_ENDPOINT=collector:4317":                `OTEL_EXPORTER_OTLP_ENDPOINT is "collector:4317", want http://collector:4317 or https://collector:4317`,
		"OTEL_EXPORTER_OTLP_LOGS_ENDPOINT=unix:///x":                `OTEL_EXPORTER_OTLP_LOGS_ENDPOINT is not a URL that begins with http:// or https://`,
		"OTEL_EXPORTER_OTLP_ENDPOINT=ftp://user:hidden@x":           `OTEL_EXPORTER_OTLP_ENDPOINT is not a URL that begins with http:// or https://`,
		"OTEL_EXPORTER_OTLP_HEADERS=hidden":                         `OTEL_EXPORTER_OTLP_HEADERS is not key=value pairs with commas between, values percent-encoded (not shown: it may hold secrets)`,
		"OTEL_EXPORTER_OTLP_COMPRESSION=zstd":                       `OTEL_EXPORTER_OTLP_COMPRESSION is "zstd", want one of gzip, none`,
		"OTEL_EXPORTER_OTLP_TRACES_TIMEOUT=ten":                     `OTEL_EXPORTER_OTLP_TRACES_TIMEOUT is "ten", want milliseconds, at least 1`,
		"OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE=sum":     `OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE is "sum", want one of cumulative, delta, lowmemory`,
		"OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION=": "",
		"OTEL_LOG_LEVEL=loud":                                       `OTEL_LOG_LEVEL is "loud", want one of none, error, warn, info, debug`,
	} {
		t.Run(env, func(t *testing.T) {
			t.Parallel()
			_, err := otelenv.Read([]string{env})
			if got := text(err); got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
		})
	}
}

func TestAllWrongValuesAreNamedTogether(t *testing.T) {
	t.Parallel()
	cert := filepath.Join(t.TempDir(), "cert.pem")
	if err := os.WriteFile(cert, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := otelenv.Read([]string{
		"OTEL_TRACES_EXPORTER=zipkin", "OTEL_BSP_EXPORT_TIMEOUT=no",
		"OTEL_EXPORTER_OTLP_ENDPOINT=https://c", "OTEL_EXPORTER_OTLP_INSECURE=true",
		"OTEL_EXPORTER_OTLP_LOGS_CLIENT_CERTIFICATE=" + cert,
	})
	want := `OTEL_BSP_EXPORT_TIMEOUT is "no", want milliseconds, at least 1; ` +
		`OTEL_TRACES_EXPORTER is "zipkin", want one of otlp, console, none; ` +
		`OTEL_EXPORTER_OTLP_INSECURE is true and OTEL_EXPORTER_OTLP_ENDPOINT begins with https; ` +
		`OTEL_EXPORTER_OTLP_LOGS_CLIENT_CERTIFICATE and OTEL_EXPORTER_OTLP_LOGS_CLIENT_KEY must both be set`
	if got := text(err); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestBrokenCertificatesAreErrors(t *testing.T) {
	t.Parallel()
	broken := filepath.Join(t.TempDir(), "broken.pem")
	if err := os.WriteFile(broken, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := otelenv.Read([]string{
		"OTEL_EXPORTER_OTLP_CERTIFICATE=" + broken,
		"OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE=" + broken, "OTEL_EXPORTER_OTLP_CLIENT_KEY=" + broken,
	})
	for _, want := range []string{"OTEL_EXPORTER_OTLP_CERTIFICATE is", "no PEM certificate", "are no pair: tls:"} {
		if !strings.Contains(text(err), want) {
			t.Errorf("no %q in %v", want, err)
		}
	}
}

func TestVariablesWithoutEffectAreNamedWithTheReason(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ env, want string }{
		"mistyped":        {"OTEL_EXPORTER_OTLP_ENDPIONT=http://c", "OTEL_EXPORTER_OTLP_ENDPIONT (not known, did you mean OTEL_EXPORTER_OTLP_ENDPOINT?)"},
		"unknown":         {"OTEL_JAVAAGENT_ENABLED=true", "OTEL_JAVAAGENT_ENABLED (not known)"},
		"argument":        {"OTEL_TRACES_SAMPLER_ARG=0.1", "OTEL_TRACES_SAMPLER_ARG (the sampler takes no argument)"},
		"prometheus":      {"OTEL_EXPORTER_PROMETHEUS_PORT=1", "OTEL_EXPORTER_PROMETHEUS_PORT (OTEL_METRICS_EXPORTER is not prometheus)"},
		"traces off":      {"OTEL_TRACES_EXPORTER=none OTEL_BSP_SCHEDULE_DELAY=1", "OTEL_BSP_SCHEDULE_DELAY (OTEL_TRACES_EXPORTER is none)"},
		"logs on console": {"OTEL_LOGS_EXPORTER=console OTEL_EXPORTER_OTLP_LOGS_TIMEOUT=1", "OTEL_EXPORTER_OTLP_LOGS_TIMEOUT (OTEL_LOGS_EXPORTER is not otlp)"},
		"pulled":          {"OTEL_METRICS_EXPORTER=prometheus OTEL_METRIC_EXPORT_INTERVAL=1", "OTEL_METRIC_EXPORT_INTERVAL (metrics are not pushed)"},
		"no otlp": {
			"OTEL_TRACES_EXPORTER=none OTEL_METRICS_EXPORTER=none OTEL_LOGS_EXPORTER=none OTEL_EXPORTER_OTLP_HEADERS=a=b",
			"OTEL_EXPORTER_OTLP_HEADERS (no exporter is otlp)",
		},
		"experiments":  {"OTEL_GO_X_OBSERVABILITY=true", ""},
		"all in order": {"OTEL_TRACES_SAMPLER=traceidratio OTEL_TRACES_SAMPLER_ARG=0.1 OTEL_EXPORTER_OTLP_LOGS_HEADERS=a=b", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := strings.Join(read(t, strings.Fields(test.env)...).NoEffect, "; ")
			if got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

// FuzzNoValueIsReadWithAPanicOrShown feeds every kind of value to variables that may hold secrets.
func FuzzNoValueIsReadWithAPanicOrShown(f *testing.F) {
	f.Add("OTEL_EXPORTER_OTLP_HEADERS", "authorization=Bearer%20x")
	f.Add("OTEL_EXPORTER_OTLP_ENDPOINT", "https://user:secret@host:4318/path?key=secret")
	f.Add("OTEL_RESOURCE_ATTRIBUTES", "a=b,c")
	f.Add("OTEL_PROPAGATORS", ",,")
	f.Fuzz(func(t *testing.T, name, value string) {
		got, err := otelenv.Read([]string{name + "=" + value})
		if strings.Contains(name, "HEADERS") && len(value) > 12 && strings.Contains(text(err), value) {
			t.Errorf("the error shows %q", value)
		}
		if u, bad := url.Parse(got.Traces.Endpoint); err == nil && (bad != nil || u.User != nil || u.RawQuery != "") {
			t.Errorf("the endpoint %q may hold credentials", got.Traces.Endpoint)
		}
	})
}

func read(t *testing.T, env ...string) otelenv.Settings {
	t.Helper()
	s, err := otelenv.Read(env)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
