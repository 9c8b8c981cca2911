package web

import (
	"context"

	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"go.opentelemetry.io/otel/codes"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"
)

// instrumented reports whether a handler further out has made a span for the request: otelhttp, which leaves a labeler,
// or any other instrumentation, which leaves a span of this process.
func instrumented(ctx context.Context) bool {
	if _, labeled := otelhttp.LabelerFromContext(ctx); labeled {
		return true
	}
	span := trace.SpanFromContext(ctx)
	if kind, ok := span.(interface{ SpanKind() trace.SpanKind }); ok {
		return kind.SpanKind() == trace.SpanKindServer
	}
	return span.SpanContext().IsValid() && !span.SpanContext().IsRemote()
}

// describe gives the route to a span that was made further out.
func (x *exchange) describe(ctx context.Context) {
	route := x.endpoint.route
	if route == "" {
		return
	}
	span := trace.SpanFromContext(ctx)
	span.SetName(spanMethod(x.original.Method) + " " + route)
	span.SetAttributes(semconv.HTTPRoute(route))
	labeler, _ := otelhttp.LabelerFromContext(ctx)
	labeler.Add(semconv.HTTPRoute(route))
}

// fail notes the error.type of a request that failed, also for an instrumentation further out, where otelhttp does not set it.
func (x *exchange) fail(ctx context.Context, errorType string) {
	x.errorType = errorType
	if !x.outer {
		return
	}
	attr := semconv.ErrorTypeKey.String(errorType)
	span := trace.SpanFromContext(ctx)
	span.SetAttributes(attr)
	span.SetStatus(codes.Error, "") // also when the status was sent before the failure
	labeler, _ := otelhttp.LabelerFromContext(ctx)
	labeler.Add(attr)
}
