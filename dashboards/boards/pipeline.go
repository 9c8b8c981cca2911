package boards

import (
	"github.com/neuroglia-go/neuroglia/dashboards/grafana"
	"github.com/neuroglia-go/neuroglia/dashboards/limits"
	"github.com/neuroglia-go/neuroglia/dashboards/promql"
	mario "github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/observability"
	"github.com/neuroglia-go/neuroglia/telemetry/registry"
)

// Pipeline shows orders on their way through the pizzeria.
func Pipeline() grafana.Dashboard {
	return grafana.Dashboard{
		UID: PipelineUID, Title: "Mario's Pizzeria / Order pipeline", Tags: []string{"neuroglia", "mario"},
		Description: "Where orders are, how long they stay there, and where they get lost.",
		Variables: append(choices(), grafana.Input("order_id", "Order",
			"Identity of an order, to see its log records and traces at the bottom. Empty shows all.")),
		Marks: []grafana.Mark{newVersions()},
		Rows: []grafana.Row{
			{Title: "From order to customer", Panels: story()},
			{Title: "Now", Panels: ordersNow()},
			{Title: "Time", Panels: stageTimes()},
			{Title: "Messages", Panels: messaging()},
			{Title: "Losses", Panels: losses()},
			{Title: "Orders", Panels: orderDetails()},
		},
	}
}

// stages are the stages of an order, in their order, with what it is called to enter them.
func stages() []struct{ stage, entered string } {
	return []struct{ stage, entered string }{
		{"pending", "Placed"}, {"cooking", "Cooking started"}, {"ready", "Ready"}, {"out_for_delivery", "Out for delivery"},
		{"delivered", "Delivered"},
	}
}

// entered is how many orders entered the stage: those that left the one before it for it, not cancelled.
func entered(stage int) promql.Expr {
	if stage == 0 {
		return total(of(mario.OrdersCreated()))
	}
	before := promql.Is(mario.Stage, stages()[stage-1].stage)
	left := total(of(mario.OrdersStageDuration(), before))
	if stage == len(stages())-1 {
		return left // nobody cancels what is on its way
	}
	return left.Minus(total(of(mario.OrdersCancelled(), before))).In()
}

func story() []grafana.Panel {
	var panels []grafana.Panel
	var funnel []grafana.Query
	for i, s := range stages() {
		panels = append(panels, grafana.Stat(s.entered, "Orders that came this far in the time range.", grafana.Count,
			grafana.Now(entered(i), s.entered)).Decimals(0).WhenEmpty("no order").Size(4, 4))
		funnel = append(funnel, grafana.Now(entered(i), s.entered))
	}
	panels = append(panels, grafana.Stat("Reach their customer",
		"Orders delivered for each placed in the time range. Above 1: some were placed before it.", grafana.Share,
		grafana.Now(entered(len(stages())-1).Per(entered(0).Above("0")), "delivered")).WhenEmpty("no order").Size(4, 4))
	return append(panels, grafana.BarGauge("Funnel",
		"Orders that came this far in the time range. A step down is orders cancelled, or still in the stage before.", grafana.Count,
		funnel...).Decimals(0).Size(24, 7))
}

func ordersNow() []grafana.Panel {
	inStage := of(mario.OrdersInProgress())
	stage := legend(mario.Stage)
	return []grafana.Panel{
		grafana.TimeSeries("Orders by stage", "Open orders, read from the store, so that it is right after a restart too.",
			grafana.Count,
			grafana.Metrics(inStage.Max(mario.Stage), stage)).Stacked(),
		grafana.BarGauge("Oldest order by stage", "How long ago the oldest order of each stage was placed. From the last "+
			"limit on an alert fires.",
			grafana.Seconds, grafana.Now(of(mario.OldestOrder()).Max(mario.Stage), stage)).
			Limits(warn(seconds(limits.OrderAgeSoon)), alert(seconds(limits.OrderAge))),
		grafana.TimeSeries("Oven use", "Ovens in use, as a part of all. At 1 orders wait for an oven.", grafana.Share,
			grafana.Metrics(of(mario.CapacityUtilization()).Max(), "ovens")).UpTo(1),
	}
}

