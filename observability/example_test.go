package observability_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/propagation"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/neuroglia-go/neuroglia/app"
	"github.com/neuroglia-go/neuroglia/observability"
	"github.com/neuroglia-go/neuroglia/telemetry"
)

// One line in main is all that a service needs.
func ExampleSetup() { //nolint:testableexamples // its log lines have times
	setup := func(context.Context, *app.Host) error { return nil } // the service's own
	main := func() { app.Main("mario-pizzeria", observability.Setup, setup) }
	_ = main
}

func ExampleSetupWith() { //nolint:testableexamples // its log lines have times
	var level slog.LevelVar // can be changed while the service runs
	telemetry := observability.SetupWith(
		observability.Version("1.2.3"),
		observability.Attributes(attribute.String("deployment.environment.name", "production")),
		observability.Level(&level),
		observability.Baggage("tenant"),
		observability.Metrics(sdkmetric.WithCardinalityLimit(500)),
	)
	main := func() { app.Main("mario-pizzeria", telemetry) }
	_ = main
}

// Without package app, the program starts and ends telemetry itself.
func ExampleStart() { //nolint:testableexamples // its log lines have times
	run := func(ctx context.Context) error {
		t, err := observability.Start(ctx, "nightly-report")
		if err != nil {
			return err
		}
		err = observability.Trace(ctx, "write report", func(context.Context) error { return nil })
		return errors.Join(err, t.Shutdown(ctx))
	}
	_ = run
}

// showSpans runs f in a span that is recorded, and prints the spans made in it.
func showSpans(f func(ctx context.Context)) {
	spans := tracetest.NewSpanRecorder()
	ctx, span := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(spans)).Tracer("example").Start(context.Background(), "request")
	f(ctx)
	span.End()
	for _, s := range spans.Ended() {
		fmt.Println(s.Name(), s.Status().Code, s.Attributes())
	}
}

func ExampleTrace() {
	showSpans(func(ctx context.Context) {
		err := observability.Trace(ctx, "heat oven", func(ctx context.Context) error {
			observability.SetAttributes(ctx, attribute.Int("degrees", 250))
			return errors.New("no gas")
		})
		fmt.Println(err)
	})
	// Output:
	// no gas
	// heat oven Error [{"degrees":250} {"error.type":"*errors.errorString"}]
	// request Unset []
}

func ExampleTraceValue() {
	showSpans(func(ctx context.Context) {
		minutes, err := observability.TraceValue(ctx, "estimate", func(context.Context) (int, error) { return 20, nil })
		fmt.Println(minutes, err)
	})
	// Output:
	// 20 <nil>
	// estimate Unset []
	// request Unset []
}

func ExampleWith() {
	logger := observability.NewLogger(withoutTime{os.Stdout}, nil, slog.LevelInfo) // slog.Default() after Setup
	ctx := observability.With(context.Background(), slog.String("order.id", "42"))
	logger.InfoContext(ctx, "cooking")
	logger.WithGroup("oven").InfoContext(ctx, "hot", "degrees", 250)
	// Output:
	// {"level":"INFO","msg":"cooking","order.id":"42"}
	// {"level":"INFO","msg":"hot","oven":{"degrees":250},"order.id":"42"}
}

// withoutTime cuts the time off the beginning of a line of JSON.
type withoutTime struct{ io.Writer }

func (w withoutTime) Write(line []byte) (int, error) {
	_, rest, _ := bytes.Cut(line, []byte(","))
	_, err := w.Writer.Write(append([]byte("{"), rest...))
	return len(line), err
}

func ExampleNewInstruments() {
	reader := sdkmetric.NewManualReader()
	providers := telemetry.Providers{Meter: sdkmetric.NewMeterProvider(sdkmetric.WithReader(reader))} // zero: the global ones

	declared := telemetry.Counter("pizzas.ordered", "{pizza}", "Pizzas ordered.", "size")
	in := observability.NewInstruments(providers)
	ordered := in.Counter(declared, observability.Each("size", "small", "large")...)
	if err := in.Err(); err != nil {
		fmt.Println(err)
	}
	ordered.Add(context.Background(), 3, metric.WithAttributes(attribute.String("size", "large")))

	var all metricdata.ResourceMetrics
	if err := reader.Collect(context.Background(), &all); err != nil {
		fmt.Println(err)
	}
	for _, p := range all.ScopeMetrics[0].Metrics[0].Data.(metricdata.Sum[int64]).DataPoints {
		size, _ := p.Attributes.Value("size")
		fmt.Println(size.AsString(), p.Value)
	}
	// Unordered output:
	// small 0
	// large 3
}

// What is put into the headers of a message leads its receiver back to the trace.
func ExampleInject() {
	otel.SetTextMapPropagator(propagation.TraceContext{}) // Setup does this

	headers := map[string]string{"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}
	ctx := observability.Extract(context.Background(), headers)
	fmt.Println(observability.Inject(ctx)["traceparent"])
	// Output: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01
}
