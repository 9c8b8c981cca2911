package web

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"runtime/debug"
	"strings"
	"unicode/utf8"

	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/baggage"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/metric"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"

	"github.com/neuroglia-go/neuroglia/fault"
	"github.com/neuroglia-go/neuroglia/internal/instrument"
	"github.com/neuroglia-go/neuroglia/telemetry"
	"github.com/neuroglia-go/neuroglia/telemetry/registry"
)

// instrumentation puts a span and measurements around requests: otelhttp's, which sees only what may be recorded, and
// the number of active requests, which otelhttp does not have.
type instrumentation struct {
	config  Config
	around  http.Handler // otelhttp, around inside
	inside  func(http.ResponseWriter, *http.Request, *exchange)
	active  metric.Int64UpDownCounter
	options map[string]metric.MeasurementOption // by method and scheme
}

func newInstrumentation(c Config, inside func(http.ResponseWriter, *http.Request, *exchange)) (*instrumentation, error) {
	i := &instrumentation{config: c, inside: inside, options: map[string]metric.MeasurementOption{}}
	i.around = otelhttp.NewHandler(http.HandlerFunc(i.enter), "",
		otelhttp.WithTracerProvider(c.Telemetry.Tracer),
		otelhttp.WithMeterProvider(c.Telemetry.Meter),
		otelhttp.WithPropagators(c.Telemetry.Propagator),
		otelhttp.WithServerName(c.ServerName),
		otelhttp.WithPublicEndpointFn(func(*http.Request) bool { return c.PublicEndpoint }),
	)
	for _, method := range append(knownMethods(), otherMethod) {
		for _, scheme := range []string{"http", "https"} {
			i.options[method+" "+scheme] = metric.WithAttributeSet(attribute.NewSet(
				semconv.HTTPRequestMethodKey.String(method), semconv.URLScheme(scheme)))
		}
	}
	var err error
	i.active, err = registry.HTTPServerActiveRequests().Int64UpDownCounter(instrument.NewScope("web").Meter(c.Telemetry.Meter))
	if err != nil {
		return nil, fmt.Errorf("web: make an instrument: %w", err)
	}
	return i, nil
}

func (i *instrumentation) option(r *http.Request) metric.MeasurementOption {
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	if option, known := i.options[r.Method+" "+scheme]; known {
		return option
	}
	return i.options[otherMethod+" "+scheme]
}

// exchange is one request with its answer, from the outermost handler to the innermost.
type exchange struct {
	original  *http.Request // as the server gave it
	pattern   string        // of ServeMux; empty if nothing matches
	input     *input        // of the route's message, when the route has one
	errorType string
	aborted   bool // the answer cannot be finished: the connection must be closed
}

type exchangeKey struct{}

func exchangeFrom(ctx context.Context) *exchange {
	x, _ := ctx.Value(exchangeKey{}).(*exchange)
	return x
}

func (i *instrumentation) serve(w http.ResponseWriter, r *http.Request, pattern string) {
	x := &exchange{original: r, pattern: pattern}
	if outer := exchangeFrom(r.Context()); outer != nil {
		i.inside(w, r, x) // inside another API
	} else {
		i.measure(w, r, x)
	}
	if x.aborted {
		panic(http.ErrAbortHandler)
	}
}

func (i *instrumentation) measure(w http.ResponseWriter, r *http.Request, x *exchange) {
	ctx := context.WithValue(r.Context(), exchangeKey{}, x)
	option := i.option(r)
	i.active.Add(ctx, 1, option)
	defer i.active.Add(ctx, -1, option)
	if instrumented(r.Context()) {
		x.describe(ctx, r.Method)
		r.Pattern = x.pattern // read by the outer otelhttp, if it gave us this very request
		i.inside(w, r.WithContext(ctx), x)
		return
	}
	i.around.ServeHTTP(w, i.shown(ctx, r, x))
}

