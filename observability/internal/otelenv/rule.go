package otelenv

import (
	"crypto/x509"
	"fmt"
	"math"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
)

// rule returns what is wrong with a value, or "". What it returns holds no secret.
type rule func(value string) string

// scopes are the parts of OTLP variables' names that say which signal they are for.
func scopes() []string { return []string{"", "TRACES_", "METRICS_", "LOGS_"} }

// allowed returns a rule for every variable that is known.
func allowed() map[string]rule {
	rules := map[string]rule{
		"OTEL_SDK_DISABLED":             boolean,
		"OTEL_CONFIG_FILE":              file,
		"OTEL_EXPERIMENTAL_CONFIG_FILE": refused("is no longer supported, use OTEL_CONFIG_FILE"),
		"OTEL_SERVICE_NAME":             anything,
		"OTEL_RESOURCE_ATTRIBUTES":      pairs,
		"OTEL_LOG_LEVEL":                oneOf("none", "error", "warn", "info", "debug"),
		"OTEL_PROPAGATORS":              anything, // checked by the registry of propagators

		"OTEL_TRACES_EXPORTER":  listOf(OTLP, Console, None),
		"OTEL_METRICS_EXPORTER": listOf(OTLP, Console, None, Prometheus),
		"OTEL_LOGS_EXPORTER":    listOf(OTLP, Console, None),

		"OTEL_TRACES_SAMPLER": oneOf("always_on", "always_off", "traceidratio",
			"parentbased_always_on", "parentbased_always_off", "parentbased_traceidratio"),
		"OTEL_TRACES_SAMPLER_ARG": ratio,

		"OTEL_METRICS_EXEMPLAR_FILTER": exactly("always_on", "always_off", "trace_based"),
		"OTEL_METRIC_EXPORT_INTERVAL":  atLeast(1, "milliseconds"),
		"OTEL_METRIC_EXPORT_TIMEOUT":   atLeast(1, "milliseconds"),

		"OTEL_EXPORTER_PROMETHEUS_HOST": anything,
		"OTEL_EXPORTER_PROMETHEUS_PORT": port,

		"OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE": oneOf("cumulative", "delta", "lowmemory"),
		"OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION": oneOf(
			"explicit_bucket_histogram", "base2_exponential_bucket_histogram"),

		"OTEL_SEMCONV_STABILITY_OPT_IN":        anything,
		"OTEL_SEMCONV_EXCEPTION_SIGNAL_OPT_IN": anything,
	}
	for _, name := range []string{
		"OTEL_ATTRIBUTE_COUNT_LIMIT", "OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT",
		"OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", "OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT",
		"OTEL_SPAN_EVENT_COUNT_LIMIT", "OTEL_SPAN_LINK_COUNT_LIMIT",
		"OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT", "OTEL_LINK_ATTRIBUTE_COUNT_LIMIT",
		"OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT", "OTEL_LOGRECORD_ATTRIBUTE_VALUE_LENGTH_LIMIT",
	} {
		rules[name] = atLeast(-1, "a whole number")
	}
	for _, prefix := range []string{"OTEL_BSP_", "OTEL_BLRP_"} {
		rules[prefix+"SCHEDULE_DELAY"] = atLeast(1, "milliseconds")
		rules[prefix+"EXPORT_TIMEOUT"] = atLeast(1, "milliseconds")
		rules[prefix+"MAX_QUEUE_SIZE"] = atLeast(1, "a whole number")
		rules[prefix+"MAX_EXPORT_BATCH_SIZE"] = atLeast(1, "a whole number")
	}
	for _, scope := range scopes() {
		prefix := "OTEL_EXPORTER_OTLP_" + scope
		rules[prefix+"ENDPOINT"] = endpoint
		rules[prefix+"PROTOCOL"] = exactly(GRPC, HTTPProtobuf) // http/json cannot carry spans as otlpspan writes them
		rules[prefix+"HEADERS"] = headers
		rules[prefix+"COMPRESSION"] = exactly("gzip", "none")
		rules[prefix+"TIMEOUT"] = atLeast(1, "milliseconds")
		rules[prefix+"INSECURE"] = boolean
		rules[prefix+"CERTIFICATE"] = certificate
		rules[prefix+"CLIENT_CERTIFICATE"] = file
		rules[prefix+"CLIENT_KEY"] = file
	}
	return rules
}

