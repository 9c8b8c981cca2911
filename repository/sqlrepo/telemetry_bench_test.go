package sqlrepo_test

import (
	"context"
	"strconv"
	"testing"

	metricnoop "go.opentelemetry.io/otel/metric/noop"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	tracenoop "go.opentelemetry.io/otel/trace/noop"

	"github.com/neuroglia-go/neuroglia/repository/repositorytest"
	"github.com/neuroglia-go/neuroglia/repository/sqlrepo"
	"github.com/neuroglia-go/neuroglia/telemetry"
)

// BenchmarkTelemetry measures what the telemetry of statements costs, without a disk.
func BenchmarkTelemetry(b *testing.B) {
	metrics := sdkmetric.NewMeterProvider(sdkmetric.WithReader(sdkmetric.NewManualReader()))
	never := sdktrace.NewTracerProvider(sdktrace.WithSampler(sdktrace.NeverSample()))
	always := sdktrace.NewTracerProvider()
	for _, mode := range []struct {
		name string
		telemetry.Providers
	}{
		{"off", telemetry.Providers{Tracer: tracenoop.NewTracerProvider(), Meter: metricnoop.NewMeterProvider()}},
		{"metrics", telemetry.Providers{Tracer: tracenoop.NewTracerProvider(), Meter: metrics}},
		{"unsampled", telemetry.Providers{Tracer: never, Meter: metrics}},
		{"sampled", telemetry.Providers{Tracer: always, Meter: metrics}},
	} {
		db := open(b, "sqlite::memory:", sqlrepo.WithTelemetry(mode.Providers))
		store := newStore(b, db, repositorytest.Schema())
		ctx, span := mode.Tracer.Tracer("caller").Start(context.Background(), "caller")
		defer span.End()
		b.Run("get/"+mode.name, func(b *testing.B) {
			if err := store.Save(ctx, addition("a")); err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				if _, err := store.Get(ctx, "a"); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run("save/"+mode.name, func(b *testing.B) {
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				if err := store.Save(ctx, addition(strconv.Itoa(i))); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
