package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/url"
	"strings"

	"github.com/neuroglia-go/neuroglia/cmd/neuroglia/doctor"
)

// runDoctor reads flags and environment, runs the doctor and tells what it found.
func runDoctor(
	ctx context.Context, args []string, env func(string) (string, bool), stdout, stderr io.Writer,
) int {
	config, asJSON, err := doctorConfig(args, env, stdout)
	if errors.Is(err, flag.ErrHelp) {
		return exitOK
	}
	var report doctor.Report
	screen := newScreen(stdout, stderr, asJSON)
	if err == nil {
		report, err = doctor.Run(ctx, config, screen)
	}
	if err != nil {
		fmt.Fprintf(stderr, "neuroglia doctor: %s\n\"neuroglia help doctor\" shows what it takes\n",
			strings.ReplaceAll(err.Error(), "\n", "\nneuroglia doctor: "))
		return exitUsage
	}
	if asJSON {
		out := json.NewEncoder(stdout)
		out.SetIndent("", "  ")
		out.SetEscapeHTML(false)
		if err := out.Encode(report); err != nil {
			fmt.Fprintf(stderr, "neuroglia doctor: write the report: %s\n", err)
			return exitFailed
		}
	} else {
		screen.end(report)
	}
	if report.Count(doctor.Skipped) == len(report.Checks) {
		fmt.Fprintln(stderr, "neuroglia doctor: nothing was checked: skip less")
		return exitUsage
	}
	if !report.OK {
		return exitFailed
	}
	return exitOK
}

// dashboards are the uids of those that the stack comes with.
const dashboards = "neuroglia-overview,mario-business-metrics,mario-order-pipeline,neuroglia-message,neuroglia-telemetry-health"

// doctorConfig reads the flags, each of which has a variable, and what is only in the environment: the secrets.
func doctorConfig(args []string, env func(string) (string, bool), help io.Writer) (doctor.Config, bool, error) {
	var config doctor.Config
	defaults, err := config.WithDefaults()
	if err != nil {
		return config, false, err
	}
	flags := flag.NewFlagSet("neuroglia doctor", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	for _, address := range []struct {
		value                *string
		name, standard, what string
	}{
		{&config.CollectorGRPC, "collector-grpc", defaults.CollectorGRPC, "the collector's OTLP receiver for gRPC"},
		{&config.CollectorHTTP, "collector-http", defaults.CollectorHTTP, "the collector's OTLP receiver for HTTP"},
		{&config.CollectorHealth, "collector-health", defaults.CollectorHealth, "the collector's health check"},
		{&config.Tempo, "tempo", defaults.Tempo, "Tempo"},
		{&config.Prometheus, "prometheus", defaults.Prometheus, "Prometheus"},
		{&config.Loki, "loki", defaults.Loki, "Loki"},
		{&config.Grafana, "grafana", defaults.Grafana, "Grafana"},
	} {
		flags.StringVar(address.value, address.name, address.standard, "`address` of "+address.what)
	}
	flags.StringVar(&config.GrafanaUser, "grafana-user", "", "`name` to ask Grafana with, with NEUROGLIA_GRAFANA_PASSWORD")
	boards := flags.String("dashboards", dashboards, "`uids` of the dashboards that Grafana must have")
	services := flags.String("service", "", "`names` of the apps whose telemetry must be fresh (default all that Prometheus knows)")
	skip := flags.String("skip", "", "`parts` to leave out, of "+strings.Join(doctor.Parts(), ","))
	flags.DurationVar(&config.Timeout, "timeout", defaults.Timeout, "how long the run may take")
	flags.DurationVar(&config.Fresh, "fresh", defaults.Fresh, "how old the metrics of an app may be: four intervals of export")
	asJSON := flags.Bool("json", false, "print the report as JSON")
	if err := parse(flags, args, env); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			doctorUsage(help, flags)
		}
		return config, false, err
	}
	if config.Timeout == 0 || config.Fresh == 0 { // which the doctor itself takes for a default
		return config, false, errors.New("--timeout and --fresh must be more than zero, as in 30s")
	}
	config.Dashboards, config.Services, config.Skip = list(*boards), list(*services), list(*skip)
	config.GrafanaToken, _ = env("NEUROGLIA_GRAFANA_TOKEN")
	config.GrafanaPassword, _ = env("NEUROGLIA_GRAFANA_PASSWORD")
	config.Headers, err = headers(env)
	return config, *asJSON, err
}

// parse sets flags from the environment and then from the arguments, which win.
func parse(flags *flag.FlagSet, args []string, env func(string) (string, bool)) error {
	var errs []error
	flags.VisitAll(func(f *flag.Flag) {
		name := "NEUROGLIA_" + strings.ToUpper(strings.ReplaceAll(f.Name, "-", "_"))
		if value, ok := env(name); ok && value != "" {
			if err := flags.Set(f.Name, value); err != nil {
				errs = append(errs, fmt.Errorf("%s: %w", name, err))
			}
		}
	})
	if err := flags.Parse(args); err != nil {
		return err //nolint:wrapcheck // it names the flag
	}
	if flags.NArg() > 0 {
		errs = append(errs, fmt.Errorf("there is no argument %q: everything is given by flags", flags.Arg(0)))
	}
	return errors.Join(errs...)
}

func list(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' })
}

// headers reads what OpenTelemetry's exporters send with each export.
func headers(env func(string) (string, bool)) (map[string]string, error) {
	const variable = "OTEL_EXPORTER_OTLP_HEADERS"
	text, _ := env(variable)
	found := map[string]string{}
	for pair := range strings.SplitSeq(text, ",") {
		if pair = strings.TrimSpace(pair); pair == "" {
			continue
		}
		key, value, ok := strings.Cut(pair, "=")
		value, err := url.PathUnescape(strings.TrimSpace(value))
		if !ok || err != nil || strings.TrimSpace(key) == "" {
			return nil, errors.New(variable + ": give key=value pairs, separated by commas, with values as in a URL")
		}
		found[strings.TrimSpace(key)] = value
	}
	return found, nil
}

func doctorUsage(w io.Writer, flags *flag.FlagSet) {
	fmt.Fprint(w, `Usage: neuroglia doctor [flags]

Sends a marked trace, metric and log record through the collector, reads each back from its store, follows them by their
ids, looks at them through Grafana, and sees whether the telemetry of the apps is fresh. A cross names the hop that lost
it. Exit code: 0 if all is well, 1 if not, 2 if the command is wrong or leaves nothing to check.

Flags, each of which can be given as a variable too, such as NEUROGLIA_TEMPO for --tempo:
`)
	flags.SetOutput(w)
	flags.PrintDefaults()
	fmt.Fprint(w, `
Secrets are given as variables only: NEUROGLIA_GRAFANA_PASSWORD for --grafana-user, or NEUROGLIA_GRAFANA_TOKEN.
The collector gets the headers of OTEL_EXPORTER_OTLP_HEADERS.

The report of --json has schema, run, trace_id, started, duration_ms, ok, interrupted, and checks, each with id, title,
status (ok, failed, skipped, not_checked), duration_ms, detail, hop, advice and because. Fields are only ever added.
`)
}
