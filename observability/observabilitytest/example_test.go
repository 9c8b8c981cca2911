package observabilitytest_test

import (
	"context"
	"testing"

	"go.opentelemetry.io/otel/trace"

	"github.com/neuroglia-go/neuroglia/observability/observabilitytest"
)

func ExampleRecorder() {
	test := func(tb testing.TB, placeOrder func(context.Context, trace.TracerProvider)) {
		tb.Helper()
		rec := observabilitytest.New(tb)
		placeOrder(tb.Context(), rec.Providers().Tracer)
		observabilitytest.Diff(tb, rec.Spans(), `
			Command.PlaceOrder INTERNAL
			  Repository.add INTERNAL
		`)
	}
	_ = test
	// Output:
}
