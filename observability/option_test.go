package observability_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"testing"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/baggage"
	"go.opentelemetry.io/otel/propagation"
	sdklog "go.opentelemetry.io/otel/sdk/log"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/neuroglia-go/neuroglia/observability"
	"github.com/neuroglia-go/neuroglia/observability/observabilitytest"
)

// withOptions gives every option, and prints what came of each.
func withOptions(ctx context.Context) error {
	spans, reader, records := tracetest.NewSpanRecorder(), sdkmetric.NewManualReader(), &exported{}
	t, err := observability.Start(ctx, "pizzeria",
		observability.Stdout(os.Stderr),
		observability.Attributes(attribute.String("deployment.environment.name", "test")),
		observability.Traces(sdktrace.WithSpanProcessor(spans)),
		observability.Metrics(sdkmetric.WithReader(reader), sdkmetric.WithView(
			sdkmetric.NewView(sdkmetric.Instrument{Name: "orders"}, sdkmetric.Stream{Name: "renamed"}))),
		observability.Logs(sdklog.WithProcessor(records)),
		observability.Level(slog.LevelDebug),
		observability.Baggage("tenant"),
		observability.HostMetrics(),
	)
	if err != nil {
		return err
	}
	tenant, err := baggage.Parse("tenant=t1,stranger=x")
	if err != nil {
		return err
	}
	ctx, span := observability.Tracer().Start(baggage.ContextWithBaggage(ctx, tenant), "place order")
	slog.DebugContext(ctx, "placing")
	span.End()
	orders, err := observability.Meter().Int64Counter("orders")
	if err != nil {
		return err
	}
	orders.Add(ctx, 1)
	fmt.Println(observability.Inject(ctx)["baggage"])

	s := spans.Ended()[0]
	fmt.Println(s.Name(), s.Attributes(), s.InstrumentationScope().Name)
	environment, _ := s.Resource().Set().Value("deployment.environment.name")
	fmt.Println(environment.AsString())
	fmt.Println(strings.Contains(records.String(), "DEBUG placing tenant=t1 span="))
	var all metricdata.ResourceMetrics
	if err := reader.Collect(ctx, &all); err != nil {
		return err
	}
	for _, scope := range all.ScopeMetrics {
		for _, m := range scope.Metrics {
			switch m.Name {
			case "process.cpu.time":
				fmt.Println(m.Name, "by", scope.Scope.Name)
			case "renamed", "system.memory.usage", "process.uptime", "go.goroutine.count":
				fmt.Println(m.Name)
			}
		}
	}
	return t.Shutdown(ctx)
}

func TestOptionsHoldAlsoIfNothingIsExported(t *testing.T) {
	t.Parallel()
	o := live(t, "with options", "OTEL_TRACES_EXPORTER=none", "OTEL_METRICS_EXPORTER=none", "OTEL_LOGS_EXPORTER=none")
	if o.failed {
		t.Error(o.stderr)
	}
	for _, want := range []string{
		"tenant=t1\n", `place order [{"tenant":"t1"}] github.com/neuroglia-go/neuroglia/observability_test` + "\n", "test\ntrue\n",
		"process.cpu.time by go.opentelemetry.io/contrib/instrumentation/host\n", "renamed\n", "system.memory.usage\n", "process.uptime\n", "go.goroutine.count\n",
	} {
		if !strings.Contains(o.stdout, want) {
			t.Errorf("no %q in\n%s\n%s", want, o.stdout, o.stderr)
		}
	}
	if n := strings.Count(o.stdout, "process.cpu.time"); n != 1 {
		t.Errorf("process.cpu.time is there %d times, want once", n)
	}
}

// installedBefore has all globals when telemetry starts.
func installedBefore(ctx context.Context) error {
	reader := sdkmetric.NewManualReader()
	otel.SetMeterProvider(sdkmetric.NewMeterProvider(sdkmetric.WithReader(reader)))
	otel.SetLoggerProvider(sdklog.NewLoggerProvider())
	otel.SetTracerProvider(sdktrace.NewTracerProvider())
	otel.SetTextMapPropagator(propagation.TraceContext{})
	t, err := observability.Start(ctx, "pizzeria", observability.Stdout(os.Stderr))
	if err != nil {
		return err
	}
	var all metricdata.ResourceMetrics
	if err := reader.Collect(ctx, &all); err != nil {
		return err
	}
	fmt.Printf("%T %d\n", otel.GetTextMapPropagator(), len(all.ScopeMetrics))
	return t.Shutdown(ctx)
}

func TestEverythingInstalledBeforeIsLeftAlone(t *testing.T) {
	t.Parallel()
	o := live(t, "installed before", "OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:1")
	observabilitytest.Diff(t, o.stdout, "propagation.TraceContext 0")
	if o.failed || !strings.Contains(o.stderr, `"installed_before":"metrics,traces,logs,propagators"`) {
		t.Error(o.stderr)
	}
}
