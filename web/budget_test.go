package web_test

import (
	"os"
	"os/exec"
	"testing"
)

// TestRequestsStayWithinTheirBudgets holds what a request allocates, with and without telemetry: of a request and its answer
// of JSON, most are net/http's, encoding/json's and the SDK's. The race detector allocates too: with it, this is another
// process without.
func TestRequestsStayWithinTheirBudgets(t *testing.T) { //nolint:paralleltest // AllocsPerRun counts those of all goroutines
	if raceEnabled {
		cmd := exec.CommandContext(t.Context(), "go", "test", "-count=1", "-vet=off", "-run", "^"+t.Name()+"$", ".")
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=", "GOWORK=off")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("without the race detector: %v\n%s", err, out)
		}
		return
	}
	budgets := map[string]map[string]float64{
		"post": {"bare": 21, "off": 21, "metrics": 21, "unsampled": 31, "sampled": 40},
		"get":  {"bare": 6, "off": 6, "metrics": 6, "unsampled": 16, "sampled": 25},
		"404":  {"bare": 20, "off": 20, "metrics": 20, "unsampled": 28, "sampled": 32},
		"422":  {"bare": 28, "off": 28, "metrics": 28, "unsampled": 36, "sampled": 43},
	}
	for _, m := range modes(t) {
		h := framework(t, m.providers)
		for _, k := range kinds() {
			x := newExchange(t, k)
			got := testing.AllocsPerRun(1000, func() { x.do(t, h) })
			if want := budgets[k.name][m.name]; got != want {
				t.Errorf("%s %s: got %v allocations, want %v: change the budget if that is what it has to cost", k.name, m.name, got, want)
			}
		}
	}
}
