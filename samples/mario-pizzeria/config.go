package main

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"text/tabwriter"
)

// setting is one environment variable of the pizzeria.
type setting struct{ name, fallback, meaning string }

func settings() []setting {
	return []setting{
		{"HTTP_ADDR", "127.0.0.1:8080", "address to listen on"},
		{"DATABASE_URL", "sqlite:data/mario.db", "where orders are kept: sqlite:FILE or memory:"},
		{"PAYMENT_URL", "", "payment service that orders are charged with; none if empty"},
		{"OTEL_SERVICE_NAME", "mario-pizzeria", "name in traces, metrics and logs"},
		{"OTEL_EXPORTER_OTLP_ENDPOINT", "http://localhost:4318", "collector that telemetry goes to"},
		{"OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf", "or grpc"},
		{"OTEL_TRACES_EXPORTER", "otlp", "or console, none; likewise OTEL_METRICS_EXPORTER and OTEL_LOGS_EXPORTER"},
		{"OTEL_TRACES_SAMPLER", "parentbased_always_on", "which traces are kept"},
		{"OTEL_SDK_DISABLED", "false", "true switches all telemetry off"},
		{"OTEL_...", "", "all other variables of https://opentelemetry.io/docs/languages/sdk-configuration"},
	}
}

// config is what the environment says.
type config struct {
	addr     string
	database string
	payment  *url.URL // nil for none
}

// readConfig reads the environment. An empty variable counts as unset.
func readConfig() (config, error) {
	values := map[string]string{}
	for _, s := range settings() {
		values[s.name] = s.fallback
		if v := os.Getenv(s.name); v != "" {
			values[s.name] = v
		}
	}
	c := config{addr: values["HTTP_ADDR"], database: values["DATABASE_URL"]}
	if _, _, err := net.SplitHostPort(c.addr); err != nil {
		return config{}, errors.New("HTTP_ADDR is not an address such as 127.0.0.1:8080, or :8080 for all of this machine's")
	}
	if text := values["PAYMENT_URL"]; text != "" {
		u, err := url.Parse(text)
		if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			return config{}, errors.New("PAYMENT_URL is not a URL such as http://127.0.0.1:8090")
		}
		c.payment = u
	}
	return c, nil
}

// usage explains the program.
func usage(w io.Writer) {
	fmt.Fprint(w, "Usage: mario-pizzeria [subcommand]\n\nWithout a subcommand it serves the pizzeria. The subcommands are\n\n"+
		"  simulate     sends customers, cooks and drivers to a pizzeria; simulate --help says more\n"+
		"  healthcheck  ends with 0 if the pizzeria is ready, else with 1 and the reason\n\n"+
		"The pizzeria is configured by environment variables:\n\n")
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, s := range settings() {
		fallback := s.fallback
		if fallback == "" {
			fallback = "-"
		}
		fmt.Fprintf(table, "  %s\t%s\t%s\n", s.name, fallback, s.meaning)
	}
	_ = table.Flush() // nobody to tell if standard output is gone
}
