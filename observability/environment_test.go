package observability_test

import "testing"

func TestSmoke(t *testing.T) {
	t.Parallel()
	for _, l := range []string{"start and stop", "one order", "host"} {
		o := live(t, l, "OTEL_EXPORTER_OTLP_ENDPIONT=x", "OTEL_TRACES_SAMPLER_ARG=0.5")
		t.Logf("%s\n%s\n%s\nfailed %v in %s", l, o.stdout, o.stderr, o.failed, o.took)
	}
	o := live(t, "host", "OTEL_TRACES_EXPORTER=zipkin", "OTEL_METRIC_EXPORT_INTERVAL=soon")
	t.Logf("%s\n%s\nfailed %v in %s", o.stdout, o.stderr, o.failed, o.took)
}
