package boards

import (
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"

	"github.com/neuroglia-go/neuroglia/dashboards/grafana"
	"github.com/neuroglia-go/neuroglia/dashboards/limits"
	"github.com/neuroglia-go/neuroglia/telemetry/registry"
)

// admissionPanels show what a service does when there is too much to do.
func admissionPanels() []grafana.Panel {
	active := of(registry.HTTPServerActiveRequests())
	waiting, limit := of(registry.HTTPServerWaiting()), of(registry.HTTPServerLimit())
	return []grafana.Panel{
		grafana.TimeSeries("Shed requests", "Answered with 503 per second and not handled, since there was too much to do. They are "+
			"among the failed requests too, but not in traces.", grafana.Requests,
			grafana.Metrics(of(registry.HTTPServerShed()).Rate(semconv.HTTPRouteKey), legend(semconv.HTTPRouteKey))).
			Limits(alert(limits.ShedRate)).Size(12, 8).WhenEmpty("no request was ever shed"),
		grafana.TimeSeries("Requests handled at once",
			"How many are handled, how many wait for their turn, and how many may be handled. "+
				"The limit falls while the CPU does not keep up. Handled as many as the limit, and it has not fallen: they wait for "+
				"something else.", grafana.Number,
			grafana.Metrics(active.Sum(serviceKey), legend(serviceKey)+" handled"),
			grafana.Metrics(waiting.Sum(serviceKey), legend(serviceKey)+" waiting"),
			grafana.Metrics(limit.Sum(serviceKey), legend(serviceKey)+" limit")).Size(12, 8),
	}
}
