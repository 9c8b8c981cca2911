package otelenv

import (
	"fmt"
	"strings"
)

// noEffect lists the variables that are set and change nothing, each with the reason.
func (v variables) noEffect(s Settings, rules map[string]rule) []string {
	var notes []string
	for _, name := range v.names() {
		if why := v.why(name, s, rules); why != "" {
			notes = append(notes, name+" ("+why+")")
		}
	}
	return notes
}

func (v variables) why(name string, s Settings, rules map[string]rule) string {
	if strings.HasPrefix(name, "OTEL_GO_X_") {
		return "" // experiments of the SDK
	}
	if _, known := rules[name]; !known {
		if near := nearest(name, rules); near != "" {
			return "not known, did you mean " + near + "?"
		}
		return "not known"
	}
	switch {
	case s.Disabled || s.ConfigFile != "":
		return "" // said once for all of them
	case name == "OTEL_TRACES_SAMPLER_ARG" && !strings.HasSuffix(strings.ToLower(v["OTEL_TRACES_SAMPLER"]), "traceidratio"):
		return "the sampler takes no argument"
	case strings.HasPrefix(name, "OTEL_EXPORTER_PROMETHEUS_") && !s.Metrics.Uses(Prometheus):
		return "OTEL_METRICS_EXPORTER is not prometheus"
	case strings.HasPrefix(name, "OTEL_METRIC_") && !s.Metrics.Uses(OTLP) && !s.Metrics.Uses(Console):
		return "metrics are not pushed"
	}
	return v.whyOfSignal(name, s)
}

func (v variables) whyOfSignal(name string, s Settings) string {
	for _, signal := range []struct {
		name, processor string
		Signal
	}{{"TRACES", "OTEL_BSP_", s.Traces}, {"METRICS", "OTEL_METRICS_EXEMPLAR_", s.Metrics}, {"LOGS", "OTEL_BLRP_", s.Logs}} {
		switch {
		case signal.Off() && (strings.HasPrefix(name, signal.processor) || name == "OTEL_TRACES_SAMPLER" && signal.name == "TRACES"):
			return fmt.Sprintf("OTEL_%s_EXPORTER is none", signal.name)
		case !signal.Uses(OTLP) && strings.HasPrefix(name, "OTEL_EXPORTER_OTLP_"+signal.name+"_"):
			return fmt.Sprintf("OTEL_%s_EXPORTER is not otlp", signal.name)
		}
	}
	if strings.HasPrefix(name, "OTEL_EXPORTER_OTLP_") && !s.Traces.Uses(OTLP) && !s.Metrics.Uses(OTLP) && !s.Logs.Uses(OTLP) {
		return "no exporter is otlp"
	}
	return ""
}

// nearest returns the known name that a mistyped one most likely stands for, or "".
func nearest(name string, rules map[string]rule) string {
	const most = 3 // more typing errors than this are another word
	best, found := most+1, ""
	for known := range rules {
		if d := distance(name, known); d < best || d == best && d <= most && known < found {
			best, found = d, known
		}
	}
	return found
}

// distance is the number of bytes to insert, delete or replace, or of neighbours to swap, to make b from a.
func distance(a, b string) int {
	before, last := make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row := make([]int, len(b)+1)
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(row[j-1]+1, last[j]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last = last, row
	}
	return last[len(b)]
}
