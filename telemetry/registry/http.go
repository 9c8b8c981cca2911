package registry

import (
	"log/slog"

	"go.opentelemetry.io/otel/attribute"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/semconv/v1.43.0/httpconv"
	"go.opentelemetry.io/otel/trace"

	"github.com/neuroglia-go/neuroglia/telemetry"
)

const (
	web      = module + "/web"
	otelhttp = "go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
)

// HTTPServerRequestDuration measures requests.
func HTTPServerRequestDuration() telemetry.Metric {
	return convention(httpconv.ServerRequestDuration{}, Seconds(), server()...).By(web)
}

// HTTPServerActiveRequests counts the requests being answered.
func HTTPServerActiveRequests() telemetry.Metric {
	return convention(httpconv.ServerActiveRequests{}, nil, semconv.HTTPRequestMethodKey, semconv.URLSchemeKey).By(web)
}

// HTTPServerRequestBodySize measures what clients send.
func HTTPServerRequestBodySize() telemetry.Metric {
	return convention(httpconv.ServerRequestBodySize{}, nil, server()...).By(web)
}

// HTTPServerResponseBodySize measures what clients are answered.
func HTTPServerResponseBodySize() telemetry.Metric {
	return convention(httpconv.ServerResponseBodySize{}, nil, server()...).By(web)
}

// HTTPClientRequestDuration measures calls to other services.
func HTTPClientRequestDuration() telemetry.Metric {
	return convention(httpconv.ClientRequestDuration{}, Seconds(), client()...).By(otelhttp)
}

// HTTPClientRequestBodySize measures what other services are sent.
func HTTPClientRequestBodySize() telemetry.Metric {
	return convention(httpconv.ClientRequestBodySize{}, nil, client()...).By(otelhttp)
}

// server are the attributes of all that is measured of a request.
func server() []attribute.Key {
	return []attribute.Key{
		semconv.HTTPRequestMethodKey, semconv.HTTPRouteKey, semconv.HTTPResponseStatusCodeKey, ErrorType, semconv.URLSchemeKey,
		semconv.NetworkProtocolNameKey, semconv.NetworkProtocolVersionKey, semconv.ServerAddressKey, semconv.ServerPortKey,
	}
}

// client are the attributes of all that is measured of a call.
func client() []attribute.Key {
	return []attribute.Key{
		semconv.HTTPRequestMethodKey, semconv.URLTemplateKey, semconv.HTTPResponseStatusCodeKey, ErrorType, semconv.URLSchemeKey,
		semconv.NetworkProtocolNameKey, semconv.NetworkProtocolVersionKey, semconv.ServerAddressKey, semconv.ServerPortKey,
	}
}

func httpMetrics() []telemetry.Metric {
	return append([]telemetry.Metric{
		HTTPServerRequestDuration(), HTTPServerActiveRequests(), HTTPServerRequestBodySize(), HTTPServerResponseBodySize(),
		HTTPClientRequestDuration(), HTTPClientRequestBodySize(),
	}, admissionMetrics()...)
}

func httpSpans() []telemetry.Span {
	return []telemetry.Span{
		{
			ID: "neuroglia.http.server", Name: "{http.request.method} {http.route}", Kind: trace.SpanKindServer,
			Stability: telemetry.Development,
			Scope:     web,
			Attributes: []attribute.Key{
				semconv.HTTPRequestMethodKey, semconv.HTTPRequestMethodOriginalKey, semconv.HTTPRouteKey,
				semconv.HTTPResponseStatusCodeKey, ErrorType, semconv.HTTPRequestBodySizeKey, semconv.HTTPResponseBodySizeKey,
				semconv.URLSchemeKey, semconv.URLPathKey, semconv.NetworkProtocolVersionKey, semconv.ServerAddressKey,
				semconv.ServerPortKey, semconv.ClientAddressKey, semconv.NetworkPeerAddressKey, semconv.NetworkPeerPortKey,
				semconv.UserAgentOriginalKey,
			},
			Brief: "A request. Its name is the method alone if no route matches. Addresses and user agents of clients are " +
				"recorded on request only.",
		},
		{
			ID: "neuroglia.http.client", Name: "{http.request.method} {url.template}", Kind: trace.SpanKindClient,
			Stability: telemetry.Development,
			Scope:     otelhttp,
			Attributes: []attribute.Key{
				semconv.HTTPRequestMethodKey, semconv.HTTPRequestMethodOriginalKey, semconv.URLTemplateKey, semconv.URLFullKey,
				semconv.HTTPResponseStatusCodeKey, ErrorType, semconv.NetworkProtocolVersionKey, semconv.ServerAddressKey,
				semconv.ServerPortKey,
			},
			Brief: "A call to another service. Its name is the method alone if no template was given.",
		},
	}
}

func httpLogs() []telemetry.Log {
	request := []attribute.Key{semconv.HTTPRequestMethodKey, semconv.HTTPRouteKey}
	return append([]telemetry.Log{
		{
			Message: "request refused", Level: slog.LevelInfo, Scope: web,
			Attributes: []attribute.Key{
				semconv.HTTPRequestMethodKey, semconv.HTTPRouteKey, semconv.HTTPResponseStatusCodeKey, Reason,
			},
		},
		{Message: "request failed", Level: slog.LevelError, Scope: web, Attributes: exception(request...)},
	}, admissionLogs()...)
}
