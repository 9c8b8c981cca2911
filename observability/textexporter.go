package observability

import (
	"context"

	"go.opentelemetry.io/otel/attribute"
	sdklog "go.opentelemetry.io/otel/sdk/log"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// validSpans hands on spans with valid text.
type validSpans struct{ sdktrace.SpanExporter }

// ExportSpans implements [sdktrace.SpanExporter].
func (e validSpans) ExportSpans(ctx context.Context, spans []sdktrace.ReadOnlySpan) error {
	spans, _ = edited(spans, inUTF8().span)
	return e.SpanExporter.ExportSpans(ctx, spans) //nolint:wrapcheck // an exporter hands on
}

// validLogs hands on log records with valid text.
type validLogs struct{ sdklog.Exporter }

// Export implements [sdklog.Exporter].
func (e validLogs) Export(ctx context.Context, records []sdklog.Record) error {
	records, _ = edited(records, inUTF8().record)
	return e.Exporter.Export(ctx, records) //nolint:wrapcheck // an exporter hands on
}

// validMetrics hands on metrics with valid text. It changes what it is given, which was collected for it alone.
type validMetrics struct{ sdkmetric.Exporter }

// Export implements [sdkmetric.Exporter].
func (e validMetrics) Export(ctx context.Context, all *metricdata.ResourceMetrics) error {
	for _, scope := range all.ScopeMetrics {
		for i := range scope.Metrics {
			m := &scope.Metrics[i]
			m.Description, _ = validText(m.Description)
			makeValid(m.Data)
		}
	}
	return e.Exporter.Export(ctx, all) //nolint:wrapcheck // an exporter hands on
}

func makeValid(data metricdata.Aggregation) {
	switch data := data.(type) {
	case metricdata.Sum[int64]:
		makePointsValid(data.DataPoints)
	case metricdata.Sum[float64]:
		makePointsValid(data.DataPoints)
	case metricdata.Gauge[int64]:
		makePointsValid(data.DataPoints)
	case metricdata.Gauge[float64]:
		makePointsValid(data.DataPoints)
	case metricdata.Histogram[int64]:
		makeHistogramsValid(data.DataPoints)
	case metricdata.Histogram[float64]:
		makeHistogramsValid(data.DataPoints)
	case metricdata.ExponentialHistogram[int64]:
		makeExponentialsValid(data.DataPoints)
	case metricdata.ExponentialHistogram[float64]:
		makeExponentialsValid(data.DataPoints)
	}
}

func makePointsValid[N int64 | float64](points []metricdata.DataPoint[N]) {
	for i := range points {
		makeSeriesValid(&points[i].Attributes, points[i].Exemplars)
	}
}

func makeHistogramsValid[N int64 | float64](points []metricdata.HistogramDataPoint[N]) {
	for i := range points {
		makeSeriesValid(&points[i].Attributes, points[i].Exemplars)
	}
}

func makeExponentialsValid[N int64 | float64](points []metricdata.ExponentialHistogramDataPoint[N]) {
	for i := range points {
		makeSeriesValid(&points[i].Attributes, points[i].Exemplars)
	}
}

func makeSeriesValid[N int64 | float64](set *attribute.Set, exemplars []metricdata.Exemplar[N]) {
	if valid, bad := validSet(*set); bad {
		*set = valid
	}
	for i := range exemplars {
		exemplars[i].FilteredAttributes, _ = inUTF8().attributes(exemplars[i].FilteredAttributes)
	}
}

// validLogsFirst is a processor that makes text valid for those after it, where the exporter cannot be wrapped.
type validLogsFirst struct{}

var _ sdklog.Processor = validLogsFirst{}

// Enabled implements [sdklog.Processor]. It wants nothing for itself.
func (validLogsFirst) Enabled(context.Context, sdklog.EnabledParameters) bool { return false }

// OnEmit implements [sdklog.Processor].
func (validLogsFirst) OnEmit(_ context.Context, r *sdklog.Record) error {
	if valid, bad := inUTF8().record(*r); bad {
		*r = valid
	}
	return nil
}

// Shutdown implements [sdklog.Processor].
func (validLogsFirst) Shutdown(context.Context) error { return nil }

// ForceFlush implements [sdklog.Processor].
func (validLogsFirst) ForceFlush(context.Context) error { return nil }
