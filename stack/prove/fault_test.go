package prove_test

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlpmetric/otlpmetrichttp"
	"go.opentelemetry.io/otel/metric"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/resource"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	_ "modernc.org/sqlite" // the driver that the pizzeria has
)

// breakDatabase takes the orders away for a while, so that queries and commands fail, and then forbids for a while to change
// customers and kitchens, so that event handlers and subscribers do.
func breakDatabase(ctx context.Context, file string, while time.Duration) error {
	db, err := sql.Open("sqlite", "file:"+file+"?_pragma=busy_timeout(10000)")
	if err != nil {
		return fmt.Errorf("open the pizzeria's database: %w", err)
	}
	defer db.Close()
	const forbid = "CREATE TRIGGER no_%[1]s BEFORE UPDATE ON %[1]s BEGIN SELECT RAISE(ABORT, 'broken for a proof'); END"
	for _, fault := range []struct{ begin, end string }{
		{"ALTER TABLE orders RENAME TO away", "ALTER TABLE away RENAME TO orders"},
		{fmt.Sprintf(forbid, "customers"), "DROP TRIGGER no_customers"},
		{fmt.Sprintf(forbid, "kitchens"), "DROP TRIGGER no_kitchens"},
	} {
		if _, err := db.ExecContext(ctx, fault.begin); err != nil {
			return fmt.Errorf("break the database: %w", err)
		}
		time.Sleep(while) // what fails meanwhile is what the panels show
		if _, err := db.ExecContext(ctx, fault.end); err != nil {
			return fmt.Errorf("mend the database: %w", err)
		}
	}
	return nil
}

// overflow sends a metric with more series than the SDK keeps apart.
func overflow(ctx context.Context, collector string) error {
	exporter, err := otlpmetrichttp.New(ctx, otlpmetrichttp.WithEndpointURL(collector+"/v1/metrics"))
	if err != nil {
		return fmt.Errorf("make an exporter: %w", err)
	}
	provider := sdkmetric.NewMeterProvider(
		sdkmetric.WithReader(sdkmetric.NewPeriodicReader(exporter)), sdkmetric.WithCardinalityLimit(2),
		sdkmetric.WithResource(resource.NewWithAttributes(semconv.SchemaURL,
			semconv.ServiceName("overflowing"), semconv.ServiceInstanceID("overflow"), semconv.DeploymentEnvironmentNameKey.String("proof"))))
	counter, err := provider.Meter("prove").Int64Counter("prove.overflow")
	if err != nil {
		return fmt.Errorf("make a counter: %w", err)
	}
	for i := range 10 {
		counter.Add(ctx, 1, metric.WithAttributes(attribute.Int("series", i)))
	}
	if err := provider.Shutdown(ctx); err != nil {
		return fmt.Errorf("send the metric: %w", err)
	}
	return nil
}
