// Package otlpspan exports spans over OTLP with the clients of go.opentelemetry.io/otel/exporters/otlp/otlptrace, and says
// what that says. It costs a fraction: spans are written to their form on the wire, into memory that is used again, and
// not first into some twenty objects each.
package otlpspan

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace"
	"go.opentelemetry.io/otel/sdk/instrumentation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	commonpb "go.opentelemetry.io/proto/otlp/common/v1"
	resourcepb "go.opentelemetry.io/proto/otlp/resource/v1"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
)

// Exporter is a [sdktrace.SpanExporter] over a client of otlptrace. What is not UTF-8 in text becomes U+FFFD.
type Exporter struct {
	client otlptrace.Client

	mu      sync.Mutex // held for one export
	written buffer
	spans   []*tracepb.Span
}

var _ sdktrace.SpanExporter = (*Exporter)(nil)

// New returns an exporter over a client that sends protobuf, which it starts: JSON has no place for what is written already.
func New(ctx context.Context, client otlptrace.Client) (*Exporter, error) {
	if err := client.Start(ctx); err != nil {
		return nil, fmt.Errorf("start the client: %w", err)
	}
	return &Exporter{client: client}, nil
}

// Shutdown implements [sdktrace.SpanExporter].
func (e *Exporter) Shutdown(ctx context.Context) error {
	return e.client.Stop(ctx) //nolint:wrapcheck // as otlptrace does
}

// kept bounds the memory that is used again. A batch of 512 spans takes a tenth of it.
const kept = 4 << 20

// Most is how many bytes of spans one request has, unless it has one span. Collectors take 4 MiB over gRPC if nobody says
// otherwise, and lose all of what is larger; the rest is for resources and scopes.
const Most = 4<<20 - 256<<10

// ExportSpans implements [sdktrace.SpanExporter]. A request that is refused does not keep the others.
func (e *Exporter) ExportSpans(ctx context.Context, spans []sdktrace.ReadOnlySpan) error {
	if len(spans) == 0 {
		return nil
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	defer func() {
		if cap(e.written) > kept {
			e.written, e.spans = nil, nil
		}
	}()
	e.write(spans)
	var errs []error
	for begin := 0; begin < len(spans) && (begin == 0 || ctx.Err() == nil); {
		end := e.fitting(begin, len(spans))
		if err := e.client.UploadTraces(ctx, request(spans[begin:end], e.spans[begin:end])); err != nil {
			errs = append(errs, fmt.Errorf("traces export: %w", err))
		}
		begin = end
	}
	return errors.Join(errs...)
}

// fitting is the end of the written spans that fit into one request, at least one.
func (e *Exporter) fitting(begin, end int) int {
	size := 0
	for i := begin; i < end; i++ {
		if size += len(e.spans[i].ProtoReflect().GetUnknown()) + spanFields; size > Most && i > begin {
			return i
		}
	}
	return end
}

// spanFields is what a request has for a span beside it.
const spanFields = 8

type scopeKey struct {
	resource attribute.Distinct
	scope    instrumentation.Scope
}

// request groups spans, as they are written, by resource and scope.
func request(spans []sdktrace.ReadOnlySpan, written []*tracepb.Span) []*tracepb.ResourceSpans {
	var request []*tracepb.ResourceSpans
	resources, scopes := map[attribute.Distinct]*tracepb.ResourceSpans{}, map[scopeKey]*tracepb.ScopeSpans{}
	for i, span := range spans {
		key := scopeKey{span.Resource().Equivalent(), span.InstrumentationScope()}
		in, known := scopes[key]
		if !known {
			of, known := resources[key.resource]
			if !known {
				of = &tracepb.ResourceSpans{Resource: resourceOf(span.Resource()), SchemaUrl: valid(span.Resource().SchemaURL())}
				resources[key.resource], request = of, append(request, of)
			}
			in = &tracepb.ScopeSpans{Scope: scopeOf(key.scope), SchemaUrl: valid(key.scope.SchemaURL)}
			scopes[key], of.ScopeSpans = in, append(of.ScopeSpans, in)
		}
		in.Spans = append(in.Spans, written[i])
	}
	return request
}

// write makes each of e.spans one of spans. Its fields are in it as fields that it does not know, which is how protobuf
// hands on what was written before.
func (e *Exporter) write(spans []sdktrace.ReadOnlySpan) {
	for len(e.spans) < len(spans) {
		e.spans = append(e.spans, &tracepb.Span{})
	}
	e.written = e.written[:0]
	ends := make([]int, len(spans))
	for i, span := range spans {
		e.written.span(span)
		ends[i] = len(e.written)
	}
	begin := 0
	for i, end := range ends {
		e.spans[i].ProtoReflect().SetUnknown([]byte(e.written[begin:end:end]))
		begin = end
	}
}

func resourceOf(r *resource.Resource) *resourcepb.Resource {
	if r == nil {
		return nil
	}
	var written buffer
	written.attributes(resourceAttributes, r.Attributes())
	of := &resourcepb.Resource{}
	of.ProtoReflect().SetUnknown([]byte(written))
	return of
}

func scopeOf(s instrumentation.Scope) *commonpb.InstrumentationScope {
	if s == (instrumentation.Scope{}) {
		return nil
	}
	var written buffer
	written.attributes(scopeAttributes, s.Attributes.ToSlice())
	scope := &commonpb.InstrumentationScope{Name: valid(s.Name), Version: valid(s.Version)}
	scope.ProtoReflect().SetUnknown([]byte(written))
	return scope
}
