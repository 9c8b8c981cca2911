package promql_test

import (
	"testing"

	"go.opentelemetry.io/otel/attribute"

	"github.com/neuroglia-go/neuroglia/dashboards/promql"
	mario "github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/observability"
	"github.com/neuroglia-go/neuroglia/telemetry"
	"github.com/neuroglia-go/neuroglia/telemetry/registry"
)

// The names are those that Prometheus's OTLP receiver was seen to make.
func TestMetricsAreNamedAsPrometheusNamesThem(t *testing.T) {
	t.Parallel()
	const what = "It is measured."
	for want, m := range map[string]telemetry.Metric{
		"http_server_request_duration_seconds": telemetry.Histogram("http.server.request.duration", "s", what, nil),
		"mario_orders_placed_total":            telemetry.Counter("mario.orders.placed", "{order}", what),
		"mario_orders_cancelled_total":         telemetry.Counter("mario.orders.cancelled", "orders", what),
		"mario_orders_revenue_USD_total":       telemetry.Counter("mario.orders.revenue", "USD", what),
		"mario_orders_in_stage":                telemetry.UpDownCounter("mario.orders.in_stage", "{order}", what),
		"mario_oven_utilization_ratio":         telemetry.Gauge("mario.oven.utilization", "1", what),

		"neuroglia_command_duration_seconds":   registry.CommandDuration(),
		"neuroglia_message_active":             registry.ActiveMessages(),
		"neuroglia_repository_conflicts_total": registry.RepositoryConflicts(),
		"go_memory_used_bytes":                 registry.GoMemoryUsed(),
		"process_cpu_time_seconds_total":       registry.CPUTime(),
		"mario_orders_value_USD":               mario.OrdersValue(),
		"mario_orders_oldest_age_seconds":      mario.OldestOrder(),
	} {
		if got := promql.Name(m); got != want {
			t.Errorf("the %s %s in %s is %s, want %s", m.Kind, m.Name, m.Unit, got, want)
		}
	}
}

func TestAttributesAreNamedAsPrometheusNamesThem(t *testing.T) {
	t.Parallel()
	for key, want := range map[attribute.Key]string{
		"error.type": "error_type", "http.route": "http_route", "http.response.status_code": "http_response_status_code",
		"service.name": "service_name", "deployment.environment.name": "deployment_environment_name", "stage": "stage",
		"otel.metric.overflow": "otel_metric_overflow", "__name__": "__name__",
	} {
		if got := promql.Label(key); got != want {
			t.Errorf("label of %s = %s, want %s", key, got, want)
		}
	}
}

func TestWhatTheDeclarationsDoNotAllowPanics(t *testing.T) {
	t.Parallel()
	commands, gauge := promql.Of(registry.CommandDuration()), promql.Of(mario.OldestOrder())
	for what, query := range map[string]func(){
		"a metric of no kind":             func() { promql.Name(telemetry.Metric{Name: "a"}) },
		"a metric without a name":         func() { promql.Name(telemetry.Counter("", "1", "")) },
		"an attribute without a name":     func() { promql.Label("") },
		"a condition on a foreign label":  func() { promql.Of(registry.CommandDuration(), promql.Is(mario.Stage, "ready")) },
		"a further condition on one":      func() { commands.Where(promql.Is(mario.Stage, "ready")) },
		"a rate by a foreign label":       func() { commands.Rate(mario.Stage) },
		"growth by a foreign label":       func() { commands.Grown(mario.Stage) },
		"a quantile by a foreign label":   func() { commands.Quantile(0.5, mario.Stage) },
		"a share by a foreign label":      func() { commands.Share(nil, mario.Stage) },
		"a share of a foreign label":      func() { commands.Share([]promql.Match{promql.Is(mario.Stage, "ready")}) },
		"a sum by a foreign label":        func() { commands.Sum(mario.Stage) },
		"an age by a foreign label":       func() { commands.Age(mario.Stage) },
		"a presence by a foreign label":   func() { commands.Seen(mario.Stage) },
		"a rate of a gauge":               func() { gauge.Rate() },
		"growth of a gauge":               func() { gauge.Grown() },
		"a total of a gauge":              func() { gauge.Total() },
		"a mean of a gauge":               func() { gauge.Mean() },
		"a quantile of a gauge":           func() { gauge.Quantile(0.5) },
		"a distribution of a gauge":       func() { gauge.BucketIncrease() },
		"growth at another time than now": func() { commands.Before("1d").Grown() },
		"a mean of a counter":             func() { promql.Of(mario.OrdersCreated()).Mean() },
		"a rate of what comes and goes":   func() { promql.Of(registry.ActiveMessages()).Rate() },
		"buckets of what has none":        func() { promql.Of(mario.OrdersCreated()).Buckets() },
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			defer func() {
				if recover() == nil {
					t.Error("it is written without complaint")
				}
			}()
			query()
		})
	}
}
