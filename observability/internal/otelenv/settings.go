// Package otelenv reads the OTEL_* environment variables of the OpenTelemetry specification.
//
// The SDK reads most of them a second time, and takes a default in silence where it does not understand a value. This
// package is what makes a wrong value an error, and what can say afterwards what was decided.
package otelenv

import (
	"cmp"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Names of exporters and protocols.
const (
	OTLP       = "otlp"
	Console    = "console"
	None       = "none"
	Prometheus = "prometheus"

	GRPC         = "grpc"
	HTTPProtobuf = "http/protobuf"
)

// Settings is what the environment says, with the specification's defaults for what it does not say.
type Settings struct {
	Disabled       bool
	ConfigFile     string // empty if there is none
	Traces         Signal
	Metrics        Signal
	Logs           Signal
	Sampler        string
	Propagators    []string
	MetricInterval time.Duration // 0 if not set
	PrometheusAddr string
	SDKLogLevel    string
	Delta          bool     // the metrics exporter prefers delta temporality
	Set            []string // names of the OTEL_* variables that are set, sorted
	Chosen         bool     // some variable says where telemetry goes
	NoEffect       []string // what is set and changes nothing, each with the reason
}

// Signal says where one of traces, metrics and logs goes.
type Signal struct {
	Exporters []string // empty if the signal is off
	Protocol  string
	Endpoint  string // where OTLP is sent, without credentials
	Plaintext bool   // the endpoint is the default one, which is not encrypted; the exporters do not know
	Compress  string
}

// Off reports whether nothing is exported.
func (s Signal) Off() bool { return len(s.Exporters) == 0 }

// Uses reports whether the signal goes to the named exporter.
func (s Signal) Uses(exporter string) bool { return slices.Contains(s.Exporters, exporter) }

// Read reads an environment in the form of os.Environ. A variable that is set to nothing counts as not set. The error
// names every variable with a value that is not allowed, on one line, without secrets.
func Read(environ []string) (Settings, error) {
	env := variables{}
	for _, entry := range environ {
		name, value, _ := strings.Cut(entry, "=")
		if value = strings.TrimSpace(value); strings.HasPrefix(name, "OTEL_") && value != "" {
			env[name] = value
		}
	}
	if err := env.check(); err != nil {
		return Settings{}, err
	}
	s := Settings{
		Disabled:       strings.EqualFold(env["OTEL_SDK_DISABLED"], "true"),
		ConfigFile:     env["OTEL_CONFIG_FILE"],
		Traces:         env.signal("TRACES", "/v1/traces"),
		Metrics:        env.signal("METRICS", "/v1/metrics"),
		Logs:           env.signal("LOGS", "/v1/logs"),
		Sampler:        env.sampler(),
		Propagators:    list(cmp.Or(env["OTEL_PROPAGATORS"], "tracecontext,baggage")),
		MetricInterval: env.milliseconds("OTEL_METRIC_EXPORT_INTERVAL"),
		PrometheusAddr: net.JoinHostPort(
			cmp.Or(env["OTEL_EXPORTER_PROMETHEUS_HOST"], "localhost"), cmp.Or(env["OTEL_EXPORTER_PROMETHEUS_PORT"], "9464")),
		SDKLogLevel: strings.ToLower(env["OTEL_LOG_LEVEL"]),
		Delta:       strings.EqualFold(env["OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE"], "delta"),
		Set:         env.names(),
	}
	if s.ConfigFile != "" {
		s.Disabled = false // a file stands in place of all other variables
	}
	rules := allowed()
	s.Chosen = slices.ContainsFunc(s.Set, func(name string) bool {
		return rules[name] != nil && strings.Contains(name, "_EXPORTER")
	})
	s.NoEffect = env.noEffect(s, rules)
	return s, nil
}

// variables are the OTEL_* variables that are set, without blanks at both ends.
type variables map[string]string

func (v variables) names() []string {
	names := make([]string, 0, len(v))
	for name := range v {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// check returns one error for all values that are not allowed.
func (v variables) check() error {
	rules := allowed()
	var problems []string
	for _, name := range v.names() {
		if rule, known := rules[name]; known {
			if problem := rule(v[name]); problem != "" {
				problems = append(problems, name+" "+problem)
			}
		}
	}
	for _, scope := range scopes() {
		problems = append(problems, v.contradictions(scope)...)
	}
	if len(problems) > 0 {
		return errors.New(strings.Join(problems, "; "))
	}
	return nil
}

// contradictions finds values that are right alone and wrong together.
func (v variables) contradictions(scope string) []string {
	var problems []string
	prefix := "OTEL_EXPORTER_OTLP_" + scope
	cert, key := v[prefix+"CLIENT_CERTIFICATE"], v[prefix+"CLIENT_KEY"]
	if (cert == "") != (key == "") {
		problems = append(problems, prefix+"CLIENT_CERTIFICATE and "+prefix+"CLIENT_KEY must both be set")
	} else if cert != "" && file(cert) == "" && file(key) == "" {
		if _, err := tls.LoadX509KeyPair(cert, key); err != nil {
			problems = append(problems, prefix+"CLIENT_CERTIFICATE and "+prefix+"CLIENT_KEY are no pair: "+err.Error())
		}
	}
	if strings.EqualFold(v[prefix+"INSECURE"], "true") && strings.HasPrefix(v[prefix+"ENDPOINT"], "https:") {
		problems = append(problems, prefix+"INSECURE is true and "+prefix+"ENDPOINT begins with https")
	}
	return problems
}

func (v variables) signal(name, path string) Signal {
	s := Signal{Exporters: list(cmp.Or(v["OTEL_"+name+"_EXPORTER"], OTLP))}
	if slices.Contains(s.Exporters, None) {
		return Signal{}
	}
	if !s.Uses(OTLP) {
		return s
	}
	s.Protocol = strings.ToLower(cmp.Or(v.otlp(name, "PROTOCOL"), HTTPProtobuf))
	s.Compress = strings.ToLower(v.otlp(name, "COMPRESSION"))
	own, base := v["OTEL_EXPORTER_OTLP_"+name+"_ENDPOINT"], v["OTEL_EXPORTER_OTLP_ENDPOINT"]
	switch {
	case own != "":
		s.Endpoint = redacted(own)
	case base != "" && s.Protocol == HTTPProtobuf:
		s.Endpoint = strings.TrimSuffix(redacted(base), "/") + path
	case base != "":
		s.Endpoint = redacted(base)
	default:
		s.Plaintext = v.otlp(name, "INSECURE") == "" && v.otlp(name, "CERTIFICATE") == "" && v.otlp(name, "CLIENT_CERTIFICATE") == ""
		scheme := "https"
		if s.Plaintext || strings.EqualFold(v.otlp(name, "INSECURE"), "true") {
			scheme = "http"
		}
		s.Endpoint = scheme + "://localhost:4318" + path
		if s.Protocol == GRPC {
			s.Endpoint = scheme + "://localhost:4317"
		}
	}
	return s
}

// otlp returns a variable of the OTLP exporter, the one for the signal before the one for all.
func (v variables) otlp(signal, suffix string) string {
	return cmp.Or(v["OTEL_EXPORTER_OTLP_"+signal+"_"+suffix], v["OTEL_EXPORTER_OTLP_"+suffix])
}

func (v variables) sampler() string {
	name := strings.ToLower(cmp.Or(v["OTEL_TRACES_SAMPLER"], "parentbased_always_on"))
	if arg := v["OTEL_TRACES_SAMPLER_ARG"]; arg != "" && strings.HasSuffix(name, "traceidratio") {
		return fmt.Sprintf("%s(%s)", name, arg)
	}
	return name
}

func (v variables) milliseconds(name string) time.Duration {
	n, _ := strconv.Atoi(v[name]) // checked before
	return time.Duration(n) * time.Millisecond
}

// list splits a value at commas.
func list(value string) []string {
	var words []string
	for word := range strings.SplitSeq(value, ",") {
		if word = strings.ToLower(strings.TrimSpace(word)); word != "" && !slices.Contains(words, word) {
			words = append(words, word)
		}
	}
	return words
}

// redacted returns a URL without credentials, query and fragment, any of which may hold a secret.
func redacted(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return "(not a URL)"
	}
	u.User, u.RawQuery, u.Fragment = nil, "", ""
	return u.String()
}
