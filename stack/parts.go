package stack

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// part is a program of the stack, before it runs.
type part struct {
	name    string
	program string
	// folder of its data, in the stack's. Defaults to its name.
	folder string
	// service is its name in docker-compose.mario.yml; command are the edits of what it says there, more is added.
	service string
	command edits
	more    []string
	// files are rendered, in its data folder.
	files []file
	// written are files of our own there, folders must be there before it starts.
	written    map[string]string
	folders    []string
	url, ready string
	// patience is how long to wait for it when it stops, if it may be killed then.
	patience time.Duration
	// environment is added to what compose says.
	environment []string
	// shown is for a program that tells its progress.
	shown bool
}

type file struct {
	from, to string // below deployment/ and below the part's data folder
	edits    edits
}

// plan decides which parts there are: three that we build, two that are used when they are there.
func plan(c Config) ([]part, error) {
	tempo := c.find("tempo")
	grafana := c.find("grafana", "grafana-server")
	parts := []part{prometheus(c, tempo != "", grafana != ""), loki(c)}
	if tempo != "" {
		parts = append(parts, tempoPart(c, tempo))
	}
	parts = append(parts, collector(c, tempo != ""))
	if grafana != "" {
		parts = append(parts, grafanaPart(c, grafana))
	}
	if c.Demo {
		parts = append(parts, pizzeria(c), simulator(c))
	}
	var missing []error
	for _, part := range parts {
		if _, err := os.Stat(part.program); err != nil {
			missing = append(missing, fmt.Errorf("%s is not there: make stack and make demo build it", part.program))
		}
	}
	if strings.ContainsAny(c.Root+c.Data, "$\n") {
		missing = append(missing, fmt.Errorf("neither %s nor %s may have a dollar sign in its name", c.Root, c.Data))
	}
	return parts, errors.Join(missing...)
}

// find returns the first of the programs that is on the PATH, and says so when none is.
func (c Config) find(programs ...string) string {
	if slices.Contains(c.Without, programs[0]) {
		return ""
	}
	for _, program := range programs {
		if found, err := exec.LookPath(program); err == nil {
			return found
		}
	}
	fmt.Fprintf(c.Output, "  %-15s not on the PATH: left out\n", programs[0])
	return ""
}

func (c Config) composeFiles() []string {
	files := []string{filepath.Join(c.Root, "docker-compose.mario.yml")}
	if c.Profile == "prod" {
		files = append(files, filepath.Join(c.Root, "docker-compose.mario.prod.yml"))
	}
	return files
}

// process renders a part's files and returns its process.
func (p part) process(c Config, services map[string]service, failed func(error)) (*Process, error) {
	home := filepath.Join(c.Data, cmp.Or(p.folder, p.name))
	for _, folder := range append(p.folders, "") {
		if err := os.MkdirAll(filepath.Join(home, folder), 0o750); err != nil {
			return nil, fmt.Errorf("make a folder of %s: %w", p.name, err)
		}
	}
	for _, f := range p.files {
		if err := render(filepath.Join(c.Root, "deployment", f.from), filepath.Join(home, f.to), f.edits); err != nil {
			return nil, err
		}
	}
	for name, text := range p.written {
		if err := os.WriteFile(filepath.Join(home, name), []byte(text), 0o600); err != nil {
			return nil, fmt.Errorf("write a configuration file of %s: %w", p.name, err)
		}
	}
	shipped, err := services[p.service].edit(p.service, p.command)
	if err != nil {
		return nil, err
	}
	environment := append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + home, "TMPDIR=" + os.TempDir()}, p.environment...)
	for key, value := range shipped.environment {
		environment = append(environment, key+"="+value)
	}
	slices.Sort(environment)
	process := &Process{
		Name: p.name, URL: p.url, LogFile: filepath.Join(home, p.name+".log"), program: p.program,
		arguments: append(shipped.command, p.more...), environment: environment, ready: p.ready, failed: failed,
		patience: p.patience,
	}
	if p.shown {
		process.output = c.Output
	}
	return process, nil
}

func collector(c Config, tempo bool) part {
	home := filepath.Join(c.Data, "collector")
	address := edits{
		"0.0.0.0:13133", local(c.Ports.CollectorHealth),
		"0.0.0.0:4317", local(c.Ports.OTLPGRPC),
		"0.0.0.0:4318", local(c.Ports.OTLPHTTP),
		"/var/lib/otelcol/queue", quoted(home, "queue"),
		// Outside a container there is no limit to take a part of.
		"spike_limit_percentage: 20", "spike_limit_mib: 128",
		"limit_percentage: 80", "limit_mib: 512",
		"http://prometheus:9090", "http://" + local(c.Ports.Prometheus),
		"http://loki:3100", "http://" + local(c.Ports.Loki),
		"endpoint: tempo:4317", "endpoint: " + local(c.Ports.TempoOTLP),
		"interval: 15000", "interval: " + strconv.FormatInt(c.Interval.Milliseconds(), 10),
	}
	p := part{
		name: "collector", program: filepath.Join(c.Root, ".bin", "collector"), service: "otel-collector",
		files:   []file{{"otel/otel-collector-config.yaml", "config.yaml", address}},
		command: edits{"/etc/otelcol/otel-collector-config.yaml", filepath.Join(home, "config.yaml")},
		url:     "http://" + local(c.Ports.OTLPHTTP), ready: "http://" + local(c.Ports.CollectorHealth),
	}
	if c.Profile == "prod" {
		p.files = append(p.files, file{"otel/otel-collector-config.prod.yaml", "prod.yaml", edits{
			"metrics_flush_interval: 15s", fmt.Sprintf("metrics_flush_interval: %ds", c.Interval/time.Second),
		}})
		p.command = append(p.command, "/etc/otelcol/otel-collector-config.prod.yaml", filepath.Join(home, "prod.yaml"))
	}
	if !tempo {
		p.written = map[string]string{"without-tempo.yaml": tracesToFile(c)}
		p.more = append(p.more, "--config="+filepath.Join(home, "without-tempo.yaml"))
	}
	return p
}

