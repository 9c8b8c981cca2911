package rules_test

import (
	"slices"

	"go.opentelemetry.io/otel/attribute"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"

	"github.com/neuroglia-go/neuroglia/telemetry/registry"
)

func processStories() []story {
	goroutines := func(values timeline) []series { return []series{counted(registry.GoGoroutines(), values)} }
	const mebibyte = 1 << 20
	const leak = "That is many, and twice as many as an hour ago, or half as many again as six hours ago: some wait for what never comes."
	memory := func(stack, other, limit float64, minutes int) []series {
		used := func(kind string, amount float64) series {
			return counted(registry.GoMemoryUsed(), timeline{}.level(minutes, amount*mebibyte).level(20, 10*mebibyte),
				attribute.String("go.memory.type", kind))
		}
		given := []series{used("stack", stack), used("other", other)}
		if limit > 0 {
			given = append(given, counted(registry.GoMemoryLimit(), timeline{}.level(minutes+20, limit*mebibyte)))
		}
		return given
	}
	return []story{
		{
			alert: "GoroutinesLeak", severity: "ticket",
			given:      goroutines(timeline{}.level(70, 300).level(30, 2500).level(10, 300)),
			quietUntil: 79, firesAt: 85, resolvedAt: 100,
			fires: []firing{{
				labels: pizzeria(), summary: "mario-pizzeria has 2500 goroutines",
				description: leak,
			}},
			nearMisses: map[string][]series{
				"a busy hour":                    goroutines(timeline{}.level(600, 900).level(30, 1700).level(30, 900)),
				"many, but not more than before": goroutines(timeline{}.level(180, 2500)),
				"more, but not many":             goroutines(timeline{}.level(70, 100).level(60, 500)),
				"a process that has just begun":  goroutines(timeline{}.level(30, 2500)),
			},
		},
		{
			alert: "GoroutinesLeak", severity: "ticket", // slowly
			given:      goroutines(begin(200).grow(600, 3).level(20, 200)),
			quietUntil: 300, firesAt: 560, resolvedAt: 601,
			fires: []firing{{labels: pizzeria(), summary: "mario-pizzeria has 1880 goroutines", description: leak}},
		},
		{
			alert: "MemoryNearLimit", severity: "ticket", given: memory(90, 860, 1000, 30),
			quietUntil: 9, firesAt: 15, resolvedAt: 30,
			fires: []firing{{
				labels: pizzeria(), summary: "mario-pizzeria uses 95% of its memory limit",
				description: "Near GOMEMLIMIT the garbage collector takes more and more of the CPU.",
			}},
			nearMisses: map[string][]series{
				"less than the limit":        memory(90, 700, 1000, 30),
				"no limit":                   memory(90, 860, 0, 30),
				"near for less than minutes": memory(90, 860, 1000, 8),
			},
		},
	}
}

// info is there while a process runs.
func info(service, instance string, values timeline) series {
	return foreign("target_info", values, semconv.ServiceName(service), semconv.DeploymentEnvironmentNameProduction,
		semconv.ServiceInstanceID(instance))
}

// process is the mario-pizzeria of the stories, there as the timeline says, and of that age at its begin.
func process(there timeline, seconds float64) []series {
	return []series{info("mario-pizzeria", "a1", there), part(registry.Uptime(), "", timeline{}.level(len(there), seconds))}
}

func serviceStories() []story {
	overflow := func(name string, values timeline) series {
		return foreign(name, values, append(resource(), attribute.String("otel.metric.overflow", "true"))...)
	}
	runs := timeline{}.level(30, 1)
	tooMany := timeline{}.missing(10).level(20, 1).missing(20)
	overflows := func(metric string) firing {
		return firing{
			labels: pizzeria("metric", metric), summary: "mario-pizzeria: " + metric + " has too many series",
			description: "The SDK counts the rest in one, so that numbers by attribute are wrong. An attribute has values that " +
				"nobody bounds.",
		}
	}
	missed := firing{
		labels: pizzeria(), summary: "mario-pizzeria sends no telemetry",
		description: "It did within the last hour, and has not for five minutes: it is down, or cannot reach the collector. A " +
			"service that was taken away on purpose stops alerting after an hour.",
	}
	return []story{
		{
			alert: "TelemetryMissing", severity: "page", given: []series{info("mario-pizzeria", "a1", slices.Concat(runs, missing(90)))},
			quietUntil: 35, firesAt: 38, resolvedAt: 89, fires: []firing{missed},
			nearMisses: map[string][]series{
				"a restart": {
					info("mario-pizzeria", "a1", slices.Concat(runs, missing(60))),
					info("mario-pizzeria", "b2", missing(34).level(56, 1)),
				},
				"a check of the signal path": {info("neuroglia-doctor", "a1", slices.Concat(runs, missing(90)))},
				"a start":                    {info("mario-pizzeria", "a1", missing(10).level(30, 1))},
			},
		},
		{
			alert: "TelemetryMissing", severity: "page", // and back again
			given:      []series{info("mario-pizzeria", "a1", slices.Concat(runs, missing(20)).level(20, 1))},
			quietUntil: 35, firesAt: 38, resolvedAt: 50, fires: []firing{missed},
		},
		{
			alert: "TooManySeries", severity: "ticket", besideAll: true,
			given: []series{
				overflow("neuroglia_command_duration_seconds_bucket", tooMany), overflow("neuroglia_command_duration_seconds_sum", tooMany),
				overflow("neuroglia_command_duration_seconds_count", tooMany), overflow("mario_pizzas_ordered_total", tooMany),
			},
			quietUntil: 14, firesAt: 20, resolvedAt: 35,
			fires: []firing{overflows("mario_pizzas_ordered_total"), overflows("neuroglia_command_duration_seconds")},
			nearMisses: map[string][]series{
				"as many as there may be": {foreign("mario_pizzas_ordered_total", timeline{}.level(30, 1), resource()...)},
			},
		},
	}
}
