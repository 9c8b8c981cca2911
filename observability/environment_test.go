package observability_test

import (
	"strings"
	"testing"

	"github.com/neuroglia-go/neuroglia/observability/observabilitytest"
)

const oneOrderReceived = `
	log ERROR order failed exception.message=no ovens exception.type=*errors.errorString took=1.5 span=true
	metric orders
	span place order order.id=123456789
`

func TestThreeSignalsGoOverOTLP(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		receiver func(*testing.T) (*receiver, string)
		env      []string
		keys     string
	}{
		"http/protobuf": {newHTTPReceiver, nil, ""},
		"gzip":          {newHTTPReceiver, []string{"OTEL_EXPORTER_OTLP_COMPRESSION=gzip"}, "gzip /v1/logs\ngzip /v1/metrics\ngzip /v1/traces"},
		"headers":       {newHTTPReceiver, []string{"OTEL_EXPORTER_OTLP_HEADERS=api-key=s%20ecret"}, "key s ecret"},
		"grpc":          {newGRPCReceiver, []string{"OTEL_EXPORTER_OTLP_PROTOCOL=grpc", "OTEL_EXPORTER_OTLP_COMPRESSION=gzip"}, ""},
		"grpc headers":  {newGRPCReceiver, []string{"OTEL_EXPORTER_OTLP_PROTOCOL=grpc", "OTEL_EXPORTER_OTLP_HEADERS=api-key=secret"}, "key secret"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, url := test.receiver(t)
			o := live(t, "one order", append(test.env, "OTEL_EXPORTER_OTLP_ENDPOINT="+url)...)
			if o.failed {
				t.Error(o.stderr)
			}
			if strings.Contains(o.stdout+o.stderr, "ecret") {
				t.Errorf("a secret is shown:\n%s", o.stdout)
			}
			observabilitytest.Diff(t, r.got("log ERROR", "metric orders", "span "), oneOrderReceived)
			observabilitytest.Diff(t, r.got("gzip ", "key "), test.keys)
			for _, want := range []string{"service.name=pizzeria", "service.version=1.2.3", "service.instance.id="} {
				if !strings.Contains(r.got("resource "), want) {
					t.Errorf("the resource has no %s", want)
				}
			}
			for _, want := range []string{"metric go.memory.used", "metric go.schedule.duration", "metric process.cpu.time", "metric process.uptime"} {
				if !strings.Contains(r.got("metric "), want) {
					t.Errorf("no %s in\n%s", want, r.got("metric "))
				}
			}
			observabilitytest.Diff(t, r.got("exemplar "), "exemplar orders true")
		})
	}
}

func TestSignalsCanGoDifferentWays(t *testing.T) {
	t.Parallel()
	overHTTP, httpURL := newHTTPReceiver(t)
	overGRPC, grpcURL := newGRPCReceiver(t)
	live(t, "one order", "OTEL_EXPORTER_OTLP_ENDPOINT="+httpURL, "OTEL_METRICS_EXPORTER=none",
		"OTEL_EXPORTER_OTLP_TRACES_PROTOCOL=grpc", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT="+grpcURL)
	observabilitytest.Diff(t, overHTTP.got("log ERROR", "metric ", "span "),
		"log ERROR order failed exception.message=no ovens exception.type=*errors.errorString took=1.5 span=true")
	observabilitytest.Diff(t, overGRPC.got("log ERROR", "metric ", "span "), "span place order order.id=123456789")
}

func TestACertificateOfTheEnvironmentIsTrusted(t *testing.T) {
	t.Parallel()
	r, url, certificate := newTLSReceiver(t)
	o := live(t, "one order", "OTEL_EXPORTER_OTLP_ENDPOINT="+url, "OTEL_EXPORTER_OTLP_CERTIFICATE="+certificate)
	observabilitytest.Diff(t, r.got("log ERROR", "metric orders", "span "), oneOrderReceived)
	if o.failed {
		t.Error(o.stderr)
	}
	o = live(t, "one order", "OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:1", "OTEL_EXPORTER_OTLP_CERTIFICATE="+certificate)
	if !o.failed || !strings.Contains(o.stderr, "insecure HTTP endpoint cannot use TLS client configuration") {
		t.Errorf("got %s", o.stderr)
	}
}

func TestTheEnvironmentWinsOverTheCode(t *testing.T) {
	t.Parallel()
	r, url := newHTTPReceiver(t)
	live(t, "one order", "OTEL_EXPORTER_OTLP_ENDPOINT="+url, "OTEL_SERVICE_NAME=from-env",
		"OTEL_RESOURCE_ATTRIBUTES=service.name=loses,service.version=9.9.9,team=dough")
	for _, want := range []string{"service.name=from-env", "service.version=9.9.9", "team=dough"} {
		if !strings.Contains(r.got("resource "), want) {
			t.Errorf("no %s in\n%s", want, r.got("resource "))
		}
	}
}

func TestLimitsAndSamplersOfTheEnvironmentHold(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ env, want string }{
		"length of values": {"OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT=3", "span place order order.id=123"},
		"attributes":       {"OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT=0", "span place order"},
		"sampler":          {"OTEL_TRACES_SAMPLER=always_off", ""},
		"traces":           {"OTEL_TRACES_EXPORTER=none", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, url := newHTTPReceiver(t)
			o := live(t, "one order", "OTEL_EXPORTER_OTLP_ENDPOINT="+url, test.env)
			observabilitytest.Diff(t, r.got("span "), test.want)
			if !strings.Contains(r.got("log "), "order failed") || o.failed {
				t.Errorf("got %s\n%s", r.got("log "), o.stderr)
			}
		})
	}
}

