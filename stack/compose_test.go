package stack_test

import (
	"fmt"
	"os"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/cli"

	"github.com/neuroglia-go/neuroglia/stack"
)

// composed returns what is started in development, in production, and with the pizzeria as several processes.
func composed(t *testing.T) map[string]tree {
	t.Helper()
	return map[string]tree{
		"dev":  read(t, "docker-compose.mario.yml"),
		"prod": merge(read(t, "docker-compose.mario.yml"), read(t, "docker-compose.mario.prod.yml")),

		"processes": merge(read(t, "docker-compose.mario.yml"), read(t, "docker-compose.mario.processes.yml")),
	}
}

// services returns all services by what is started and their name.
func services(t *testing.T) map[string]tree {
	t.Helper()
	found := map[string]tree{}
	for variant, compose := range composed(t) {
		for name, service := range at(compose, "services").(tree) {
			found[variant+"/"+name] = service.(tree)
		}
	}
	if len(found) != 29 {
		t.Errorf("there are %d services, not 8 in development and production, and 13 with several processes", len(found))
	}
	return found
}

func TestComposeAcceptsItsFiles(t *testing.T) {
	t.Parallel()
	for _, files := range [][]string{
		{"../docker-compose.mario.yml"}, {"../docker-compose.mario.yml", "../docker-compose.mario.prod.yml"},
		{"../docker-compose.mario.yml", "../docker-compose.mario.prod.yml", "../docker-compose.mario.processes.yml"},
	} {
		options, err := cli.NewProjectOptions(files, cli.WithProfiles([]string{"*"}), cli.WithConsistency(true))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := options.LoadProject(t.Context()); err != nil {
			t.Errorf("%v: %v", files, err)
		}
	}
}