func traceFile(c Config) string { return filepath.Join(c.Data, "collector", "traces.jsonl") }

// tracesToFile is the collector's configuration for when there is no Tempo.
func tracesToFile(c Config) string {
	pipeline := "traces"
	if c.Profile == "prod" {
		pipeline = "traces/sampled"
	}
	return fmt.Sprintf(
		"{exporters: {file/traces: {path: %s, flush_interval: 1s, rotation: {max_megabytes: 100, max_backups: 1}}}, "+
			"service: {pipelines: {%s: {exporters: [file/traces]}}}}", quoted(traceFile(c)), pipeline)
}

func prometheus(c Config, tempo, grafana bool) part {
	home := filepath.Join(c.Data, "prometheus")
	target := func(there bool, port int) string {
		if !there {
			return "[]"
		}
		return fmt.Sprintf("[%q]", local(port))
	}
	interval := fmt.Sprintf("%ds", c.Interval/time.Second)
	return part{
		name: "prometheus", program: filepath.Join(c.Root, ".bin", "prometheus"), service: "prometheus",
		files: []file{{"prometheus/prometheus.yml", "prometheus.yml", edits{
			"scrape_interval: 15s", "scrape_interval: " + interval,
			"evaluation_interval: 15s", "evaluation_interval: " + interval,
			`"rules/*.yml"`, quoted(c.Root, "deployment", "prometheus", "rules", "*.yml"),
			`["localhost:9090"]`, target(true, c.Ports.Prometheus),
			`["loki:3100"]`, target(true, c.Ports.Loki),
			`["tempo:3200"]`, target(tempo, c.Ports.Tempo),
			`["grafana:3000"]`, target(grafana, c.Ports.Grafana),
		}}},
		command: edits{
			"/etc/prometheus/prometheus.yml", filepath.Join(home, "prometheus.yml"),
			"=/prometheus", "=" + filepath.Join(home, "data"),
		},
		more: []string{"--web.listen-address=" + local(c.Ports.Prometheus)},
		url:  "http://" + local(c.Ports.Prometheus), ready: "http://" + local(c.Ports.Prometheus) + "/-/ready",
	}
}

func loki(c Config) part {
	home := filepath.Join(c.Data, "loki")
	return part{
		name: "loki", program: filepath.Join(c.Root, ".bin", "loki"), service: "loki",
		files: []file{{"loki/loki-config.yaml", "loki-config.yaml", edits{
			"http_listen_address: 0.0.0.0", "http_listen_address: 127.0.0.1",
			"http_listen_port: 3100", "http_listen_port: " + strconv.Itoa(c.Ports.Loki),
			"grpc_listen_port: 9096", "grpc_listen_port: " + strconv.Itoa(c.Ports.LokiGRPC),
			"path_prefix: /loki", "path_prefix: " + quoted(home, "data"),
			"/loki/chunks", quoted(home, "data", "chunks"),
			"/loki/rules", quoted(home, "data", "rules"),
			"/loki/compactor", quoted(home, "data", "compactor"),
		}}},
		command: edits{"/etc/loki/loki-config.yaml", filepath.Join(home, "loki-config.yaml")},
		url:     "http://" + local(c.Ports.Loki), ready: "http://" + local(c.Ports.Loki) + "/ready",
	}
}

func tempoPart(c Config, program string) part {
	home := filepath.Join(c.Data, "tempo")
	return part{
		name: "tempo", program: program, service: "tempo",
		files: []file{{"tempo/tempo.yaml", "tempo.yaml", edits{
			"http_listen_address: 0.0.0.0", "http_listen_address: 127.0.0.1",
			"http_listen_port: 3200", "http_listen_port: " + strconv.Itoa(c.Ports.Tempo),
			"grpc_listen_port: 9095", "grpc_listen_port: " + strconv.Itoa(c.Ports.TempoGRPC),
			"bind_port: 7946", "bind_port: " + strconv.Itoa(c.Ports.TempoGossip),
			"0.0.0.0:4317", local(c.Ports.TempoOTLP),
			"http://prometheus:9090", "http://" + local(c.Ports.Prometheus),
			"collection_interval: 15s", fmt.Sprintf("collection_interval: %ds", c.Interval/time.Second),
			"/var/tempo/live", quoted(home, "live"),
			"/var/tempo/shutdown", quoted(home, "shutdown"),
			"/var/tempo/generator", quoted(home, "generator"),
			"/var/tempo/wal", quoted(home, "wal"),
			"/var/tempo/blocks", quoted(home, "blocks"),
			"/var/tempo/work", quoted(home, "work"),
		}}},
		command: edits{"/etc/tempo/tempo.yaml", filepath.Join(home, "tempo.yaml")},
		// All it has is on disk at once, but after a search it waits for half a minute.
		patience: 5 * time.Second,
		url:      "http://" + local(c.Ports.Tempo), ready: "http://" + local(c.Ports.Tempo) + "/ready",
	}
}
