package prove_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/common/model"

	"github.com/neuroglia-go/neuroglia/dashboards/promql"
	mario "github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/observability"
	"github.com/neuroglia-go/neuroglia/telemetry"
	"github.com/neuroglia-go/neuroglia/telemetry/registry"
)

func declared() []telemetry.Metric { return append(registry.Metrics(), mario.Metrics()...) }

// suffix is what one of the series of a metric has after its name.
func suffix(m telemetry.Metric) string {
	if m.Kind == telemetry.KindHistogram {
		return "_count"
	}
	return ""
}

func TestEveryDeclaredMetricIsEmittedAndShown(t *testing.T) {
	t.Parallel()
	var shown strings.Builder
	for _, b := range boards(t) {
		for _, p := range b.all() {
			for _, q := range p.Targets {
				shown.WriteString(q.Expr + "\n")
			}
		}
	}
	for _, m := range declared() {
		name := promql.Name(m)
		if !shared.found(t, "last_over_time("+name+suffix(m)+"[5m])") {
			t.Errorf("%s is declared, but nobody emits %s", m.Name, name)
		}
		if !strings.Contains(shown.String(), name) {
			t.Errorf("%s is declared, but no dashboard shows %s", m.Name, name)
		}
	}
}

func TestNothingIsEmittedThatIsNotDeclared(t *testing.T) {
	t.Parallel()
	known := map[string]telemetry.Metric{"target_info": {}}
	for _, m := range declared() {
		name := promql.Name(m)
		known[name] = m
		if m.Kind == telemetry.KindHistogram {
			known[name+"_bucket"], known[name+"_sum"], known[name+"_count"] = m, m, m
		}
	}
	series, _, err := shared.prometheus.Series(t.Context(), []string{`{service_name=~"mario-pizzeria|courier"}`}, shared.at.Add(-traffic), shared.at)
	if err != nil {
		t.Fatal(err)
	}
	ours := recorded(t)
	for _, one := range series {
		name := string(one[model.MetricNameLabel])
		m, ok := known[name]
		switch {
		case name == "target_info" || ours[name]:
		case !ok:
			t.Errorf("%s is emitted, but not declared", name)
			known[name] = telemetry.Metric{Attributes: nil} // said once
		default:
			labelsAreDeclared(t, name, m, one)
		}
	}
	if len(series) == 0 {
		t.Error("the pizzeria emits nothing")
	}
}

// recorded are the names that rules record, and those that Prometheus gives alerts.
func recorded(t *testing.T) map[string]bool {
	t.Helper()
	names := map[string]bool{"ALERTS": true, "ALERTS_FOR_STATE": true}
	for _, r := range rules(t) {
		if !r.alert {
			names[r.name] = true
		}
	}
	return names
}

func labelsAreDeclared(t *testing.T, name string, m telemetry.Metric, one model.LabelSet) {
	t.Helper()
	allowed := []string{"__name__", "le"}
	for _, key := range append(promql.Promoted(), m.Attributes...) {
		allowed = append(allowed, promql.Label(key))
	}
	for label := range one {
		if !slices.Contains(allowed, string(label)) {
			t.Errorf("%s has the label %s, which its declaration does not", name, label)
		}
	}
}

// The courier, whom everything befalls, must not hide that the pizzeria has stopped to send its events this way.
func TestThePizzeriasEventsGoThroughAnOutboxAndABroker(t *testing.T) {
	t.Parallel()
	for _, m := range []telemetry.Metric{
		registry.OutboxDeliveries(), registry.OutboxPending(), registry.BusConsumerLag(), registry.MessageProcessDuration(),
	} {
		if !shared.found(t, "last_over_time("+promql.Name(m)+suffix(m)+`{service_name="mario-pizzeria"}[5m])`) {
			t.Errorf("the pizzeria does not emit %s", m.Name)
		}
	}
}
