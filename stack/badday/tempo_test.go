package badday_test

import (
	"net/http"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/neuroglia-go/neuroglia/stack"
)

// TestNoSpanIsLostWhileTempoIsDown stops Tempo for OUTAGE (20s), and then finds all spans that the collector had acknowledged.
func TestNoSpanIsLostWhileTempoIsDown(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("tempo"); err != nil {
		t.Skip("there is no tempo on the PATH: ", err)
	}
	// A request is larger than Tempo takes at once.
	const spans, size = 300, 15000
	s := start(t, root(t), freePorts(t), "grafana")
	tempo := s.Process("tempo")
	if err := tempo.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	var traces []time.Time
	for down := time.Now(); time.Since(down) < outage(t); time.Sleep(3 * time.Second) {
		at := time.Now()
		if code, answer := post(t, s, "/v1/traces", items(spans, at, strings.Repeat("x", size))["/v1/traces"]); code != http.StatusOK {
			t.Fatalf("the collector answers %d: %s", code, answer)
		}
		traces = append(traces, at)
	}
	if err := tempo.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	back := time.Now()
	const patience = 3 * time.Minute // after a long outage, gRPC connects again once in two minutes
	for _, at := range traces {
		for span := 0; span < spans; span += spansPerTrace {
			id := traceID(at, span)
			eventually(t, "Tempo has all spans of "+id, patience, func() bool { return spansOf(t, s, id) == spansPerTrace })
		}
	}
	t.Logf("Tempo was down for %s; %s after its return it had all %d spans", back.Sub(traces[0]).Round(time.Second),
		time.Since(back).Round(time.Second), len(traces)*spans)
}

// spansOf counts the spans that Tempo has of a trace.
func spansOf(t *testing.T, s *stack.Stack, id string) int {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL("tempo")+"/api/traces/"+id, nil)
	if err != nil {
		t.Fatal(err)
	}
	_, answer := do(t, request)
	return strings.Count(answer, `"spanId"`)
}
