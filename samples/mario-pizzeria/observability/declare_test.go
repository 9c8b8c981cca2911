package observability_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/observability"
	"github.com/neuroglia-go/neuroglia/telemetry"
	"github.com/neuroglia-go/neuroglia/telemetry/registry"
)

// What the running service exports is a file that its end-to-end test compares.
func TestWhatTheServiceExportsIsDeclaredHereOrInTheRegistry(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("../e2e/testdata/metrics.txt")
	if err != nil {
		t.Fatal(err)
	}
	exported := strings.Fields(string(raw))
	ours := observability.Metrics()
	for _, name := range exported {
		named := func(m telemetry.Metric) bool { return m.Name == name }
		if !slices.ContainsFunc(ours, named) && !slices.ContainsFunc(registry.Metrics(), named) {
			t.Errorf("%s is exported and not declared", name)
		}
	}
	for _, m := range ours {
		if !slices.Contains(exported, m.Name) {
			t.Errorf("%s is declared and not exported", m.Name)
		}
	}
}
