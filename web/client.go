package web

import (
	"cmp"
	"context"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"

	"github.com/neuroglia-go/neuroglia/telemetry"
)

// ClientOption changes a default of [NewClient].
type ClientOption func(*clientConfig)

type clientConfig struct {
	telemetry telemetry.Providers
	timeout   time.Duration
	base      http.RoundTripper
}

// WithClientTelemetry sends spans and metrics to p. Defaults to OpenTelemetry's globals.
func WithClientTelemetry(p telemetry.Providers) ClientOption {
	return func(c *clientConfig) { c.telemetry = p }
}

// WithClientTimeout bounds a request, from connecting to the end of the answer. Defaults to 30 seconds.
func WithClientTimeout(d time.Duration) ClientOption {
	return func(c *clientConfig) { c.timeout = d }
}

// WithTransport makes the connections. Defaults to a transport of its own, with bounded times and connections.
func WithTransport(base http.RoundTripper) ClientOption {
	return func(c *clientConfig) { c.base = base }
}

// NewClient returns a client for calls to other services. Each request has a span and is measured, and carries the
// trace to the other side. In the span and the measurements of a call are neither the credentials of its URL nor the
// values of its query. The *url.Error of a call that fails repeats the URL without the password, as with any
// http.Client: wrap the error inside it if secrets are in the query.
func NewClient(options ...ClientOption) *http.Client {
	c := clientConfig{timeout: 30 * time.Second} //nolint:mnd // documented at WithClientTimeout
	for _, option := range options {
		option(&c)
	}
	c.telemetry = c.telemetry.OrGlobal()
	if c.base == nil {
		c.base = newTransport()
	}
	return &http.Client{Timeout: c.timeout, Transport: &redactor{c.base, otelhttp.NewTransport(&restorer{c.base},
		otelhttp.WithTracerProvider(c.telemetry.Tracer),
		otelhttp.WithMeterProvider(c.telemetry.Meter),
		otelhttp.WithPropagators(c.telemetry.Propagator),
		otelhttp.WithSpanNameFormatter(clientSpanName),
	)}}
}

func newTransport() *http.Transport {
	return &http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		DialContext:            (&net.Dialer{Timeout: 5 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		ForceAttemptHTTP2:      true,
		TLSHandshakeTimeout:    5 * time.Second,
		ResponseHeaderTimeout:  20 * time.Second,
		ExpectContinueTimeout:  time.Second,
		IdleConnTimeout:        90 * time.Second,
		MaxIdleConns:           100,
		MaxIdleConnsPerHost:    20,
		MaxResponseHeaderBytes: 1 << 18,
	}
}

type urlTemplateKey struct{}

// WithURLTemplate says what the paths of requests made under ctx have in common, such as "/payments/{id}". It becomes
// a part of the names of their spans and url.template.
func WithURLTemplate(ctx context.Context, template string) context.Context {
	return context.WithValue(ctx, urlTemplateKey{}, template)
}

func urlTemplate(ctx context.Context) string {
	template, _ := ctx.Value(urlTemplateKey{}).(string)
	return template
}

func clientSpanName(_ string, r *http.Request) string {
	method := spanMethod(r.Method)
	if template := urlTemplate(r.Context()); template != "" {
		return method + " " + template
	}
	return method
}

type requestURLKey struct{}

// redactor hides secrets of the URL from the instrumentation, which is between it and the restorer.
type redactor struct {
	base         http.RoundTripper
	instrumented http.RoundTripper
}

// RoundTrip sends a request.
func (t *redactor) RoundTrip(r *http.Request) (*http.Response, error) {
	ctx := context.WithValue(r.Context(), requestURLKey{}, r.URL)
	labeler := &otelhttp.Labeler{}
	if given, ok := otelhttp.ClientLabelerFromContext(ctx); ok {
		labeler.Add(given.Get()...)
	}
	if template := urlTemplate(ctx); template != "" {
		labeler.Add(semconv.URLTemplate(template))
	}
	ctx = otelhttp.ContextWithClientLabeler(ctx, labeler)
	shown := r.WithContext(ctx)
	shown.Method = cmp.Or(r.Method, http.MethodGet)
	shown.URL = redact(r.URL)
	response, err := t.instrumented.RoundTrip(shown)
	if response != nil {
		response.Request = r
	}
	if shown, ok := err.(*shownError); ok { //nolint:errorlint // the restorer's own, which nothing wraps
		err = shown.err
	}
	return response, err
}

// CloseIdleConnections is called by http.Client.
func (t *redactor) CloseIdleConnections() {
	if transport, ok := t.base.(interface{ CloseIdleConnections() }); ok {
		transport.CloseIdleConnections()
	}
}

// redact returns u without user, password, fragment and the values of its query, as text that may be an attribute.
func redact(u *url.URL) *url.URL {
	shown := *u
	shown.User, shown.Fragment, shown.RawFragment = nil, "", ""
	shown.Host = valid(u.Host)
	if u.RawQuery != "" {
		query := u.Query()
		for name := range query {
			query[name] = []string{"REDACTED"}
		}
		shown.RawQuery = query.Encode()
	}
	return &shown
}

// restorer sends what the redactor was given, with the header of the instrumentation.
type restorer struct{ base http.RoundTripper }

// RoundTrip sends a request.
func (t *restorer) RoundTrip(r *http.Request) (*http.Response, error) {
	ctx := r.Context()
	if template := urlTemplate(ctx); template != "" {
		trace.SpanFromContext(ctx).SetAttributes(semconv.URLTemplate(template))
	}
	if u, ok := ctx.Value(requestURLKey{}).(*url.URL); ok {
		r = r.WithContext(ctx)
		r.URL = u
	}
	response, err := t.base.RoundTrip(r)
	if response != nil && response.StatusCode >= http.StatusBadRequest {
		labeler, _ := otelhttp.ClientLabelerFromContext(ctx) // otelhttp sets it on the span only
		labeler.Add(semconv.ErrorTypeKey.String(strconv.Itoa(response.StatusCode)))
	}
	return response, showError(err, r.URL)
}
