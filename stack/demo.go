package stack

import (
	"path/filepath"
	"strconv"
)

// pizzeria is the sample, which sends its telemetry to the stack.
func pizzeria(c Config) part {
	home := filepath.Join(c.Data, "mario-pizzeria")
	return part{
		name: "mario-pizzeria", program: filepath.Join(c.Root, ".bin", "mario-pizzeria"), service: "mario-pizzeria-app",
		command: edits{
			"sqlite:/data/mario.db", "sqlite:" + filepath.Join(home, "mario.db"),
			":8080", local(c.Ports.Pizzeria),
			"http://otel-collector:4318", "http://" + local(c.Ports.OTLPHTTP),
			"15000", strconv.FormatInt(c.Interval.Milliseconds(), 10),
		},
		environment: []string{"PAYMENT_URL=http://" + local(c.Ports.Payment)},
		url:         "http://" + local(c.Ports.Pizzeria), ready: "http://" + local(c.Ports.Pizzeria) + "/readyz",
	}
}

// simulator sends customers, cooks and drivers to the pizzeria, and takes their money.
func simulator(c Config) part {
	return part{
		name: "simulate", program: filepath.Join(c.Root, ".bin", "mario-pizzeria"), service: "mario-pizzeria-traffic",
		command: edits{
			"http://mario-pizzeria-app:8080", "http://" + local(c.Ports.Pizzeria),
			"0.0.0.0:8090", local(c.Ports.Payment),
		},
		url: "http://" + local(c.Ports.Payment), shown: true,
	}
}
