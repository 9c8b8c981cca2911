package main

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/neuroglia-go/neuroglia/samples/mario-pizzeria/transport"
)

// The roles. Each but all is one process of several that share a database and a bus.
const (
	all      = "all"
	front    = "api"
	kitchen  = "kitchen"
	delivery = "delivery"
)

func roles() []string { return []string{all, front, kitchen, delivery} }

// setting is one environment variable of the pizzeria.
type setting struct{ name, fallback, meaning string }

func settings() []setting {
	return []setting{
		{"HTTP_ADDR", "127.0.0.1:8080", "address to listen on"},
		{"DATABASE_URL", "sqlite:data/mario.db", "where orders are: sqlite:FILE, postgres://HOST/NAME, mongodb://HOST/NAME or memory:"},
		{"BUS_URL", "memory:", "how events travel: memory:, nats:embedded, nats://HOST:4222, or http://HOST/PATH to post them to"},
		{"CREW", "hands", "who cooks and delivers: hands, over HTTP, or auto, by itself; always auto in roles but all"},
		{"COOKING_TIME", "3s", "how long the crew cooks an order"},
		{"DELIVERY_TIME", "3s", "how long the crew takes to bring an order"},
		{"TRACE_EVENTS", "same", "what handles an event is in the same trace, or in one of its own with a link: same or link"},
		{"MAX_IN_FLIGHT", "250", "requests handled at once; when there are more, they are answered with 503; -1 for no limit"},
		{"PAYMENT_URL", "", "payment service that orders are charged with; none if empty"},
		{"OTEL_SERVICE_NAME", "mario-pizzeria", "name in traces, metrics and logs; mario-kitchen and mario-delivery in these roles"},
		{"OTEL_EXPORTER_OTLP_ENDPOINT", "http://localhost:4318", "collector that telemetry goes to"},
		{"OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf", "or grpc"},
		{"OTEL_TRACES_EXPORTER", "otlp", "or console, none; likewise OTEL_METRICS_EXPORTER and OTEL_LOGS_EXPORTER"},
		{"OTEL_TRACES_SAMPLER", "parentbased_always_on", "which traces are kept"},
		{"OTEL_SDK_DISABLED", "false", "true switches all telemetry off"},
		{"OTEL_...", "", "all other variables of https://opentelemetry.io/docs/languages/sdk-configuration"},
	}
}

// config is what the command line and the environment say.
type config struct {
	role              string
	addr              string
	database, bus     string
	automatic         bool // whether orders are cooked and delivered without being told to
	cooking, delivery time.Duration
	linked            bool     // whether what handles an event has a trace of its own
	inFlight          int      // requests handled at once; without a limit below zero
	payment           *url.URL // nil for none
}

// readConfig reads the environment of a process with this role. An empty variable counts as unset.
func readConfig(role string) (config, error) {
	values := map[string]string{}
	for _, s := range settings() {
		values[s.name] = s.fallback
		if v := os.Getenv(s.name); v != "" {
			values[s.name] = v
		}
	}
	c := config{role: role, addr: values["HTTP_ADDR"], database: values["DATABASE_URL"], bus: values["BUS_URL"]}
	if _, _, err := net.SplitHostPort(c.addr); err != nil {
		return config{}, errors.New("HTTP_ADDR is not an address such as 127.0.0.1:8080, or :8080 for all of this machine's")
	}
	var errs [6]error
	c.automatic, errs[0] = second(values, "CREW", "hands", "auto")
	c.linked, errs[1] = second(values, "TRACE_EVENTS", "same", "link")
	c.cooking, errs[2] = duration(values, "COOKING_TIME")
	c.delivery, errs[3] = duration(values, "DELIVERY_TIME")
	c.payment, errs[4] = address(values, "PAYMENT_URL")
	c.inFlight, errs[5] = limit(values, "MAX_IN_FLIGHT")
	if i := slices.IndexFunc(errs[:], func(err error) bool { return err != nil }); i >= 0 {
		return config{}, errs[i]
	}
	return c.forRole()
}

// forRole fits the configuration to the role, or says why that cannot be.
func (c config) forRole() (config, error) {
	if c.automatic && transport.KindOf(c.bus) == transport.Outwards {
		return config{}, errors.New("CREW=auto needs events to come in, and none do over http: set BUS_URL to memory: or nats:embedded")
	}
	if c.role == all {
		return c, nil
	}
	c.automatic = true
	if transport.KindOf(c.bus) != transport.Processes {
		return config{}, fmt.Errorf("--role %s is one process of several: set BUS_URL to what connects them, such as "+
			"nats://127.0.0.1:4222, and in one of them it may be nats:embedded?listen=127.0.0.1:4222", c.role)
	}
	if c.database == "memory:" || c.database == "sqlite::memory:" {
		return config{}, fmt.Errorf("--role %s is one process of several, which do not share memory: set DATABASE_URL, "+
			"the same for all", c.role)
	}
	return c, nil
}

// has reports whether this process has the part of the pizzeria that a role is named after.
func (c config) has(role string) bool { return c.role == role || c.role == all }

// second reports which of two words the variable is.
func second(values map[string]string, name, first, other string) (bool, error) {
	if value := values[name]; value != first && value != other {
		return false, fmt.Errorf("%s is %q: use %s or %s", name, value, first, other)
	}
	return values[name] == other, nil
}

func duration(values map[string]string, name string) (time.Duration, error) {
	d, err := time.ParseDuration(values[name])
	if err != nil || d < 0 || d > time.Hour {
		return 0, fmt.Errorf("%s is %q: use a time such as 3s or 500ms, at most 1h", name, values[name])
	}
	return d, nil
}

func limit(values map[string]string, name string) (int, error) {
	n, err := strconv.Atoi(values[name])
	if err != nil || n < 1 && n != -1 {
		return 0, fmt.Errorf("%s is %q: use a number such as 250, or -1 for no limit", name, values[name])
	}
	return n, nil
}

func address(values map[string]string, name string) (*url.URL, error) {
	if values[name] == "" {
		return nil, nil //nolint:nilnil // none is set
	}
	u, err := url.Parse(values[name])
	if err != nil || u.Host == "" || !strings.HasPrefix(u.Scheme, "http") {
		return nil, fmt.Errorf("%s is not a URL such as http://127.0.0.1:8090", name) // which may hold a password
	}
	return u, nil
}
