package rules_test

import (
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"

	"github.com/neuroglia-go/neuroglia/telemetry/registry"
)

func admissionStories() []story {
	shed := func(values timeline) []series {
		return []series{counted(registry.HTTPServerShed(), values, semconv.HTTPRequestMethodPost, semconv.HTTPRoute("/api/orders"))}
	}
	return []story{{
		alert: "LoadShed", severity: "ticket", given: shed(begin(0).stay(10).grow(30, 60).stay(30)),
		quietUntil: 14, firesAt: 25, resolvedAt: 47,
		fires: []firing{{
			labels: pizzeria(), summary: "mario-pizzeria sheds 1 requests per second",
			description: "There is more to do than it can, for ten minutes now. These requests were answered with 503 and not handled.",
		}},
		nearMisses: map[string][]series{
			"a burst":               shed(begin(0).stay(10).grow(2, 600).stay(30)),
			"one now and then":      shed(begin(0).grow(60, 1)),
			"nothing was ever shed": shed(begin(0).stay(60)),
		},
	}}
}