func TestWhatIsOffIsANoOpAndPropagationGoesOn(t *testing.T) {
	t.Parallel()
	const noop = "noop.TracerProvider noop.MeterProvider noop.LoggerProvider\ntraceparent"
	for name, test := range map[string]struct{ env, want string }{
		"disabled":    {"OTEL_SDK_DISABLED=True", noop},
		"none":        {"OTEL_TRACES_EXPORTER=none OTEL_METRICS_EXPORTER=none OTEL_LOGS_EXPORTER=none", noop},
		"traces none": {"OTEL_TRACES_EXPORTER=none OTEL_METRICS_EXPORTER=console OTEL_LOGS_EXPORTER=console", "noop.TracerProvider *metric.MeterProvider *log.LoggerProvider\ntraceparent"},
		"b3":          {"OTEL_TRACES_EXPORTER=console OTEL_METRICS_EXPORTER=none OTEL_LOGS_EXPORTER=none OTEL_PROPAGATORS=b3", "*trace.TracerProvider noop.MeterProvider noop.LoggerProvider\nb3"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := live(t, "globals", strings.Fields(test.env)...)
			observabilitytest.Diff(t, o.stdout, test.want)
			if o.failed {
				t.Error(o.stderr)
			}
		})
	}
}

func TestConsoleExportersWriteToStandardOutput(t *testing.T) {
	t.Parallel()
	o := live(t, "one order", "OTEL_TRACES_EXPORTER=console", "OTEL_METRICS_EXPORTER=console", "OTEL_LOGS_EXPORTER=console")
	for _, want := range []string{`"Name":"place order"`, `"Name":"orders"`, `"exception.message"`, `"traces":"console"`} {
		if !strings.Contains(o.stdout, want) {
			t.Errorf("no %s in\n%s", want, o.stdout)
		}
	}
}

func TestAWrongEnvironmentIsOneClearLineBeforeServing(t *testing.T) {
	t.Parallel()
	for env, want := range map[string]string{
		"OTEL_TRACES_EXPORTER=zipkin":           `environment: OTEL_TRACES_EXPORTER is "zipkin", want one of otlp, console, none`,
		"OTEL_PROPAGATORS=tracecontext,pigeon":  `environment: OTEL_PROPAGATORS: unknown propagator: pigeon, want some of tracecontext, baggage, b3, b3multi, jaeger, xray, ottrace, none`,
		"OTEL_METRIC_EXPORT_INTERVAL=often":     `environment: OTEL_METRIC_EXPORT_INTERVAL is "often", want milliseconds, at least 1`,
		"OTEL_EXPORTER_OTLP_ENDPOINT=localhost": `environment: OTEL_EXPORTER_OTLP_ENDPOINT is "localhost", want http://localhost or https://localhost`,
	} {
		t.Run(env, func(t *testing.T) {
			t.Parallel()
			o := live(t, "host", env)
			if !o.failed || strings.TrimSpace(o.stderr) != want || o.stdout != "" {
				t.Errorf("got  %s\nwant %s\nstandard output %s", o.stderr, want, o.stdout)
			}
		})
	}
}

func TestTheLineAtStartSaysWhereTelemetryGoes(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ env, want string }{
		"defaults": {"", `"traces":"otlp http/protobuf http://localhost:4318/v1/traces","metrics":"otlp http/protobuf http://localhost:4318/v1/metrics","logs":"stdout, otlp http/protobuf http://localhost:4318/v1/logs","sampler":"parentbased_always_on","metric_interval":"15s (default)","source":"defaults (no OTEL_EXPORTER_* or OTEL_*_EXPORTER is set)","propagators":"tracecontext,baggage"`},
		"chosen": {
			"OTEL_EXPORTER_OTLP_ENDPOINT=http://me:secret@127.0.0.1:1 OTEL_EXPORTER_OTLP_PROTOCOL=grpc OTEL_LOGS_EXPORTER=none OTEL_TRACES_SAMPLER=traceidratio OTEL_TRACES_SAMPLER_ARG=0.5 OTEL_METRIC_EXPORT_INTERVAL=60000 OTEL_EXPORTER_OTLP_METRICS_COMPRESSION=gzip",
			`"traces":"otlp grpc http://127.0.0.1:1","metrics":"otlp grpc http://127.0.0.1:1 gzip","logs":"stdout, off","sampler":"traceidratio(0.5)","metric_interval":"1m0s","source":"environment","propagators":"tracecontext,baggage"`,
		},
		"disabled": {"OTEL_SDK_DISABLED=true", `"traces":"off","metrics":"off","logs":"stdout","source":"OTEL_SDK_DISABLED","propagators":"tracecontext,baggage"`},
		"mistyped": {"OTEL_SDK_DISABLED=true OTEL_EXPORTER_OTLP_ENDPIONT=x", `"variables":"OTEL_EXPORTER_OTLP_ENDPIONT (not known, did you mean OTEL_EXPORTER_OTLP_ENDPOINT?)"`},
		"delta":    {"OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE=delta", `metrics are sent as deltas`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := live(t, "host", strings.Fields(test.env)...)
			if !strings.Contains(o.stdout, test.want) || strings.Contains(o.stdout, "secret") {
				t.Errorf("got\n%s\nwant it to contain\n%s", o.stdout, test.want)
			}
		})
	}
}
