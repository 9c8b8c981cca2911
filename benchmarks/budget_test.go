package benchmarks_test

import (
	"context"
	"testing"

	"github.com/neuroglia-go/neuroglia/telemetry"
)

func TestSendAllocatesNoMoreThanItsBudget(t *testing.T) {
	for _, c := range []struct {
		name   string
		with   func(testing.TB) telemetry.Providers
		budget float64
	}{
		{"bare", bare, 0},
		{"off", off, 0},
		{"metrics", metrics, 0},
		{"unsampled", unsampled, 3},
		{"sampled", sampled, 5 + grown},
		{"logged", logged, 5 + grown + pooled},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := sent(c.with(t))
			got := allocations(t, h)
			if got > c.budget {
				t.Errorf("Send allocates %v times, want at most %v", got, c.budget)
			}
			t.Logf("%v of %v", got, c.budget)
		})
	}
}

func allocations(t *testing.T, h handler) float64 {
	t.Helper()
	ctx := context.Background() // the cheapest, so that nothing of the test is counted
	return testing.AllocsPerRun(1000, func() {
		if _, err := h(ctx, PlaceOrder{CustomerID: "ada", Items: 2}); err != nil {
			t.Fatal(err)
		}
	})
}
