package main

import (
	"strings"

	"github.com/google/pprof/profile"
)

// layer is a part of the service to which time is attributed.
type layer struct {
	name  string
	wants []string // packages with those below them, or functions
	whole bool     // whatever is called from it belongs to it, also what has a layer of its own
}

const (
	project   = "github.com/neuroglia-go/neuroglia/"
	scheduler = "scheduler"
	other     = "other"
)

// layers returns all but the last two, which take what is left.
func layers() []layer {
	return []layer{
		{"garbage collection", []string{
			"runtime.gcBgMarkWorker", "runtime.gcAssistAlloc", "runtime.bgsweep", "runtime.bgscavenge",
		}, true},
		{"exporters", []string{
			"go.opentelemetry.io/otel/exporters", "google.golang.org/protobuf", "net/http.(*persistConn)", "net/http.(*Transport)",
			"go.opentelemetry.io/otel/sdk/trace.(*batchSpanProcessor).processQueue",
			"go.opentelemetry.io/otel/sdk/metric.(*PeriodicReader)",
			"go.opentelemetry.io/otel/sdk/log.(*BatchProcessor)",
		}, true},
		{"HTTP server and TCP", []string{"net/http"}, false},
		{"web", []string{project + "web", "github.com/danielgtaylor/huma"}, false},
		{"JSON", []string{"encoding/json"}, false},
		{"mediator", []string{project + "mediator"}, false},
		{"domain and application", []string{project + "samples/mario-pizzeria", "main"}, false},
		{"repository", []string{project + "repository"}, false},
		{"database/sql", []string{"database/sql"}, false},
		{"SQLite", []string{"modernc.org"}, false},
		{"outbox", []string{project + "outbox"}, false},
		{"event bus and CloudEvents", []string{project + "eventbus", project + "cloudevent"}, false},
		{"traces", []string{
			"go.opentelemetry.io/otel/sdk/trace", "go.opentelemetry.io/otel/trace", "go.opentelemetry.io/otel/propagation",
		}, false},
		{"metrics", []string{"go.opentelemetry.io/otel/sdk/metric", "go.opentelemetry.io/otel/metric"}, false},
		{"logs", []string{
			"log/slog", "go.opentelemetry.io/contrib/bridges/otelslog", "go.opentelemetry.io/otel/sdk/log", "go.opentelemetry.io/otel/log",
			project + "observability",
		}, false},
	}
}

// layerOf returns the layer that a sample belongs to, and the function that made it so.
func layerOf(all []layer, s *profile.Sample) (name, function string) {
	stack := functions(s)
	for _, whole := range []bool{true, false} {
		for _, function := range stack {
			for _, l := range all {
				if l.whole == whole && l.has(function) {
					return l.name, function
				}
			}
		}
	}
	if len(stack) > 0 && strings.HasPrefix(stack[len(stack)-1], "runtime.") {
		return scheduler, stack[len(stack)-1]
	}
	return other, strings.Join(stack, " ")
}

// functions returns the stack of a sample, the innermost function first.
func functions(s *profile.Sample) []string {
	var stack []string
	for _, location := range s.Location {
		for _, line := range location.Line {
			stack = append(stack, line.Function.Name)
		}
	}
	return stack
}

func (l layer) has(function string) bool {
	for _, want := range l.wants {
		if rest, ok := strings.CutPrefix(function, want); ok && (rest == "" || strings.ContainsRune("./", rune(rest[0]))) {
			return true
		}
	}
	return false
}
