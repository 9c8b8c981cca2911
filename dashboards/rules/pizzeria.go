package rules

import (
	"time"

	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"

	"github.com/neuroglia-go/neuroglia/dashboards/boards"
	"github.com/neuroglia-go/neuroglia/dashboards/limits"
	"github.com/neuroglia-go/neuroglia/dashboards/promql"
	mario "github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/observability"
	"github.com/neuroglia-go/neuroglia/telemetry"
)

func pizzeria() File {
	created := promql.Of(mario.OrdersCreated()).Over("30m")
	cancelled, completed := promql.Of(mario.OrdersCancelled()).Over("1h"), promql.Of(mario.OrdersCompleted()).Over("1h")
	ended := cancelled.Increase(service()...).Plus(completed.Increase(service()...)).In()
	return File{Name: "mario-pizzeria", Groups: []Group{{Name: "mario-pizzeria", Alerts: []Alert{
		{
			Name: "PizzeriaMissing", For: patience, Severity: Page,
			Value: promql.Named("target_info", telemetry.KindGauge, promql.Is(semconv.ServiceNameKey, "mario-pizzeria")).
				Over(limits.TelemetryWindow).Absent(),
			Summary:     "The pizzeria sends no telemetry",
			Description: "It is not running, or cannot reach the collector.",
			Board:       boards.HealthUID, Panel: "Age of telemetry",
		},
		{
			Name: "OrdersStuck", Value: promql.Of(mario.OldestOrder()).Max(service(mario.Stage)...), Limit: limits.OrderAge.Seconds(),
			For: 2 * time.Minute, Severity: Page,
			Summary:     "An order placed {{ $value | humanizeDuration }} ago is still {{ $labels.stage }}",
			Description: "Somebody waits for a pizza that nobody moves along.",
			Board:       boards.PipelineUID, Panel: "Oldest order by stage",
		},
		{
			Name: "ManyOrdersCancelled", Value: cancelled.Increase(service()...).Per(ended.Above("0")), Limit: limits.CancelRatio,
			Guards: []promql.Expr{above(ended, limits.EnoughOrders)}, For: 5 * time.Minute, Severity: Ticket,
			Summary:     "{{ $value | humanizePercentage }} of the orders are cancelled",
			Description: "Of those that ended in the last hour. Look at which stage they are cancelled in, and how long orders take.",
			Board:       boards.BusinessUID, Panel: "Cancel rate",
		},
		{
			Name: "NoOrders", Value: (created.Increase(service()...) + " == 0").In(), For: 5 * time.Minute, Severity: Ticket,
			Guards:      []promql.Expr{above(created.Before("1d").Increase(service()...), limits.EnoughOrders)},
			Summary:     "No orders for half an hour",
			Description: "There were some at this time yesterday. Can customers reach the pizzeria?",
			Board:       boards.BusinessUID, Panel: "Orders per minute",
		},
	}}}}
}
