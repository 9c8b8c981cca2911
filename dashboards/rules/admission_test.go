package rules_test

import (
	"testing"

	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"

	"github.com/neuroglia-go/neuroglia/telemetry/registry"
)

func shed(values timeline) []series {
	return []series{counted(registry.HTTPServerShed(), values, semconv.HTTPRequestMethodPost, semconv.HTTPRoute("/api/orders"))}
}

// The samples come every 15 seconds, as from a service: a minute between them would hide how long a burst is seen.
func TestABurstOfShedRequestsIsNoAlert(t *testing.T) {
	t.Parallel()
	for what, given := range map[string][]series{
		"90 seconds":                    shed(begin(0).stay(40).grow(6, 600).stay(120)),
		"5 minutes":                     shed(begin(0).stay(40).grow(20, 600).stay(120)),
		"a minute of every five, twice": shed(begin(0).stay(40).grow(4, 600).stay(16).grow(4, 600).stay(120)),
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			_, evaluated := admissionStories()[0].of(t)
			promtoolEvery(t, "15s", evaluated, given, quiet("LoadShed", 0, length(given)/4), nil)
		})
	}
}

func admissionStories() []story {
	return []story{{
		alert: "LoadShed", severity: "ticket", given: shed(begin(0).stay(10).grow(30, 60).stay(30)),
		quietUntil: 20, firesAt: 25, resolvedAt: 42,
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
