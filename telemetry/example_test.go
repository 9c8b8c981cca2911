package telemetry_test

import (
	"fmt"

	"go.opentelemetry.io/otel/metric/noop"

	"github.com/neuroglia-go/neuroglia/telemetry"
)

// A declaration makes instruments of its own kind only.
func ExampleCounter() {
	created := telemetry.Counter("shop.orders.created", "{order}", "Orders placed.", "shop.size")
	meter := noop.NewMeterProvider().Meter("example.com/shop")

	_, err := created.Int64Counter(meter)
	fmt.Println(created.Kind, created.Has("shop.size"), err)
	_, err = created.Float64Histogram(meter)
	fmt.Println(err)
	// Output:
	// counter true <nil>
	// metric shop.orders.created: is used as a histogram and declared as a counter: use the method of its kind
}
