package rules_test

import (
	"strings"
	"testing"

	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"

	"github.com/neuroglia-go/neuroglia/dashboards/promql"
	"github.com/neuroglia-go/neuroglia/dashboards/rules"
	"github.com/neuroglia-go/neuroglia/telemetry"
	"github.com/neuroglia-go/neuroglia/telemetry/registry"
)

const recorded = `deployment_environment_name="production", service_name="mario-pizzeria"`

// shortNames are the durations by the names without a unit, which are what documents and users write.
func shortNames() map[string]telemetry.Metric {
	return map[string]telemetry.Metric{
		"neuroglia_command_duration": registry.CommandDuration(), "neuroglia_query_duration": registry.QueryDuration(),
		"neuroglia_event_processing_duration":     registry.EventProcessingDuration(),
		"neuroglia_event_lag":                     registry.EventLag(),
		"neuroglia_repository_operation_duration": registry.RepositoryOperationDuration(),
	}
}

// budgetWindows are those of the ratio and the rate of HTTP requests, for alerts on the error budget.
func budgetWindows() []string { return []string{"5m", "30m", "1h", "6h"} }

func TestShortNamesHaveTheValuesOfTheLongOnes(t *testing.T) {
	t.Parallel()
	var given []series
	var samples []sample
	for short, m := range shortNames() {
		given = append(given, counted(m, begin(0).grow(10, 6)), part(m, "_sum", begin(0).grow(10, 1.5)))
		labels := strings.TrimPrefix(string(promql.Of(m, with(resource()...)...).Select()), promql.Name(m))
		samples = append(samples,
			sample{Query: short + "_count", Eval: "10m", Expect: []valueOfName{{Labels: short + "_count" + labels, Value: 60}}},
			sample{Query: short + "_sum", Eval: "10m", Expect: []valueOfName{{Labels: short + "_sum" + labels, Value: 15}}},
			sample{Query: "rate(" + short + "_count[5m])", Eval: "10m", Expect: []valueOfName{{Labels: labels, Value: 0.1}}})
	}
	evaluated(t, given, samples)
}

func TestTheErrorBudgetIsRecordedInAllWindows(t *testing.T) {
	t.Parallel()
	given := []series{requests(201, begin(0).grow(400, 60)), requests(500, begin(0).grow(400, 12))}
	var samples []sample
	for _, window := range budgetWindows() {
		ratio, rate := "service:http_server_request_failures:ratio_rate"+window, "service:http_server_requests:rate"+window
		samples = append(samples,
			sample{Query: ratio, Eval: "400m", Expect: []valueOfName{{Labels: ratio + "{" + recorded + "}", Value: 1. / 6}}},
			sample{Query: rate, Eval: "400m", Expect: []valueOfName{{Labels: rate + "{" + recorded + "}", Value: 1.2}}})
	}
	evaluated(t, given, samples)
}

func TestAServiceWithoutErrorsHasARatioOfZero(t *testing.T) {
	t.Parallel()
	const ratio = "service:http_server_request_failures:ratio_rate5m"
	evaluated(t, []series{requests(201, begin(0).grow(10, 60))}, []sample{
		{Query: ratio, Eval: "10m", Expect: []valueOfName{{Labels: ratio + "{" + recorded + "}", Value: 0}}},
	})
}

func TestAServiceWithoutRequestsHasNoRatio(t *testing.T) {
	t.Parallel()
	evaluated(t, []series{requests(201, begin(100).stay(10))}, []sample{
		{Query: "service:http_server_request_failures:ratio_rate5m", Eval: "10m", Expect: []valueOfName{}},
	})
}

func TestTheAgeOfTelemetryIsKnownAfterItsEnd(t *testing.T) {
	t.Parallel()
	age := promql.Named("target_info", telemetry.KindGauge).Age(semconv.ServiceNameKey)
	evaluated(t, []series{info("mario-pizzeria", "a1", timeline{}.level(31, 1).missing(30))}, []sample{
		{Query: string(age), Eval: "30m", Expect: []valueOfName{{Labels: `{service_name="mario-pizzeria"}`, Value: 0}}},
		{Query: string(age), Eval: "50m", Expect: []valueOfName{{Labels: `{service_name="mario-pizzeria"}`, Value: 20 * 60}}},
	})
}

// evaluated compares values of queries with all rules in place.
func evaluated(t *testing.T, given []series, samples []sample) {
	t.Helper()
	promtool(t, files(t, rules.All()...), given, nil, samples)
}

func TestEveryRecordingHasItsValueChecked(t *testing.T) {
	t.Parallel()
	checked := map[string]bool{}
	for short := range shortNames() {
		checked[short+"_count"], checked[short+"_sum"] = true, true
	}
	for _, window := range budgetWindows() {
		checked["service:http_server_request_failures:ratio_rate"+window] = true
		checked["service:http_server_requests:rate"+window] = true
	}
	for _, file := range rules.All() {
		for _, group := range file.Groups {
			for _, r := range group.Recordings {
				if !checked[r.Name] {
					t.Errorf("no test checks the value of %s", r.Name)
				}
				delete(checked, r.Name)
			}
		}
	}
	for name := range checked {
		t.Errorf("%s is not recorded", name)
	}
}
