package observability_test

import (
	"os"
	"slices"
	"testing"

	"github.com/neuroglia-go/neuroglia/observability"
	"github.com/neuroglia-go/neuroglia/observability/observabilitytest"
	"github.com/neuroglia-go/neuroglia/telemetry"
	"github.com/neuroglia-go/neuroglia/telemetry/registry"
)

func TestTheProcessIsMeasuredAsTheRegistryDeclares(t *testing.T) {
	t.Parallel()
	rec := observabilitytest.New(t)
	if err := observability.StartProcessMetrics(rec.Providers().Meter); err != nil {
		t.Fatal(err)
	}
	declared := observabilitytest.Declared{Metrics: registry.Metrics()}.Of(
		"github.com/neuroglia-go/neuroglia/observability", "go.opentelemetry.io/contrib/instrumentation/runtime")
	// The one is made by a producer, which only exporters have, the other is there if there is a limit.
	elsewhere := []string{registry.GoScheduleDuration().Name, registry.GoMemoryLimit().Name}
	declared.Metrics = slices.DeleteFunc(declared.Metrics, func(m telemetry.Metric) bool { return slices.Contains(elsewhere, m.Name) })
	if _, err := os.Stat("/proc/self/fd"); err != nil {
		t.Skip("what is measured depends on the operating system: this is about Linux")
	}
	observabilitytest.Diff(t, rec.Drift(declared), "")
}
