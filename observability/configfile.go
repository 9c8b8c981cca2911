package observability

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"

	"go.opentelemetry.io/contrib/otelconf"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/log"
	"go.opentelemetry.io/otel/metric"
	sdklog "go.opentelemetry.io/otel/sdk/log"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/trace"
)

// configFile makes providers from the declarative configuration at OTEL_CONFIG_FILE, which stands in place of all other
// variables.
//
// Text that is not UTF-8 is made so in log records and in the resource only: otelconf makes the exporters of spans and
// metrics itself, with no place to wrap them, and there such text still costs its batch.
type configFile struct{ sdk otelconf.SDK }

// newConfigFile reads a file. The service's name and what the resource detectors find are added where the file does not
// say otherwise.
func newConfigFile(ctx context.Context, c *config, path string, stdout *slog.Logger) (*configFile, error) {
	text, err := os.ReadFile(path) //nolint:gosec // the operator names the file
	if err != nil {
		return nil, fmt.Errorf("read OTEL_CONFIG_FILE: %w", err)
	}
	conf, err := otelconf.ParseYAML(text)
	if err != nil {
		return nil, fmt.Errorf("parse OTEL_CONFIG_FILE %s: %w", path, err)
	}
	addAttributes(conf, describe(ctx, c, stdout).Attributes())
	defer unset("OTEL_CONFIG_FILE")() // otelconf would read the file again, and use that in place of conf
	defer measuring()()
	sdk, err := otelconf.NewSDK(
		otelconf.WithContext(ctx),
		otelconf.WithOpenTelemetryConfiguration(*conf),
		otelconf.WithTracerProviderOptions(append(c.tracerOptions(), c.traces...)...),
		otelconf.WithMeterProviderOptions(append([]sdkmetric.Option{sdkViews()}, c.metrics...)...),
		otelconf.WithLoggerProviderOptions(append([]sdklog.LoggerProviderOption{sdklog.WithProcessor(validLogsFirst{})}, c.logs...)...),
	)
	if err != nil {
		return nil, fmt.Errorf("use OTEL_CONFIG_FILE %s: %w", path, errors.Join(err, sdk.Shutdown(ctx)))
	}
	return &configFile{sdk}, nil
}

// unset takes a variable out of the process's environment until the returned function puts it back.
func unset(name string) (restore func()) {
	value, ok := os.LookupEnv(name)
	if !ok || os.Unsetenv(name) != nil {
		return func() {}
	}
	return func() { _ = os.Setenv(name, value) }
}

func (f *configFile) meterProvider(context.Context) (metric.MeterProvider, error) {
	return f.sdk.MeterProvider(), nil
}

func (f *configFile) tracerProvider(context.Context) (trace.TracerProvider, error) {
	return f.sdk.TracerProvider(), nil
}

func (f *configFile) loggerProvider(context.Context) (log.LoggerProvider, error) {
	return f.sdk.LoggerProvider(), nil
}

// addAttributes adds what the file does not have.
func addAttributes(conf *otelconf.OpenTelemetryConfiguration, attrs []attribute.KeyValue) {
	if conf.Resource == nil {
		conf.Resource = &otelconf.Resource{}
	}
	for _, a := range attrs {
		name := string(a.Key)
		if !slices.ContainsFunc(conf.Resource.Attributes, func(in otelconf.AttributeNameValue) bool { return in.Name == name }) {
			conf.Resource.Attributes = append(conf.Resource.Attributes,
				otelconf.AttributeNameValue{Name: name, Value: a.Value.AsInterface()})
		}
	}
}
