package rules_test

import (
	"go.opentelemetry.io/otel/attribute"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"

	"github.com/neuroglia-go/neuroglia/telemetry/registry"
)

// pizzeria are the labels of alerts about a service.
func pizzeria(more ...string) map[string]string {
	labels := map[string]string{"service_name": "mario-pizzeria", "deployment_environment_name": "production"}
	for i := 0; i+1 < len(more); i += 2 {
		labels[more[i]] = more[i+1]
	}
	return labels
}

// requests are HTTP requests to a route with a status.
func requests(code int, values timeline) series {
	attributes := []attribute.KeyValue{
		semconv.HTTPRequestMethodPost, semconv.HTTPRoute("/api/orders"), semconv.HTTPResponseStatusCode(code),
	}
	return counted(registry.HTTPServerRequestDuration(), values, attributes...)
}

func httpStories() []story {
	busy := begin(0).grow(240, 60)
	slow := func(minutes int, each float64) timeline { return begin(0).grow(minutes, each).stay(40) }
	fast := func(minutes int, each float64) timeline { return begin(0).stay(minutes).grow(40, each) }
	latency := func(bound float64, minutes int, each float64) []series {
		return measured(registry.HTTPServerRequestDuration(), map[float64]timeline{
			0.05: fast(minutes, each), bound: slow(minutes, each),
		}, semconv.HTTPRoute("/api/orders"))
	}
	return []story{
		{
			alert: "HTTPErrorBudgetBurnsFast", severity: "page",
			given:      []series{requests(201, busy), requests(500, missing(60).grow(30, 12).stay(151))},
			quietUntil: 75, firesAt: 88, resolvedAt: 98,
			fires: []firing{{
				labels: pizzeria(), summary: "mario-pizzeria fails 16.67% of its HTTP requests",
				description: "In the last 5m and in the last 1h so many requests were answered with 5xx that the error budget of 30 " +
					"days is used up in two days.",
			}},
			nearMisses: map[string][]series{
				"one error of a quiet service": {
					requests(201, begin(0).every(10, 12)),
					requests(500, begin(0).stay(19).grow(1, 1).stay(100)),
				},
				"a burst that is over soon":        {requests(201, busy), requests(500, begin(0).stay(60).grow(4, 60).stay(176))},
				"a ratio below the limit":          {requests(201, busy), requests(500, begin(0).grow(240, 4))},
				"requests that the caller spoiled": {requests(201, busy), requests(400, begin(0).grow(240, 60))},
				"no error ever":                    {requests(201, busy)},
			},
		},
		{
			alert: "HTTPErrorBudgetBurnsSlowly", severity: "ticket",
			given:      []series{requests(201, begin(0).grow(400, 60)), requests(503, begin(0).grow(120, 3).stay(280))},
			quietUntil: 30, firesAt: 60, resolvedAt: 140,
			fires: []firing{{
				labels: pizzeria(), summary: "mario-pizzeria fails 4.762% of its HTTP requests",
				description: "In the last 30m and in the last 6h so many requests were answered with 5xx that the error budget of 30 " +
					"days is used up in five days.",
			}},
			nearMisses: map[string][]series{
				"one error of a quiet service": {
					requests(201, begin(0).grow(1, 1).stay(200).grow(1, 1).stay(200)), requests(500, begin(0).stay(10).grow(1, 1).stay(391)),
				},
				"an hour after hours without an error": {
					requests(201, begin(0).grow(420, 60)), requests(503, begin(0).stay(360).grow(30, 20).stay(30)),
				},
				"a ratio below the limit": {requests(201, begin(0).grow(400, 60)), requests(503, begin(0).grow(400, 1))},
			},
		},
		{
			alert: "HTTPSlow", severity: "ticket", given: latency(2.5, 40, 60),
			quietUntil: 9, firesAt: 20, resolvedAt: 46,
			fires: []firing{{
				labels: pizzeria(), summary: "mario-pizzeria is slow: p95 of its HTTP requests is 2.425s",
				description: "One request in twenty takes longer, for ten minutes now.",
			}},
			nearMisses: map[string][]series{
				"less than a second":              latency(0.75, 40, 60),
				"hardly any traffic":              latency(2.5, 40, 3),
				"slow for a few minutes":          latency(2.5, 4, 60),
				"one slow request in twenty-five": slowOnes(40, 960),
			},
		},
	}
}

// slowOnes are a few slow requests among many fast ones.
func slowOnes(slow, fast float64) []series {
	return measured(registry.HTTPServerRequestDuration(), map[float64]timeline{
		5: begin(0).grow(60, slow/60), 0.05: begin(0).grow(60, fast/60),
	}, semconv.HTTPRoute("/api/orders"))
}