func TestEveryImageIsPinned(t *testing.T) {
	t.Parallel()
	exact := regexp.MustCompile(`:v?\d+\.\d+\.\d+(-alpine)?$|postgres:\d+\.\d+$|@sha256:[0-9a-f]{64}$`)
	for where, service := range services(t) {
		if image := service["image"].(string); !exact.MatchString(image) {
			t.Errorf("%s: %s is no exact version", where, image)
		}
	}
	text, err := os.ReadFile("../samples/mario-pizzeria/Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	_, version, _ := strings.Cut(at(services(t)["dev/mario-pizzeria-app"], "image").(string), ":")
	if code, err := os.ReadFile("../samples/mario-pizzeria/main.go"); !strings.Contains(string(code), strconv.Quote(version)) {
		t.Errorf("the pizzeria's image has another version than it says of itself: %s %v", version, err)
	}
	bases := regexp.MustCompile(`(?m)^FROM (?:--platform=\S+ )?(\S+)`).FindAllStringSubmatch(string(text), -1)
	if len(bases) != 2 {
		t.Errorf("the Dockerfile is made of %q", bases)
	}
	for _, base := range bases {
		if !regexp.MustCompile(`:\d+\.\d+\.\d+-\w+$|@sha256:[0-9a-f]{64}$`).MatchString(base[1]) {
			t.Errorf("%s is no exact version", base[1])
		}
	}
}

func TestServicesMayDoNoMoreThanTheyNeed(t *testing.T) {
	t.Parallel()
	for where, service := range services(t) {
		name := path.Base(where)
		if service["read_only"] != true || !slices.Equal(names(service["cap_drop"]), []string{"ALL"}) ||
			!slices.Equal(names(service["security_opt"]), []string{"no-new-privileges:true"}) {
			t.Errorf("%s: it may write, has capabilities or can get more: %v", where, service)
		}
		user, _ := service["user"].(string)
		if root := strings.HasPrefix(user, "0:") || user == ""; root != strings.HasSuffix(name, "-owner") {
			t.Errorf("%s: it runs as %q", where, user)
		}
	}
}

func TestServicesAreBoundedAndGetTimeToStop(t *testing.T) {
	t.Parallel()
	for where, service := range services(t) {
		name := path.Base(where)
		limit, _ := service["mem_limit"].(string)
		if limit == "" || service["stop_grace_period"] == nil {
			t.Errorf("%s: memory %v, time to stop %v", where, limit, service["stop_grace_period"])
		}
		soft, _ := at(service["environment"], "GOMEMLIMIT").(string)
		if strings.HasSuffix(name, "-owner") || name == "mario-pizzeria-traffic" || name == "postgres" {
			continue
		}
		if share := float64(mebibytes(t, soft)) / float64(mebibytes(t, limit)); share > 0.8 || share < 0.7 {
			t.Errorf("%s: GOMEMLIMIT %s is %.0f%% of %s", where, soft, 100*share, limit)
		}
	}
}

func mebibytes(t *testing.T, text string) int {
	t.Helper()
	for suffix, factor := range map[string]int{"MiB": 1, "m": 1, "g": 1024} {
		if number, ok := strings.CutSuffix(text, suffix); ok {
			if n, err := strconv.Atoi(number); err == nil {
				return n * factor
			}
		}
	}
	t.Fatalf("%q is no size", text)
	return 0
}

func TestPortsAreOpenToThisMachineOnly(t *testing.T) {
	t.Parallel()
	p := stack.DefaultPorts()
	want := map[string][]string{
		"mario-pizzeria-app": {"8080:8080"},
		"postgres":           {"5432:5432"},
		"nats":               {"4222:4222"},
		"grafana":            {fmt.Sprintf("%d:3000", p.Grafana)},
		"tempo":              {fmt.Sprintf("%d:3200", p.Tempo)},
		"prometheus":         {fmt.Sprintf("%d:9090", p.Prometheus)},
		"loki":               {fmt.Sprintf("%d:3100", p.Loki)},
		"otel-collector": {
			fmt.Sprintf("%d:4317", p.OTLPGRPC), fmt.Sprintf("%d:4318", p.OTLPHTTP), fmt.Sprintf("%d:13133", p.CollectorHealth),
		},
	}
	for where, service := range services(t) {
		name := path.Base(where)
		var got []string
		if service["ports"] != nil {
			got = names(service["ports"])
		}
		for i, port := range got {
			open, ok := strings.CutPrefix(port, "127.0.0.1:")
			if !ok {
				t.Errorf("%s: %s is open to others", where, port)
			}
			got[i] = open
		}
		if !slices.Equal(got, want[name]) {
			t.Errorf("%s: ports are %v, not %v", where, got, want[name])
		}
	}
}

func TestEveryServiceIsCheckedOrSaysWhyNot(t *testing.T) {
	t.Parallel()
	checks := map[string]string{
		"mario-pizzeria-app": "/mario-pizzeria healthcheck",
		"mario-kitchen":      "/mario-pizzeria healthcheck",
		"mario-delivery":     "/mario-pizzeria healthcheck",
		"postgres":           "pg_isready -h 127.0.0.1 -d mario",
		"nats":               "wget -qO- http://127.0.0.1:8222/healthz",
		"prometheus":         "wget -qO- http://localhost:9090/-/ready",
		"loki":               "/usr/bin/loki -health",
		"tempo":              "/tempo --health",
		"grafana":            "wget -qO- http://localhost:3000/api/health",
	}
	composed := composed(t)
	text, _ := os.ReadFile("../docker-compose.mario.yml")
	for where, service := range services(t) {
		name := path.Base(where)
		check, checked := at(service, "healthcheck", "test").([]any)
		switch want, ok := checks[name]; {
		case ok && checked:
			if got := strings.Join(names(check)[1:], " "); got != want || check[0] != "CMD" {
				t.Errorf("%s: it is checked by %v", where, check)
			}
		case ok || checked:
			t.Errorf("%s: check is %v", where, check)
		case name == "otel-collector":
			if !strings.Contains(string(text), "# No healthcheck: ") {
				t.Errorf("%s: it does not say why it is not checked", where)
			}
		case at(service, "healthcheck", "disable") != true:
			t.Errorf("%s: it is not checked", where)
		}
		dependencies, _ := service["depends_on"].(tree)
		for other, dependency := range dependencies {
			_, canBeHealthy := checks[other]
			if at(composed[path.Dir(where)], "services", other) == nil || at(dependency, "condition") == "service_healthy" && !canBeHealthy {
				t.Errorf("%s: it waits for %s: %v", where, other, dependency)
			}
		}
	}
}
