package otlpspan

import (
	"go.opentelemetry.io/otel/codes"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
)

// The fields of https://github.com/open-telemetry/opentelemetry-proto/blob/v1.10.0/opentelemetry/proto/trace/v1/trace.proto.
const (
	spanTraceID, spanSpanID, spanTraceState, spanParent, spanName, spanKind, spanStart, spanEnd = 1, 2, 3, 4, 5, 6, 7, 8

	spanAttributes, spanDroppedAttributes, spanEvents, spanDroppedEvents, spanLinks, spanDroppedLinks = 9, 10, 11, 12, 13, 14

	spanStatus, spanFlags = 15, 16

	eventTime, eventName, eventAttributes, eventDroppedAttributes = 1, 2, 3, 4

	linkTraceID, linkSpanID, linkAttributes, linkDroppedAttributes, linkFlags = 1, 2, 4, 5, 6

	statusMessage, statusCode = 2, 3

	resourceAttributes, scopeAttributes = 1, 3
)

func (b *buffer) span(s sdktrace.ReadOnlySpan) {
	is, parent, status := s.SpanContext(), s.Parent(), s.Status()
	traceID, spanID := is.TraceID(), is.SpanID()
	b.bytes(spanTraceID, traceID[:])
	b.bytes(spanSpanID, spanID[:])
	b.text(spanTraceState, is.TraceState().String())
	if id := parent.SpanID(); id.IsValid() {
		b.bytes(spanParent, id[:])
	}
	b.text(spanName, s.Name())
	b.varint(spanKind, uint64(kindOf(s.SpanKind()))) //nolint:gosec // not negative
	b.time(spanStart, s.StartTime())
	b.time(spanEnd, s.EndTime())
	b.attributes(spanAttributes, s.Attributes())
	b.count(spanDroppedAttributes, s.DroppedAttributes())
	for _, e := range s.Events() {
		b.event(e)
	}
	b.count(spanDroppedEvents, s.DroppedEvents())
	for _, l := range s.Links() {
		b.link(l)
	}
	b.count(spanDroppedLinks, s.DroppedLinks())
	begun := b.begin(spanStatus)
	b.text(statusMessage, status.Description)
	b.varint(statusCode, uint64(statusOf(status.Code))) //nolint:gosec // not negative
	b.end(begun)
	b.fixed32(spanFlags, flags(is.TraceFlags(), parent))
}

func (b *buffer) event(e sdktrace.Event) {
	begun := b.begin(spanEvents)
	b.time(eventTime, e.Time)
	b.text(eventName, e.Name)
	b.attributes(eventAttributes, e.Attributes)
	b.count(eventDroppedAttributes, e.DroppedAttributeCount)
	b.end(begun)
}

func (b *buffer) link(l sdktrace.Link) {
	begun := b.begin(spanLinks)
	traceID, spanID := l.SpanContext.TraceID(), l.SpanContext.SpanID()
	b.bytes(linkTraceID, traceID[:])
	b.bytes(linkSpanID, spanID[:])
	b.attributes(linkAttributes, l.Attributes)
	b.count(linkDroppedAttributes, l.DroppedAttributeCount)
	b.fixed32(linkFlags, flags(l.SpanContext.TraceFlags(), l.SpanContext))
	b.end(begun)
}

// flags are those of W3C, with whether the other span, of which that is always known, is in another process.
func flags(f trace.TraceFlags, other trace.SpanContext) uint32 {
	all := uint32(f) | uint32(tracepb.SpanFlags_SPAN_FLAGS_CONTEXT_HAS_IS_REMOTE_MASK)
	if other.IsRemote() {
		all |= uint32(tracepb.SpanFlags_SPAN_FLAGS_CONTEXT_IS_REMOTE_MASK)
	}
	return all
}

func kindOf(k trace.SpanKind) tracepb.Span_SpanKind {
	switch k {
	case trace.SpanKindInternal:
		return tracepb.Span_SPAN_KIND_INTERNAL
	case trace.SpanKindServer:
		return tracepb.Span_SPAN_KIND_SERVER
	case trace.SpanKindClient:
		return tracepb.Span_SPAN_KIND_CLIENT
	case trace.SpanKindProducer:
		return tracepb.Span_SPAN_KIND_PRODUCER
	case trace.SpanKindConsumer:
		return tracepb.Span_SPAN_KIND_CONSUMER
	case trace.SpanKindUnspecified:
	}
	return tracepb.Span_SPAN_KIND_UNSPECIFIED
}

func statusOf(c codes.Code) tracepb.Status_StatusCode {
	switch c {
	case codes.Ok:
		return tracepb.Status_STATUS_CODE_OK
	case codes.Error:
		return tracepb.Status_STATUS_CODE_ERROR
	case codes.Unset:
	}
	return tracepb.Status_STATUS_CODE_UNSET
}
