package observability

import (
	"os"
	"sync"

	sdkmetric "go.opentelemetry.io/otel/sdk/metric"

	"github.com/neuroglia-go/neuroglia/telemetry/registry"
)

// sdkMetricsVariable makes parts of the SDK measure themselves when they are made.
const sdkMetricsVariable = "OTEL_GO_X_OBSERVABILITY"

// environment is held by who changes the process's environment for a while.
var environment sync.Mutex //nolint:gochecknoglobals // so is the environment

// measuring has the parts of the SDK that are made until the returned function is called measure themselves: queues, what is
// dropped because they are full, and what exporters send and lose. That costs something for each batch and each dropped
// record. Tracers are to be made outside: they would count each span at its start and at its end. A variable that is set
// decides alone. Whoever starts at the same time waits, to not take this value for one that was set.
func measuring() (end func()) {
	environment.Lock()
	if _, decided := os.LookupEnv(sdkMetricsVariable); decided || os.Setenv(sdkMetricsVariable, "true") != nil {
		return environment.Unlock
	}
	return func() {
		_ = os.Unsetenv(sdkMetricsVariable)
		environment.Unlock()
	}
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
