package web

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/baggage"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/metric"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"

	"github.com/neuroglia-go/neuroglia/internal/instrument"
	"github.com/neuroglia-go/neuroglia/telemetry/registry"
)

// instrumentation puts a span and measurements around requests. They are those of otelhttp, but for what clients choose or
// what is theirs, and what is the same for many requests is made for the first of them only.
type instrumentation struct {
	config   Config
	tracer   instrument.Tracer
	meters   bool // since the start
	active   *activities
	duration metric.Float64Histogram
	read     metric.Int64Histogram
	written  metric.Int64Histogram
}

func newInstrumentation(c Config) (*instrumentation, error) {
	scope := instrument.NewScope("web")
	meter := scope.Meter(c.Telemetry.Meter)
	i := &instrumentation{config: c, tracer: scope.Tracer(c.Telemetry.Tracer), meters: instrument.Measuring(c.Telemetry.Meter)}
	var errs [4]error
	i.active, errs[0] = newActivities(i, meter)
	i.duration, errs[1] = registry.HTTPServerRequestDuration().Float64Histogram(meter)
	i.read, errs[2] = registry.HTTPServerRequestBodySize().Int64Histogram(meter)
	i.written, errs[3] = registry.HTTPServerResponseBodySize().Int64Histogram(meter)
	if err := errors.Join(errs[:]...); err != nil {
		return nil, fmt.Errorf("web: make the instruments: %w", err)
	}
	return i, nil
}

// measuring reports whether measurements can go anywhere, maybe only since a provider was installed.
func (i *instrumentation) measuring() bool {
	return i.meters || instrument.Measuring(i.config.Telemetry.Meter)
}

// serve answers a request inside its span and its measurements. What nobody would get is not made.
func (i *instrumentation) serve(x *exchange, r *http.Request) {
	ctx := r.Context()
	if exchangeFrom(ctx) != nil { // inside another API
		x.api.serve(ctx, x, r)
		return
	}
	measuring := i.measuring()
	if x.outer = instrumented(ctx); x.outer {
		x.describe(ctx)
	}
	if !measuring && (x.outer || !i.tracer.On()) {
		if !x.outer {
			ctx = i.join(ctx, r)
		}
		x.api.serve(ctx, x, r)
		return
	}
	same := x.endpoint.kinds.of(i.config.ServerName, x.endpoint.route, r)
	if measuring {
		active := i.active.of(same)
		active.Begin()
		defer active.End()
	}
	if x.outer {
		x.api.serve(ctx, x, r)
		return
	}
	i.observe(ctx, x, r, same)
}

// observe answers a request inside its span, and measures it.
func (i *instrumentation) observe(ctx context.Context, x *exchange, r *http.Request, same *requests) {
	begin := time.Now()
	ctx, span := i.begin(ctx, r, same)
	defer span.End()
	if r.Body != nil && r.Body != http.NoBody {
		x.body.ReadCloser = r.Body
	}
	x.api.serve(ctx, x, r)
	status, read := cmp.Or(x.out.status, http.StatusOK), x.body.size.Load()
	if span.IsRecording() {
		x.finish(span, status, read)
	}
	options := same.measured(status, x.errorType)
	i.read.Record(ctx, read, options...)
	i.written.Record(ctx, x.out.size, options...)
	i.duration.Record(ctx, time.Since(begin).Seconds(), options...)
}

// begin starts the span of a request, in the trace of its caller or in its own.
func (i *instrumentation) begin(ctx context.Context, r *http.Request, same *requests) (context.Context, trace.Span) {
	ctx = i.join(ctx, r)
	if !i.tracer.On() {
		return ctx, instrument.NoSpan()
	}
	return i.tracer.Start(ctx, same.span, i.start(ctx, r, same)...)
}

// join returns ctx with the caller's trace and baggage or, if anybody may be the caller, with neither: not even a sampler
// sees them.
func (i *instrumentation) join(ctx context.Context, r *http.Request) context.Context {
	if !i.config.PublicEndpoint {
		return i.extract(ctx, r)
	}
	if trace.SpanContextFromContext(ctx).IsRemote() { // extracted further out
		ctx = trace.ContextWithSpan(ctx, instrument.NoSpan())
	}
	if baggage.FromContext(ctx).Len() > 0 {
		ctx = baggage.ContextWithoutBaggage(ctx)
	}
	return ctx
}

func (i *instrumentation) extract(ctx context.Context, r *http.Request) context.Context {
	return i.config.Telemetry.Propagator.Extract(ctx, carrier(r.Header))
}

// start returns how the span of a request starts. Samplers see all that is known by then.
func (i *instrumentation) start(ctx context.Context, r *http.Request, same *requests) []trace.SpanStartOption {
	const more = 7 // what a request can have of its own
	attrs := append(make([]attribute.KeyValue, 0, len(same.attributes)+more), same.attributes...)
	if r.URL.Path != "" {
		attrs = append(attrs, semconv.URLPath(valid(r.URL.Path)))
	}
	if same.other {
		attrs = append(attrs, semconv.HTTPRequestMethodOriginal(cut(r.Method, maxText)))
	}
	if i.config.RecordClient {
		attrs = appendClient(attrs, r)
	}
	options := []trace.SpanStartOption{trace.WithSpanKind(trace.SpanKindServer), trace.WithAttributes(attrs...)}
	if i.config.PublicEndpoint {
		options = append(options, trace.WithNewRoot())
		if caller := trace.SpanContextFromContext(i.extract(ctx, r)); caller.IsValid() && caller.IsRemote() {
			options = append(options, trace.WithLinks(trace.Link{SpanContext: caller}))
		}
	}
	return options
}

// finish gives the span what is known of the answer.
func (x *exchange) finish(span trace.Span, status int, read int64) {
	attrs := append(make([]attribute.KeyValue, 0, 4), semconv.HTTPResponseStatusCode(status))
	if read > 0 {
		attrs = append(attrs, semconv.HTTPRequestBodySize(int(read)))
	}
	if x.out.size > 0 {
		attrs = append(attrs, semconv.HTTPResponseBodySize(int(x.out.size)))
	}
	if x.errorType != "" {
		attrs = append(attrs, semconv.ErrorTypeKey.String(x.errorType))
		span.SetStatus(codes.Error, "") // also when the status was sent before the failure
	}
	span.SetAttributes(attrs...)
}
