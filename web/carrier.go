package web

import (
	"net/http"

	"go.opentelemetry.io/otel/propagation"
)

// carrier is propagation.HeaderCarrier, but that it knows how the header writes the names of W3C's, and so need not make
// them anew for every request.
type carrier http.Header

var (
	_ propagation.TextMapCarrier = carrier{}
	_ propagation.ValuesGetter   = carrier{}
)

// Get returns the first value.
func (c carrier) Get(key string) string {
	if values := c.Values(key); len(values) > 0 {
		return values[0]
	}
	return ""
}

// Values returns all values.
func (c carrier) Values(key string) []string {
	switch key {
	case "traceparent":
		return c["Traceparent"]
	case "tracestate":
		return c["Tracestate"]
	case "baggage":
		return c["Baggage"]
	}
	return http.Header(c).Values(key)
}

// Set sets a value.
func (c carrier) Set(key, value string) { http.Header(c).Set(key, value) }

// Keys returns all names.
func (c carrier) Keys() []string { return propagation.HeaderCarrier(c).Keys() }
