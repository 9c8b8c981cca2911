// Package observability sends the traces, metrics and logs of a service to where the OTEL_* environment variables say.
//
// [Setup] is one line in main; [Start] is the same without package app. Both make OpenTelemetry's SDK from the
// environment, install it as the global one together with a [log/slog] default logger, and say in one line at start
// where telemetry goes. A collector that is slow, dead or away never delays the start or a request, is told about in a
// few lines a minute, and costs at most five seconds at the end.
//
// The framework instruments itself. Code that wants more has [Trace], [SetAttributes], [With] and [NewInstruments].
package observability