func stageTimes() []grafana.Panel {
	stage, whole := of(mario.OrdersStageDuration()), of(mario.OrdersDuration())
	panels := []grafana.Panel{
		grafana.TimeSeries("Time in each stage, p95", "95 % of the orders left the stage sooner.", grafana.Seconds,
			p95(stage, legend(mario.Stage), mario.Stage)),
		grafana.TimeSeries("From order to delivery",
			"Percentiles of the whole way. Each point is an order: click it to see its last trace.",
			grafana.Seconds, percentiles(whole)...),
		grafana.TimeSeries("On the way to the customer", "Percentiles of the stage out_for_delivery.", grafana.Seconds,
			percentiles(of(mario.OrdersStageDuration(), promql.Is(mario.Stage, "out_for_delivery")))...),
		grafana.TimeSeries("Cooking", "Percentiles of the time in the oven, from mario.kitchen.cooking.duration.", grafana.Seconds,
			percentiles(of(mario.CookingDuration()))...),
		grafana.Heatmap("Distribution of the whole way", "How many orders took how long from being placed to being delivered.",
			grafana.Seconds,
			grafana.Metrics(whole.BucketIncrease(), "{{le}}")),
		grafana.TimeSeries("Average time in each stage", "Mean of the orders that left it.", grafana.Seconds,
			grafana.Metrics(stage.Mean(mario.Stage), legend(mario.Stage))),
	}
	return panels
}

func losses() []grafana.Panel {
	cancelled, left := of(mario.OrdersCancelled()).Over("15m"), of(mario.OrdersStageDuration()).Over("15m")
	commands := of(registry.CommandDuration(), promql.OneOf(registry.MessageType,
		"PlaceOrder", "StartCooking", "CompleteOrder", "AssignDelivery", "DeliverOrder", "CancelOrder"))
	detail := grafana.ToBoard("This command", MessageUID, kept(), "message", grafana.LabelOf(promql.Label(registry.MessageType)))
	unfinished := []promql.Match{promql.Is(registry.Outcome, registry.Failure)}
	refused := []promql.Match{promql.Is(registry.Outcome, registry.Rejected)}
	return []grafana.Panel{
		grafana.TimeSeries("Cancelled by stage", "Part of the orders leaving a stage in 15 minutes that were cancelled in it.",
			grafana.Share,
			grafana.Metrics(cancelled.Grown(mario.Stage).Per(left.Grown(mario.Stage).Above("0")), legend(mario.Stage))).
			Limits(warn(limits.CancelRatioSoon), alert(limits.CancelRatio)),
		grafana.TimeSeries("Failures by step", "Part of the commands of each step that failed. Click one for its own dashboard.",
			grafana.Share,
			grafana.Metrics(commands.Share(unfinished, registry.MessageType), legend(registry.MessageType))).
			Limits(alert(limits.MessageFailureRatio)).Link(detail),
		grafana.TimeSeries("Refusals by step", "Part of the commands of each step that were refused: full ovens, wrong stage, "+
			"bad orders.", grafana.Share,
			grafana.Metrics(commands.Share(refused, registry.MessageType), legend(registry.MessageType))).Link(detail),
	}
}

func orderDetails() []grafana.Panel {
	service := ` && resource.service.name=~"$service"`
	return []grafana.Panel{
		grafana.TraceList("Traces of orders", "The newest traces of commands of this order, or of all, in all environments.",
			grafana.Traces(`{ span.neuroglia.message.kind="command" && span.order.id=~"$order_id.*"`+service+` }`)),
		grafana.TraceList("Slow or failed orders", "The newest traces of orders that failed, or took over half a second to place.",
			grafana.Traces(`{ name="Command.PlaceOrder" && (duration > 500ms || span.neuroglia.outcome="failure")`+service+` }`)),
		grafana.LogLines("Log records", "What happened to this order, or to all. Open a record and follow View trace.",
			records(`order_id=~"$order_id.*" | order_id!=""`)),
	}
}
