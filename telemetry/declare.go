package telemetry

import (
	"log/slog"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"
)

// Stability is what is promised of a declared name. The words are those of OpenTelemetry's registries.
type Stability string

// The stabilities that names have.
const (
	Development Stability = "development" // may change
	Stable      Stability = "stable"      // changes with a new major version only
)

// Type is the type of an attribute's value. The words are those of OpenTelemetry's registries.
type Type string

// The types of attributes' values.
const (
	TypeString  Type = "string"
	TypeInt     Type = "int"
	TypeDouble  Type = "double"
	TypeBoolean Type = "boolean"
)

// Attribute declares an attribute of spans, metrics and log records. One of OpenTelemetry's semantic conventions has a key
// only: the conventions say the rest.
type Attribute struct {
	Key       attribute.Key
	Type      Type
	Brief     string
	Members   []Member // all values that it can have, if they are known
	Examples  []any    // of the type
	Stability Stability
}

// Member is one of the values of an attribute.
type Member struct{ Value, Brief string }

// Convention reports whether the attribute is one of OpenTelemetry's semantic conventions.
func (a Attribute) Convention() bool { return a.Stability == "" }

// Span declares a span.
type Span struct {
	ID string // in OpenTelemetry's registries, such as "neuroglia.command"
	// Name is a pattern: a key of an attribute in braces stands for the attribute's value.
	Name  string
	Kind  trace.SpanKind
	Scope string // who makes it
	// Attributes are all that the span may have, beside those that fields of messages are tagged with.
	Attributes []attribute.Key
	// Events are the names of its events, each with the attributes it may have.
	Events    map[string][]attribute.Key
	Brief     string
	Stability Stability
}

// Log declares a log record.
type Log struct {
	Message string
	Level   slog.Level
	Scope   string // who makes it
	// Attributes are all that the record may have, beside those that fields of messages are tagged with.
	Attributes []attribute.Key
}
