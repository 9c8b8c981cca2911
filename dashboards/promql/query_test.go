package promql_test

import (
	"fmt"
	"testing"

	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"

	"github.com/neuroglia-go/neuroglia/dashboards/promql"
	mario "github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/observability"
	"github.com/neuroglia-go/neuroglia/telemetry"
	"github.com/neuroglia-go/neuroglia/telemetry/registry"
)

func TestQueriesAreWrittenAsPrometheusReadsThem(t *testing.T) {
	t.Parallel()
	commands := promql.Of(registry.CommandDuration(), promql.In(semconv.ServiceNameKey, "$service"))
	created, oldest := promql.Of(mario.OrdersCreated()), promql.Of(mario.OldestOrder())
	up := promql.Named("up", telemetry.KindGauge, promql.Not("job", `a"b`))
	for _, c := range []struct{ got, want promql.Expr }{
		{commands.Rate(registry.Outcome), `sum by (neuroglia_outcome) (rate(neuroglia_command_duration_seconds_count{service_name=~"$service"}[$__rate_interval]))`},
		{created.Over("5m").Increase(), `sum (increase(mario_orders_created_total[5m]))`},
		{created.Over("5m").Before("1d").Increase(), `sum (increase(mario_orders_created_total[5m] offset 1d))`},
		{created.Over("5m").Grown(mario.Status), `sum by (status) (last_over_time(mario_orders_created_total[5m]) - (last_over_time(mario_orders_created_total[1h] offset 5m) or 0 * last_over_time(mario_orders_created_total[5m])))`},
		{created.Over("5m").Watched().Grown(), `sum (last_over_time(mario_orders_created_total[5m]) - last_over_time(mario_orders_created_total[1h] offset 5m) or last_over_time(mario_orders_created_total[5m]) unless last_over_time(mario_orders_created_total[1h] offset 5m) and on (service_instance_id) (last_over_time(target_info[1h] offset 5m) or process_uptime_seconds < 300 or otelcol_process_uptime_seconds_total < 300))`},
		{promql.Of(mario.OrdersValue()).Over(promql.Range).Total(), `sum (increase(mario_orders_value_USD_sum[$__range]))`},
		{promql.Of(mario.OrdersValue()).Mean(), `sum (rate(mario_orders_value_USD_sum[$__rate_interval])) / sum (rate(mario_orders_value_USD_count[$__rate_interval]))`},
		{promql.Of(registry.EventLag()).Quantile(0.95, registry.EventType), `histogram_quantile(0.95, sum by (le, neuroglia_event_type) (rate(neuroglia_event_lag_seconds_bucket[$__rate_interval])))`},
		{promql.Of(registry.EventLag()).BucketIncrease(), `sum by (le) (increase(neuroglia_event_lag_seconds_bucket[$__rate_interval]))`},
		{oldest.Max(mario.Stage), `max by (stage) (mario_orders_oldest_age_seconds)`},
		{oldest.Sum(), `sum (mario_orders_oldest_age_seconds)`},
		{oldest.Count("service.name"), `count by (service_name) (mario_orders_oldest_age_seconds)`},
		{oldest.Before("1h").Select(), `mario_orders_oldest_age_seconds offset 1h`},
		{up.Select(), `up{job!="a\"b"}`},
		{up.Age("job"), `time() - (max by (job) (timestamp(up{job!="a\"b"})) or max by (job) (max_over_time(timestamp(up{job!="a\"b"})[1h:1m])))`},
		{up.Over("5m").Absent(), `absent_over_time(up{job!="a\"b"}[5m])`},
		{up.Over("5m").Seen("job"), `group by (job) (max_over_time(up{job!="a\"b"}[5m]))`},
		{up.Where(promql.OneOf("instance", "a", "b")).Select(), `up{job!="a\"b", instance=~"a|b"}`},
		{promql.Expr("a").Above("1").And("b").Or("c"), `(a > 1) and b or c`},
		{promql.Expr("a").Minus("b").In().Per(promql.Expr("c").Plus("d").In()), `(a - b) / (c + d)`},
		{promql.Expr("a").Call("round"), `round(a)`},
	} {
		if c.got != c.want {
			t.Errorf("query:\n got %s\nwant %s", c.got, c.want)
		}
	}
}

func TestNarrowingLeavesTheSeriesItStartsFrom(t *testing.T) {
	t.Parallel()
	all := promql.Of(registry.CommandDuration(), promql.In(semconv.ServiceNameKey, "$service"))
	before := all.Rate()
	all.Where(promql.Is(registry.Outcome, "failure")).Over("5m").Before("1d")
	all.Where(promql.Is(registry.Outcome, "success"))
	if after := all.Rate(); after != before {
		t.Errorf("rate = %s, was %s", after, before)
	}
}

// A share of what never happened is 0, and one of nothing is absent.
func ExampleSeries_Share() {
	commands := promql.Of(registry.CommandDuration()).Over("5m")
	fmt.Println(commands.Share([]promql.Match{promql.Is(registry.Outcome, registry.Failure)}, registry.MessageType))
	// Output:
	// (sum by (neuroglia_message_type) (last_over_time(neuroglia_command_duration_seconds_count{neuroglia_outcome="failure"}[5m]) - (last_over_time(neuroglia_command_duration_seconds_count{neuroglia_outcome="failure"}[1h] offset 5m) or 0 * last_over_time(neuroglia_command_duration_seconds_count{neuroglia_outcome="failure"}[5m]))) or 0 * sum by (neuroglia_message_type) (last_over_time(neuroglia_command_duration_seconds_count[5m]) - (last_over_time(neuroglia_command_duration_seconds_count[1h] offset 5m) or 0 * last_over_time(neuroglia_command_duration_seconds_count[5m])))) / (sum by (neuroglia_message_type) (last_over_time(neuroglia_command_duration_seconds_count[5m]) - (last_over_time(neuroglia_command_duration_seconds_count[1h] offset 5m) or 0 * last_over_time(neuroglia_command_duration_seconds_count[5m]))) > 0)
}
