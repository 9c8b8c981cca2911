package doctor

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Config says where the parts of a stack are and what is expected of them.
type Config struct {
	// CollectorGRPC and CollectorHTTP are where the collector takes OTLP, CollectorHealth is its health check.
	// They default to http://127.0.0.1:4317, :4318 and :13133.
	CollectorGRPC, CollectorHTTP, CollectorHealth string
	// Tempo, Prometheus, Loki and Grafana default to http://127.0.0.1:3200, :9090, :3100 and :3001.
	Tempo, Prometheus, Loki, Grafana string
	// Headers are sent to the collector with each export. Defaults to none.
	Headers map[string]string
	// GrafanaToken, or else GrafanaUser with GrafanaPassword, are what Grafana is asked with. Defaults to no credentials.
	GrafanaToken, GrafanaUser, GrafanaPassword string
	// Dashboards are the uids of the dashboards that Grafana must have. Defaults to none.
	Dashboards []string
	// Services are the apps whose telemetry must be fresh. Defaults to all that Prometheus knows.
	Services []string
	// Skip are the parts that are not checked, of [Parts]. Defaults to none.
	Skip []string
	// Timeout is how long the whole run may take. Defaults to a minute.
	Timeout time.Duration
	// Fresh is how old the metrics of an app may be. Defaults to a minute, four intervals of export.
	Fresh time.Duration
}

// Parts returns the names of what can be skipped.
func Parts() []string {
	return []string{"health", "grpc", "http", "tempo", "prometheus", "loki", "grafana", "dashboards", "app"}
}

// WithDefaults returns c with defaults for what is not set, or what is wrong with it.
func (c Config) WithDefaults() (Config, error) {
	var errs []error
	for _, address := range []struct {
		flag     string
		url      *string
		standard string
	}{
		{"--collector-grpc", &c.CollectorGRPC, "http://127.0.0.1:4317"},
		{"--collector-http", &c.CollectorHTTP, "http://127.0.0.1:4318"},
		{"--collector-health", &c.CollectorHealth, "http://127.0.0.1:13133"},
		{"--tempo", &c.Tempo, "http://127.0.0.1:3200"},
		{"--prometheus", &c.Prometheus, "http://127.0.0.1:9090"},
		{"--loki", &c.Loki, "http://127.0.0.1:3100"},
		{"--grafana", &c.Grafana, "http://127.0.0.1:3001"},
	} {
		if *address.url == "" {
			*address.url = address.standard
		}
		*address.url = strings.TrimRight(*address.url, "/")
		if err := checkAddress(*address.url); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", address.flag, err))
		}
	}
	for _, part := range c.Skip {
		if !slices.Contains(Parts(), part) {
			errs = append(errs, fmt.Errorf("--skip: there is no %q, it takes %s", part, strings.Join(Parts(), ", ")))
		}
	}
	if (c.GrafanaUser == "") != (c.GrafanaPassword == "") {
		errs = append(errs, errors.New("--grafana-user and NEUROGLIA_GRAFANA_PASSWORD go together: set both or neither"))
	}
	if c.Timeout == 0 {
		c.Timeout = time.Minute
	}
	if c.Fresh == 0 {
		c.Fresh = time.Minute
	}
	if c.Timeout < 0 || c.Fresh < 0 {
		errs = append(errs, errors.New("--timeout and --fresh must be more than zero, as in 30s"))
	}
	return c, errors.Join(errs...)
}

// checkAddress never repeats what it refuses, since there may be a password in it.
func checkAddress(address string) error {
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "":
		return errors.New("give an address such as http://127.0.0.1:9090")
	case u.User != nil:
		return errors.New("leave user and password out of the address")
	case u.RawQuery != "" || u.Fragment != "":
		return errors.New("leave query and fragment out of the address")
	default:
		return nil
	}
}
