package boards

import (
	"go.opentelemetry.io/otel/attribute"

	"github.com/neuroglia-go/neuroglia/dashboards/grafana"
	"github.com/neuroglia-go/neuroglia/dashboards/limits"
	"github.com/neuroglia-go/neuroglia/dashboards/promql"
	mario "github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/observability"
)

// Business shows how the pizzeria does.
func Business() grafana.Dashboard {
	return grafana.Dashboard{
		UID: BusinessUID, Title: "Mario's Pizzeria / Business", Tags: []string{"neuroglia", "mario"},
		Description: "Orders, revenue, pizzas and customers, beside the period before.",
		Variables:   choices(),
		Marks:       []grafana.Mark{newVersions()},
		Rows: []grafana.Row{
			{Title: "In the time range", Panels: businessTotals()},
			{Title: "Beside the period before", Panels: businessCompared()},
			{Title: "By the hour", Panels: businessByHour()},
			{Title: "What is ordered", Panels: businessOrdered()},
		},
	}
}

func total(s promql.Series, by ...attribute.Key) promql.Expr {
	return s.Over(promql.Range).Grown(by...)
}

// ended are the orders that left the pizzeria, to their customers or not.
func ended(window string) promql.Expr {
	return of(mario.OrdersCompleted()).Over(window).Grown().Plus(of(mario.OrdersCancelled()).Over(window).Grown()).In()
}

func endedWith(s promql.Series, window string) promql.Expr {
	return s.Over(window).Grown().Per(ended(window).Above("0"))
}

func businessTotals() []grafana.Panel {
	value := of(mario.OrdersValue()).Over(promql.Range)
	pipeline := grafana.ToBoard("Order pipeline", PipelineUID, kept())
	return []grafana.Panel{
		grafana.Stat("Orders", "Orders placed.", grafana.Count,
			grafana.Now(total(of(mario.OrdersCreated())), "orders")).Decimals(0).Link(pipeline),
		grafana.Stat("Revenue", "Total of the orders placed, from the sum of mario.orders.value.", grafana.Money,
			grafana.Now(value.GrownTotal(), "revenue")),
		grafana.Stat("Average order", "Revenue by order.", grafana.Money,
			grafana.Now(value.GrownTotal().Per(value.Grown().Above("0")), "average")).Decimals(2).
			WhenEmpty("no orders"),
		grafana.Stat("Completion rate", "Part of the orders ended in the time range that reached their customer.", grafana.Share,
			grafana.Now(endedWith(of(mario.OrdersCompleted()), promql.Range), "completed")).WhenEmpty("no order ended").Link(pipeline),
		grafana.Stat("Cancel rate", "Part of the orders ended in the time range that were cancelled. Above the limit an alert "+
			"fires.", grafana.Share,
			grafana.Now(endedWith(of(mario.OrdersCancelled()), promql.Range), "cancelled")).
			Limits(warn(limits.CancelRatioSoon), alert(limits.CancelRatio)).WhenEmpty("no order ended").Link(pipeline),
		grafana.Stat("New customers", "Customers who ordered for the first time.", grafana.Count,
			grafana.Now(total(of(mario.CustomersRegistered())), "customers")).Decimals(0),
	}
}

// businessCompared have each value now and one time range ago.
func businessCompared() []grafana.Panel {
	created, value := of(mario.OrdersCreated()), of(mario.OrdersValue())
	change := func(now, before promql.Expr) promql.Expr { return now.In().Per(before.Above("0")) + " - 1" }
	const none = "nothing in the period before"
	return []grafana.Panel{
		grafana.Stat("Orders, change", "More or less orders than in the period before, which is as long as the time range.",
			grafana.Share,
			grafana.Now(change(created.Over(promql.Range).Increase(), created.Over(promql.Range).Before(promql.Range).Increase()),
				"change")).WhenEmpty(none).Size(4, 8),
		grafana.TimeSeries("Orders per minute", "Orders placed, now and one time range ago.", grafana.Count,
			grafana.Metrics("60 * "+created.Rate(), "now"), grafana.Metrics("60 * "+created.Before(promql.Range).Rate(),
				"before")).Size(8, 8),
		grafana.Stat("Revenue, change", "More or less revenue than in the period before.", grafana.Share,
			grafana.Now(change(value.Over(promql.Range).Total(), value.Over(promql.Range).Before(promql.Range).Total()), "change")).
			WhenEmpty(none).Size(4, 8),
		grafana.TimeSeries("Average order in time", "Value of orders, now and one time range ago.", grafana.Money,
			grafana.Metrics(value.Mean(), "now"), grafana.Metrics(value.Before(promql.Range).Mean(), "before")).Size(8, 8),
	}
}

func businessByHour() []grafana.Panel {
	const hour = "1h"
	created, value := of(mario.OrdersCreated()).Over(hour), of(mario.OrdersValue()).Over(hour)
	return []grafana.Panel{
		grafana.TimeSeries("Orders per hour", "Orders placed in the hour before each bar's end.", grafana.Count,
			grafana.Metrics(created.Grown(), "orders").Step(hour)).Bars(),
		grafana.TimeSeries("Revenue per hour", "Total of the orders placed in the hour before each bar's end.", grafana.Money,
			grafana.Metrics(value.GrownTotal(), "revenue").Step(hour)).Bars(),
		grafana.TimeSeries("Completed and cancelled",
			"Part of the orders ended in an hour. Above the line an alert fires for cancelled ones.",
			grafana.Share, grafana.Metrics(endedWith(of(mario.OrdersCompleted()), hour), "completed"),
			grafana.Metrics(endedWith(of(mario.OrdersCancelled()), hour), "cancelled")).
			Limits(alert(limits.CancelRatio)).UpTo(1),
	}
}

func businessOrdered() []grafana.Panel {
	value, pizzas := of(mario.OrdersValue()), of(mario.PizzasOrdered())
	return []grafana.Panel{
		grafana.TimeSeries("Value of orders", "Percentiles. Each point is an order: click it to see its trace.", grafana.Money,
			percentiles(value)...),
		grafana.Heatmap("Distribution of values", "How many orders had which value.", grafana.Money,
			grafana.Metrics(value.BucketIncrease(), "{{le}}")),
		grafana.BarGauge("Orders by value", "Orders of the time range below each value.", grafana.Count,
			grafana.Now(value.Over(promql.Range).GrownBuckets(), "up to {{le}} USD").Buckets()).Decimals(0),
		grafana.BarGauge("Pizzas", "The ten that were ordered most in the time range.", grafana.Count,
			grafana.Now(("topk(10, "+total(pizzas, mario.Pizza)+")").Call("sort_desc"), legend(mario.Pizza))).
			Decimals(0).Size(12, 9),
		grafana.BarGauge("Sizes", "Pizzas by size in the time range.", grafana.Count,
			grafana.Now(total(pizzas, mario.Size).Call("sort_desc"), legend(mario.Size))).Decimals(0).Size(6, 9),
		grafana.TimeSeries("New customers per minute", "Customers who ordered for the first time.", grafana.Count,
			grafana.Metrics("60 * "+of(mario.CustomersRegistered()).Rate(), "customers")).Size(6, 9),
	}
}
