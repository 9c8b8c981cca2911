package observabilitytest_test

import (
	"context"
	"testing"

	"go.opentelemetry.io/otel/trace"

	"github.com/neuroglia-go/neuroglia/observability/observabilitytest"
)

func ExampleRecorder() {
	// In a test, t is the test's.
	test := func(t testing.TB, placeOrder func(context.Context, trace.TracerProvider)) {
		rec := observabilitytest.New(t)
		placeOrder(t.Context(), rec.Providers().Tracer)
		observabilitytest.Diff(t, rec.Spans(), `
			Command.PlaceOrder INTERNAL
			  Repository.add INTERNAL
		`)
	}
	_ = test
	// Output:
}
