package observability

import (
	"context"
	"log/slog"
	"slices"
	"strings"

	"github.com/neuroglia-go/neuroglia/observability/internal/otelenv"
)

// report says in one line where telemetry goes and who decided it, and in a second what was set in vain. It shows no
// header, credential or other secret.
func report(ctx context.Context, logger *slog.Logger, s otelenv.Settings, all providers) {
	attrs := []slog.Attr{}
	add := func(key, value string) { attrs = append(attrs, slog.String(key, value)) }
	switch {
	case s.Disabled:
		add("traces", "off")
		add("metrics", "off")
		add("logs", "stdout")
		add("source", "OTEL_SDK_DISABLED")
	case s.ConfigFile != "":
		for i, provider := range []any{all.tracer, all.meter, all.logger} {
			if !installed(provider) {
				add([]string{"traces", "metrics", "logs"}[i], "off")
			}
		}
		add("source", "OTEL_CONFIG_FILE "+s.ConfigFile)
	default:
		add("traces", destination(s, "traces", s.Traces, all))
		add("metrics", destination(s, "metrics", s.Metrics, all))
		add("logs", "stdout, "+destination(s, "logs", s.Logs, all))
		if !s.Traces.Off() {
			add("sampler", s.Sampler)
		}
		if s.Metrics.Uses(otelenv.OTLP) || s.Metrics.Uses(otelenv.Console) {
			interval := s.MetricInterval.String()
			if s.MetricInterval == 0 {
				interval = defaultInterval.String() + " (default)"
			}
			add("metric_interval", interval)
		}
		add("source", origin(s))
	}
	if s.ConfigFile == "" {
		add("propagators", strings.Join(s.Propagators, ","))
	}
	if len(all.foreign) > 0 {
		add("installed_before", strings.Join(all.foreign, ","))
	}
	logger.LogAttrs(ctx, slog.LevelInfo, "telemetry", attrs...)
	warn(ctx, logger, s)
}

// destination describes one signal, such as "otlp http/protobuf http://localhost:4318/v1/traces".
func destination(s otelenv.Settings, name string, signal otelenv.Signal, all providers) string {
	if slices.Contains(all.foreign, name) {
		return "left to the provider installed before"
	}
	if signal.Off() {
		return "off"
	}
	var places []string
	for _, exporter := range signal.Exporters {
		switch exporter {
		case otelenv.OTLP:
			place := "otlp " + signal.Protocol + " " + signal.Endpoint
			if signal.Compress != "" && signal.Compress != "none" {
				place += " " + signal.Compress
			}
			places = append(places, place)
		case otelenv.Prometheus:
			places = append(places, "prometheus http://"+s.PrometheusAddr+"/metrics")
		default:
			places = append(places, exporter)
		}
	}
	return strings.Join(places, ", ")
}

// origin says who decided where telemetry goes.
func origin(s otelenv.Settings) string {
	if s.Chosen {
		return "environment"
	}
	return "defaults (no OTEL_EXPORTER_* or OTEL_*_EXPORTER is set)"
}

func warn(ctx context.Context, logger *slog.Logger, s otelenv.Settings) {
	notes := slices.Clone(s.NoEffect)
	if s.ConfigFile != "" {
		others := slices.DeleteFunc(slices.Clone(s.Set), func(name string) bool {
			return name == "OTEL_CONFIG_FILE" || name == "OTEL_LOG_LEVEL" || strings.HasPrefix(name, "OTEL_GO_X_")
		})
		if len(others) > 0 {
			notes = append(notes, strings.Join(others, ", ")+" (the configuration file counts instead; it may name them as ${...})")
		}
	}
	if len(notes) > 0 {
		logger.WarnContext(ctx, "environment variables without effect", "variables", strings.Join(notes, "; "))
	}
	if s.Delta && s.Metrics.Uses(otelenv.OTLP) {
		logger.WarnContext(ctx, "metrics are sent as deltas, which Prometheus and what is built on it do not take",
			"variable", "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE")
	}
}
