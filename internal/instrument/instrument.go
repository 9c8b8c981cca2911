// Package instrument has what the instrumented packages share: how an error becomes an outcome, and whether anybody
// listens.
package instrument

import (
	"reflect"
	"regexp"
	"runtime"
	"runtime/debug"
	"strings"

	"go.opentelemetry.io/otel/metric"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
)

const module = "github.com/neuroglia-go/neuroglia"

// Scope is the instrumentation scope of one package: its import path, with version and schema URL.
type Scope struct {
	Name    string
	Version string
}

// NewScope returns the scope of the package at path, relative to the module, such as "mediator".
func NewScope(path string) Scope { return Scope{Name: module + "/" + path, Version: version()} }

// Meter returns the meter of the scope.
func (s Scope) Meter(p metric.MeterProvider) metric.Meter {
	return p.Meter(s.Name, metric.WithInstrumentationVersion(s.Version), metric.WithSchemaURL(semconv.SchemaURL))
}

// version is the version of the framework in this binary; "(devel)" when built from its own sources.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "(devel)"
	}
	for _, dep := range info.Deps {
		if dep.Path == module && dep.Replace == nil {
			return dep.Version
		}
	}
	return "(devel)"
}

// FuncName returns the qualified name of a function, as code.function.name wants it.
func FuncName(f any) string {
	pc := runtime.FuncForPC(reflect.ValueOf(f).Pointer())
	if pc == nil {
		return "unknown"
	}
	return strings.TrimSuffix(pc.Name(), "-fm")
}

// ShortName is a function's name without the path of its package: "cooking.Handlers.releaseOven".
func ShortName(qualified string) string {
	return qualified[strings.LastIndexByte(qualified, '/')+1:]
}

// TypeName is the name of a type as telemetry shows it: without packages' paths, which type arguments have.
func TypeName(t reflect.Type) string {
	if !strings.Contains(t.Name(), "/") {
		return t.Name()
	}
	return regexp.MustCompile(`[^][,*]*/`).ReplaceAllString(t.Name(), "")
}