func anything(string) string { return "" }

func refused(why string) rule { return func(string) string { return why } }

func oneOf(words ...string) rule {
	return func(value string) string {
		for _, word := range words {
			if strings.EqualFold(value, word) {
				return ""
			}
		}
		return fmt.Sprintf("is %q, want one of %s", value, strings.Join(words, ", "))
	}
}

// exactly is oneOf for what the exporters compare with regard to case.
func exactly(words ...string) rule {
	return func(value string) string {
		if slices.Contains(words, value) {
			return ""
		}
		return fmt.Sprintf("is %q, want one of %s", value, strings.Join(words, ", "))
	}
}

func boolean(value string) string { return oneOf("true", "false")(value) }

// listOf allows words with commas between; "none" must be alone.
func listOf(words ...string) rule {
	one := oneOf(words...)
	return func(value string) string {
		got := list(value)
		for _, word := range got {
			if problem := one(word); problem != "" {
				return problem
			}
			if word == None && len(got) > 1 {
				return fmt.Sprintf("is %q, want none to stand alone", value)
			}
		}
		return ""
	}
}

func atLeast(least int, what string) rule {
	return func(value string) string {
		n, err := strconv.Atoi(value)
		if err != nil || n < least || n > math.MaxInt32 {
			return fmt.Sprintf("is %q, want %s, at least %d", value, what, least)
		}
		return ""
	}
}

func ratio(value string) string {
	if f, err := strconv.ParseFloat(value, 64); err != nil || !(f >= 0 && f <= 1) {
		return fmt.Sprintf("is %q, want a number from 0 to 1", value)
	}
	return ""
}

func port(value string) string {
	if _, err := strconv.ParseUint(value, 10, 16); err != nil {
		return fmt.Sprintf("is %q, want a port from 0 to 65535", value)
	}
	return ""
}

// endpoint asks for a scheme, also with gRPC: without one the exporters disagree about what is meant.
func endpoint(value string) string {
	u, err := url.Parse(value)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		if !strings.ContainsAny(value, "/@?") {
			return fmt.Sprintf("is %q, want http://%s or https://%s", value, value, value)
		}
		return "is not a URL that begins with http:// or https://"
	}
	return ""
}

func headers(value string) string {
	for pair := range strings.SplitSeq(value, ",") {
		key, coded, ok := strings.Cut(pair, "=")
		_, err := url.PathUnescape(coded)
		if !ok || err != nil || !token(strings.TrimSpace(key)) {
			return "is not key=value pairs with commas between, values percent-encoded (not shown: it may hold secrets)"
		}
	}
	return ""
}

// token reports whether s is a token of RFC 9110, as names of headers are.
func token(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool {
		return r <= ' ' || r >= 0x7f || strings.ContainsRune("()<>@,;:\\\"/[]?={}", r)
	})
}

func pairs(value string) string {
	for pair := range strings.SplitSeq(value, ",") {
		key, _, ok := strings.Cut(pair, "=")
		if strings.TrimSpace(pair) != "" && (!ok || strings.TrimSpace(key) == "") {
			return fmt.Sprintf("has %q, want key=value", strings.TrimSpace(pair))
		}
	}
	return ""
}

// certificate reads what the exporters would pass over in silence if it were broken.
func certificate(path string) string {
	if problem := file(path); problem != "" {
		return problem
	}
	text, err := os.ReadFile(path) //nolint:gosec // the operator names the file
	if err != nil {
		return "cannot be read: " + err.Error()
	}
	if !x509.NewCertPool().AppendCertsFromPEM(text) {
		return fmt.Sprintf("is %q, which has no PEM certificate", path)
	}
	return ""
}

func file(path string) string {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return "cannot be read: " + err.Error()
	case info.IsDir():
		return fmt.Sprintf("is %q, which is a folder and not a file", path)
	}
	return ""
}