// shown is the request with only what may be recorded.
func (i *instrumentation) shown(ctx context.Context, r *http.Request, x *exchange) *http.Request {
	shown := r.WithContext(ctx)
	shown.Pattern = x.pattern
	shown.Host = "localhost"
	if local, ok := ctx.Value(http.LocalAddrContextKey).(net.Addr); ok {
		shown.Host = local.String()
	}
	if !i.config.RecordClient {
		shown.RemoteAddr = ""
	}
	if !utf8.ValidString(r.URL.Path) { // which "/%ff" is enough for
		u := *r.URL
		u.Path = valid(u.Path)
		shown.URL = &u
	}
	shown.Header = i.shownHeader(r.Header)
	return shown
}

func (i *instrumentation) shownHeader(h http.Header) http.Header {
	shown := maps.Clone(h)
	for _, name := range []string{"User-Agent", "X-Forwarded-For"} {
		switch text := h.Get(name); {
		case !i.config.RecordClient:
			delete(shown, name)
		case !utf8.ValidString(text):
			shown[name] = []string{valid(text)}
		}
	}
	return shown
}

// valid makes a text one that may be an attribute: exporters lose a whole batch for one that is not UTF-8.
func valid(s string) string { return strings.ToValidUTF8(s, "\uFFFD") }

// enter is called by otelhttp. It takes the span of the request it is given, and all the rest from the original.
func (i *instrumentation) enter(w http.ResponseWriter, shown *http.Request) {
	ctx := shown.Context()
	x := exchangeFrom(ctx)
	if i.config.PublicEndpoint {
		ctx = baggage.ContextWithoutBaggage(ctx)
	}
	r := x.original.WithContext(ctx)
	r.Body = shown.Body
	i.inside(w, r, x)
}

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
func (x *exchange) describe(ctx context.Context, method string) {
	_, route, matched := strings.Cut(x.pattern, "/")
	if !matched {
		return
	}
	route = "/" + route
	span := trace.SpanFromContext(ctx)
	span.SetName(spanMethod(method) + " " + route)
	span.SetAttributes(semconv.HTTPRoute(route))
	labeler, _ := otelhttp.LabelerFromContext(ctx)
	labeler.Add(semconv.HTTPRoute(route))
}

// setErrorType sets error.type where otelhttp does not: on the span and the metrics of a failed request.
func (x *exchange) setErrorType(ctx context.Context, errorType string) {
	x.errorType = errorType
	attr := semconv.ErrorTypeKey.String(errorType)
	span := trace.SpanFromContext(ctx)
	span.SetAttributes(attr)
	span.SetStatus(codes.Error, "") // also when the status was sent before the failure
	labeler, _ := otelhttp.LabelerFromContext(ctx)
	labeler.Add(attr)
}

// recover must be deferred. It answers a request whose handler panicked, inside the instrumentation, so that it is
// measured. If the answer has begun, the connection is closed, so that the client does not take it for complete.
func (a *API) recover(w *response, r *http.Request, x *exchange) {
	v := recover()
	if v == nil {
		return
	}
	if v == http.ErrAbortHandler { //nolint:errorlint // net/http compares in this way
		x.aborted = true
		x.setErrorType(r.Context(), "aborted")
		if w.status == 0 {
			w.WriteHeader(http.StatusInternalServerError)
		}
		return
	}
	err := &instrument.PanicError{Value: v, Stack: string(debug.Stack())}
	if w.status == 0 {
		a.fail(w, r, err)
		return
	}
	x.aborted = true
	x.setErrorType(r.Context(), fault.TypeOf(err))
	a.logFailure(r, err)
}

// logFailure logs an error that is final here, unless a layer further in has done so.
func (a *API) logFailure(r *http.Request, err error) {
	if telemetry.Recorded(err) {
		return
	}
	a.config.Telemetry.Logger.LogAttrs(r.Context(), slog.LevelError, "request failed",
		append(requestAttrs(r), instrument.Exception(err)...)...)
}

func requestAttrs(r *http.Request) []slog.Attr {
	attrs := []slog.Attr{slog.String(string(semconv.HTTPRequestMethodKey), cut(r.Method, maxText))}
	if x := exchangeFrom(r.Context()); x != nil && x.pattern != "" {
		_, route, _ := strings.Cut(x.pattern, "/")
		attrs = append(attrs, slog.String(string(semconv.HTTPRouteKey), "/"+route))
	}
	return attrs
}
