package observability

import (
	"io"
	"log/slog"
	"os"

	"go.opentelemetry.io/otel/attribute"
	sdklog "go.opentelemetry.io/otel/sdk/log"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// Option changes what [Start] and [SetupWith] do. What the environment says wins over options.
type Option func(*config)

type config struct {
	name        string
	version     string
	attributes  []attribute.KeyValue
	detectors   []resource.Detector
	traces      []sdktrace.TracerProviderOption
	metrics     []sdkmetric.Option
	logs        []sdklog.LoggerProviderOption
	level       slog.Leveler
	baggage     []string
	hostMetrics bool
	stdout      io.Writer
	environ     []string
}

func newConfig(name string, opts []Option) *config {
	c := &config{name: name, level: slog.LevelInfo, stdout: os.Stdout, environ: os.Environ()}
	for _, opt := range opts {
		opt(c)
	}
	return c
}

// Version is the service.version of the resource. Defaults to the version that the Go toolchain stamped into the binary,
// or the revision of the source.
func Version(version string) Option { return func(c *config) { c.version = version } }

// Attributes adds attributes to the resource, such as deployment.environment.name. Defaults to none beside the detected.
func Attributes(attrs ...attribute.KeyValue) Option {
	return func(c *config) { c.attributes = append(c.attributes, attrs...) }
}

// Detectors adds detectors of the resource, such as a cloud's. All together have three seconds. Defaults to host,
// operating system, process, container and service instance.
func Detectors(d ...resource.Detector) Option {
	return func(c *config) { c.detectors = append(c.detectors, d...) }
}

// Traces passes options to the SDK's tracer provider, such as span processors. Defaults to none; without variables that say
// otherwise, text in attributes is cut after 4096 characters, and 8192 spans may wait for export.
func Traces(opts ...sdktrace.TracerProviderOption) Option {
	return func(c *config) { c.traces = append(c.traces, opts...) }
}

// Metrics passes options to the SDK's meter provider, such as views, readers or a cardinality limit. Defaults to none;
// the SDK limits each instrument to 2000 series and counts the rest in one marked otel.metric.overflow.
func Metrics(opts ...sdkmetric.Option) Option {
	return func(c *config) { c.metrics = append(c.metrics, opts...) }
}

// Logs passes options to the SDK's logger provider, such as log processors. Defaults to none; without variables that say
// otherwise, text is cut after 16 KiB over OTLP, and 2048 records may wait for export.
func Logs(opts ...sdklog.LoggerProviderOption) Option {
	return func(c *config) { c.logs = append(c.logs, opts...) }
}

// Level is the lowest level of log records that are written, to standard output and over OTLP. Give a [slog.LevelVar] to
// change it while the service runs. Defaults to info.
//
// There is no environment variable for it: the specification has none, and its OTEL_LOG_LEVEL is for what the SDK says
// about itself.
func Level(l slog.Leveler) Option { return func(c *config) { c.level = l } }

// Baggage names the keys of baggage that this service trusts: only these are let in and out by the propagator, and their
// values are copied to spans and log records, never to metrics. It is the outer list of what crosses the border of the
// process: narrower ones, such as that of eventbus.WithBaggage, choose among these keys and cannot add to them. Defaults to
// none.
func Baggage(keys ...string) Option {
	return func(c *config) { c.baggage = append(c.baggage, keys...) }
}

// HostMetrics adds the system.* metrics of the whole machine. Defaults to off, because a collector's host receiver
// measures the same once for all services. The metrics of the Go runtime and of the process are always on.
func HostMetrics() Option { return func(c *config) { c.hostMetrics = true } }

// Stdout is where log records and console exporters write. A file has a queue before it, so that nobody waits for a pipe that
// is not read: what does not fit into its 2 MiB is dropped, counted, and told about when the file is read again. Records of
// errors wait up to 100 ms to be written, once while nothing is. All else that a process says just before it ends by
// os.Exit or a panic may not be there; [Telemetry.Shutdown] writes it. Any other writer is called by whoever logs. Defaults
// to os.Stdout: text if it is a terminal, else JSON.
func Stdout(w io.Writer) Option { return func(c *config) { c.stdout = w } }
