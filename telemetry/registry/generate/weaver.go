package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"go.opentelemetry.io/otel/attribute"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"

	"github.com/neuroglia-go/neuroglia/telemetry"
	"github.com/neuroglia-go/neuroglia/telemetry/registry"
)

// The format is described at https://github.com/open-telemetry/weaver/blob/main/schemas/semconv-syntax.md. Strings are
// quoted as in Go, which YAML reads as well.
const head = "# Made of the declarations in telemetry/registry by make generate.\n"

func manifest() string {
	version := semconv.SchemaURL[strings.LastIndexByte(semconv.SchemaURL, '/')+1:]
	return head + `name: neuroglia
description: What Neuroglia for Go emits.
semconv_version: 0.1.0
schema_base_url: https://github.com/neuroglia-go/neuroglia/schemas/
dependencies:
  - name: otel
    registry_path: https://github.com/open-telemetry/semantic-conventions@v` + version + `[model]
`
}

func attributes() string {
	var b strings.Builder
	b.WriteString(head + `groups:
  - id: registry.neuroglia
    type: attribute_group
    display_name: Neuroglia
    brief: Attributes of messages, events, aggregates and repositories.
    attributes:
`)
	for _, a := range registry.Attributes() {
		if a.Convention() {
			continue
		}
		fmt.Fprintf(&b, "      - id: %s\n", a.Key)
		if len(a.Members) == 0 {
			fmt.Fprintf(&b, "        type: %s\n", a.Type)
		} else {
			b.WriteString("        type:\n          members:\n")
		}
		for _, m := range a.Members {
			fmt.Fprintf(&b, "            - id: %s\n              value: %q\n", m.Value, m.Value)
			if m.Brief != "" {
				fmt.Fprintf(&b, "              brief: %q\n", m.Brief)
			}
			fmt.Fprintf(&b, "              stability: %s\n", a.Stability)
		}
		fmt.Fprintf(&b, "        stability: %s\n        brief: %q\n", a.Stability, a.Brief)
		if len(a.Examples) > 0 {
			fmt.Fprintf(&b, "        examples: [%s]\n", strings.Join(examples(a.Examples), ", "))
		}
	}
	return b.String()
}

func examples(values []any) []string {
	texts := make([]string, 0, len(values))
	for _, v := range values {
		if text, ok := v.(string); ok {
			v = strconv.Quote(text)
		}
		texts = append(texts, fmt.Sprint(v))
	}
	return texts
}

// metrics declares our own metrics and imports those of the conventions, whose attributes are the conventions' business.
func metrics() string {
	var b strings.Builder
	var imported []string
	b.WriteString(head + "groups:\n")
	for _, m := range registry.Metrics() {
		if m.Convention() {
			if !slices.Contains(imported, m.Name) { // several scopes may measure the same
				imported = append(imported, m.Name)
			}
			continue
		}
		fmt.Fprintf(&b, "  - id: metric.%s\n    type: metric\n    metric_name: %s\n    brief: %q\n", m.Name, m.Name, m.Description)
		fmt.Fprintf(&b, "    instrument: %s\n    unit: %q\n    stability: %s\n", m.Kind, m.Unit, m.Stability)
		fmt.Fprintf(&b, "    annotations:\n      scope: %s\n", m.Scope)
		if len(m.Bounds) > 0 {
			fmt.Fprintf(&b, "      buckets: %s\n", flow(m))
		}
		refs(&b, m.Attributes)
	}
	b.WriteString("imports:\n  metrics:\n")
	for _, name := range imported {
		fmt.Fprintf(&b, "    - %s\n", name)
	}
	return b.String()
}

func flow(m telemetry.Metric) string { return strings.ReplaceAll(fmt.Sprint(m.Bounds), " ", ", ") }

func spans() string {
	var b strings.Builder
	b.WriteString(head + "groups:\n")
	for _, s := range registry.Spans() {
		fmt.Fprintf(&b, "  - id: span.%s\n    type: span\n    span_kind: %s\n    stability: %s\n", s.ID, s.Kind, s.Stability)
		fmt.Fprintf(&b, "    brief: %q\n    annotations:\n      name: %q\n      scope: %s\n", s.Brief, s.Name, s.Scope)
		refs(&b, s.Attributes)
	}
	return b.String()
}

// refs are references to attributes, which are declared in attributes.yaml or by the conventions.
func refs(b *strings.Builder, keys []attribute.Key) {
	b.WriteString("    attributes:\n")
	for _, key := range keys {
		fmt.Fprintf(b, "      - ref: %s\n", key)
		if key == registry.ErrorType {
			b.WriteString("        requirement_level: {conditionally_required: there is a failure}\n")
		}
	}
}
