package prove_test

import (
	"testing"

	promapi "github.com/prometheus/client_golang/api/prometheus/v1"
)

// rule is one that Prometheus evaluates.
type rule struct {
	name, query     string
	health, failure string
	alert           bool
}

func rules(t *testing.T) []rule {
	t.Helper()
	answer, err := shared.prometheus.Rules(t.Context(), nil)
	if err != nil {
		t.Fatalf("ask Prometheus for its rules: %v", err)
	}
	var all []rule
	for _, group := range answer.Groups {
		for _, r := range group.Rules {
			switch r := r.(type) {
			case promapi.AlertingRule:
				all = append(all, rule{name: r.Name, query: r.Query, health: string(r.Health), failure: r.LastError, alert: true})
			case promapi.RecordingRule:
				all = append(all, rule{name: r.Name, query: r.Query, health: string(r.Health), failure: r.LastError})
			}
		}
	}
	if len(all) == 0 {
		t.Fatal("Prometheus has no rules")
	}
	return all
}
