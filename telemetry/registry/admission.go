package registry

import (
	"log/slog"

	"go.opentelemetry.io/otel/attribute"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"

	"github.com/neuroglia-go/neuroglia/telemetry"
)

// ShedCount is an attribute of the log record about requests that were shed.
const ShedCount = attribute.Key("neuroglia.http.shed.count")

// RequestsShed is the message of the log record about requests that were shed.
const RequestsShed = "requests shed"

// HTTPServerShed counts requests that were not handled.
func HTTPServerShed() telemetry.Metric {
	return telemetry.Counter("neuroglia.http.server.shed", "{request}",
		"Requests that were answered with 503 and not handled, since there was too much to do.",
		semconv.HTTPRequestMethodKey, semconv.HTTPRouteKey).By(web)
}

// HTTPServerWaiting counts requests that wait until they may be handled.
func HTTPServerWaiting() telemetry.Metric {
	return telemetry.UpDownCounter("neuroglia.http.server.waiting", "{request}",
		"Requests that wait until there are fewer, in order to be handled.").By(web)
}

// HTTPServerLimit is how many requests may be handled at once.
func HTTPServerLimit() telemetry.Metric {
	return telemetry.UpDownCounter("neuroglia.http.server.limit", "{request}",
		"Requests that may be handled at once. It falls while the CPU does not keep up.").By(web)
}

func admissionMetrics() []telemetry.Metric {
	return []telemetry.Metric{HTTPServerShed(), HTTPServerWaiting(), HTTPServerLimit()}
}

func admissionAttributes() []telemetry.Attribute {
	return []telemetry.Attribute{{
		Key: ShedCount, Type: telemetry.TypeInt, Stability: telemetry.Stable,
		Brief:    "How many requests were shed since the log record before.",
		Examples: []any{250},
	}}
}

func admissionLogs() []telemetry.Log {
	return []telemetry.Log{{Message: RequestsShed, Level: slog.LevelWarn, Scope: web, Attributes: []attribute.Key{ShedCount}}}
}
