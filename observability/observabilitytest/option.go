package observabilitytest

import (
	"log/slog"
	"slices"

	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// Option changes what a [Recorder] records or shows.
type Option func(*config)

type config struct {
	masked    []string
	left      []string
	scopes    bool
	unordered bool
	unended   bool
	sampler   sdktrace.Sampler
	views     []sdkmetric.View
	level     slog.Leveler
}

func newConfig(opts []Option) config {
	c := config{
		masked:  []string{"code.line.number", "code.stacktrace", "exception.stacktrace"},
		sampler: sdktrace.ParentBased(sdktrace.AlwaysSample()),
		level:   slog.Level(-128),
	}
	for _, opt := range opts {
		opt(&c)
	}
	return c
}

// Mask shows the values of these attributes as *, for values that change from run to run. Line numbers and stack traces
// are always masked.
func Mask(keys ...string) Option {
	return func(c *config) { c.masked = append(c.masked, keys...) }
}

// Leave leaves these attributes out of the text. Defaults to none.
func Leave(keys ...string) Option {
	return func(c *config) { c.left = append(c.left, keys...) }
}

// Scopes shows the instrumentation scope of spans and metrics. Defaults to off.
func Scopes() Option { return func(c *config) { c.scopes = true } }

// Unordered sorts sibling spans by their text and not by their start, for work that runs at the same time.
func Unordered() Option { return func(c *config) { c.unordered = true } }

// AllowUnended lets a test pass although spans that it started have not ended. Defaults to failing it.
func AllowUnended() Option { return func(c *config) { c.unended = true } }

// Sampler decides which spans are recorded. Defaults to all, unless a parent is not sampled.
func Sampler(s sdktrace.Sampler) Option { return func(c *config) { c.sampler = s } }

// Views change the metrics as they would in production. Defaults to none.
func Views(v ...sdkmetric.View) Option {
	return func(c *config) { c.views = append(c.views, v...) }
}

// Level is the lowest level that the logger is enabled for. Defaults to every level.
func Level(l slog.Leveler) Option { return func(c *config) { c.level = l } }

// show returns the text of an attribute, or "" if it is left out.
func (c *config) show(key, value string) string {
	switch {
	case slices.Contains(c.left, key):
		return ""
	case slices.Contains(c.masked, key):
		return key + "=*"
	}
	return key + "=" + quote(value)
}
