package registry

import (
	"go.opentelemetry.io/otel/attribute"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/semconv/v1.43.0/otelconv"

	"github.com/neuroglia-go/neuroglia/telemetry"
)

// The parts of the SDK measure themselves, each in a scope of its own below these.
const (
	sdk       = "go.opentelemetry.io/otel/sdk"
	exporters = "go.opentelemetry.io/otel/exporters"
)

// SpansProcessed counts the spans that were taken for export, and with an error.type those that were dropped before: the
// queue was full.
func SpansProcessed() telemetry.Metric {
	return convention(otelconv.SDKProcessorSpanProcessed{}, nil, part(ErrorType)...).By(sdk + "/trace")
}

// SpanQueueSize counts the spans that wait for export.
func SpanQueueSize() telemetry.Metric {
	return convention(otelconv.SDKProcessorSpanQueueSize{}, nil, part()...).By(sdk + "/trace")
}

// SpanQueueCapacity is how many spans may wait.
func SpanQueueCapacity() telemetry.Metric {
	return convention(otelconv.SDKProcessorSpanQueueCapacity{}, nil, part()...).By(sdk + "/trace")
}

// LogsProcessed counts the log records that were taken for export, and with an error.type those that were dropped before:
// the queue was full.
func LogsProcessed() telemetry.Metric {
	return convention(otelconv.SDKProcessorLogProcessed{}, nil, part(ErrorType)...).By(sdk + "/log")
}

// LogQueueSize counts the log records that wait for export.
func LogQueueSize() telemetry.Metric {
	return convention(otelconv.SDKProcessorLogQueueSize{}, nil, part()...).By(sdk + "/log")
}

// LogQueueCapacity is how many log records may wait.
func LogQueueCapacity() telemetry.Metric {
	return convention(otelconv.SDKProcessorLogQueueCapacity{}, nil, part()...).By(sdk + "/log")
}

// SpansExported counts the spans that were sent, and with an error.type those that were lost.
func SpansExported() telemetry.Metric {
	return convention(otelconv.SDKExporterSpanExported{}, nil, exporter(ErrorType)...).By(exporters)
}

// LogsExported counts the log records that were sent, and with an error.type those that were lost.
func LogsExported() telemetry.Metric {
	return convention(otelconv.SDKExporterLogExported{}, nil, exporter(ErrorType)...).By(exporters)
}

// PointsExported counts the points of metrics that were sent, and with an error.type those that were not.
func PointsExported() telemetry.Metric {
	return convention(otelconv.SDKExporterMetricDataPointExported{}, nil, exporter(ErrorType)...).By(exporters)
}

// ExportDuration measures exports, all attempts of each.
func ExportDuration() telemetry.Metric {
	return convention(otelconv.SDKExporterOperationDuration{}, Seconds(),
		exporter(ErrorType, semconv.HTTPResponseStatusCodeKey, semconv.RPCResponseStatusCodeKey)...).By(exporters)
}

// CollectionDuration measures the collections of metrics, which call all that observe.
func CollectionDuration() telemetry.Metric {
	return convention(otelconv.SDKMetricReaderCollectionDuration{}, Seconds(), part(ErrorType)...).By(sdk + "/metric")
}

// part are the attributes of what a part of the SDK measures of itself.
func part(more ...attribute.Key) []attribute.Key {
	return append([]attribute.Key{semconv.OTelComponentTypeKey, semconv.OTelComponentNameKey}, more...)
}

func exporter(more ...attribute.Key) []attribute.Key {
	return part(append([]attribute.Key{semconv.ServerAddressKey, semconv.ServerPortKey}, more...)...)
}

func sdkMetrics() []telemetry.Metric {
	return []telemetry.Metric{
		SpansProcessed(), SpanQueueSize(), SpanQueueCapacity(), SpansExported(),
		LogsProcessed(), LogQueueSize(), LogQueueCapacity(), LogsExported(),
		PointsExported(), ExportDuration(), CollectionDuration(),
	}
}
