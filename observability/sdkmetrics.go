package observability

import (
	"os"

	sdkmetric "go.opentelemetry.io/otel/sdk/metric"

	"github.com/neuroglia-go/neuroglia/telemetry/registry"
)

// sdkMetricsVariable makes parts of the SDK measure themselves when they are made.
const sdkMetricsVariable = "OTEL_GO_X_OBSERVABILITY"

// measuring has the parts of the SDK that are made until the returned function is called measure themselves: queues, what is
// dropped because they are full, and what exporters send and lose. That costs something for each batch and each dropped
// record. Tracers are to be made outside: they would count each span at its start and at its end. A variable that is set
// decides alone.
func measuring() (end func()) {
	if _, decided := os.LookupEnv(sdkMetricsVariable); decided || os.Setenv(sdkMetricsVariable, "true") != nil {
		return func() {}
	}
	return func() { _ = os.Unsetenv(sdkMetricsVariable) }
}

// sdkViews fit what the SDK measures of itself to its declaration: buckets for seconds, and nothing about exports under way,
// which are one at a time.
func sdkViews() sdkmetric.Option {
	seconds := sdkmetric.Stream{Aggregation: sdkmetric.AggregationExplicitBucketHistogram{Boundaries: registry.Seconds()}}
	return sdkmetric.WithView(
		sdkmetric.NewView(sdkmetric.Instrument{Name: registry.ExportDuration().Name}, seconds),
		sdkmetric.NewView(sdkmetric.Instrument{Name: registry.CollectionDuration().Name}, seconds),
		sdkmetric.NewView(sdkmetric.Instrument{Name: "otel.sdk.exporter.*.inflight"},
			sdkmetric.Stream{Aggregation: sdkmetric.AggregationDrop{}}),
	)
}
