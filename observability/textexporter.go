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
	spans, _ = validList(spans, validSpan)
	return e.SpanExporter.ExportSpans(ctx, spans) //nolint:wrapcheck // an exporter hands on
}

// spanWithText is a span in which the text was replaced.
type spanWithText struct {
	sdktrace.ReadOnlySpan
	name   string
	status sdktrace.Status
	attrs  []attribute.KeyValue
	events []sdktrace.Event
	links  []sdktrace.Link
}

func (s spanWithText) Name() string                     { return s.name }
func (s spanWithText) Status() sdktrace.Status          { return s.status }
func (s spanWithText) Attributes() []attribute.KeyValue { return s.attrs }
func (s spanWithText) Events() []sdktrace.Event         { return s.events }
func (s spanWithText) Links() []sdktrace.Link           { return s.links }

func validSpan(s sdktrace.ReadOnlySpan) (sdktrace.ReadOnlySpan, bool) {
	var bad [5]bool
	v := spanWithText{ReadOnlySpan: s, status: s.Status()}
	v.name, bad[0] = validText(s.Name())
	v.status.Description, bad[1] = validText(v.status.Description)
	v.attrs, bad[2] = validList(s.Attributes(), validAttribute)
	v.events, bad[3] = validList(s.Events(), validEvent)
	v.links, bad[4] = validList(s.Links(), validLink)
	if bad == [5]bool{} {
		return s, false
	}
	return v, true
}

func validEvent(e sdktrace.Event) (sdktrace.Event, bool) {
	var badName, badAttrs bool
	e.Name, badName = validText(e.Name)
	e.Attributes, badAttrs = validList(e.Attributes, validAttribute)
	return e, badName || badAttrs
}

func validLink(l sdktrace.Link) (sdktrace.Link, bool) {
	var bad bool
	l.Attributes, bad = validList(l.Attributes, validAttribute)
	return l, bad
}

// validLogs hands on log records with valid text.
type validLogs struct{ sdklog.Exporter }

// Export implements [sdklog.Exporter].
func (e validLogs) Export(ctx context.Context, records []sdklog.Record) error {
	records, _ = validList(records, validRecord)
	return e.Exporter.Export(ctx, records) //nolint:wrapcheck // an exporter hands on
}

func validRecord(r sdklog.Record) (sdklog.Record, bool) {
	body, badBody := validValue(r.Body())
	severity, badSeverity := validText(r.SeverityText())
	event, badEvent := validText(r.EventName())
	badAttrs := false
	for a := range r.WalkAttributes {
		if _, badAttrs = validAttribute(a); badAttrs {
			break
		}
	}
	if !badBody && !badSeverity && !badEvent && !badAttrs {
		return r, false
	}
	r = r.Clone()
	r.SetBody(body)
	r.SetSeverityText(severity)
	r.SetEventName(event)
	if badAttrs {
		attrs := make([]attribute.KeyValue, 0, r.AttributesLen())
		for a := range r.WalkAttributes {
			a, _ = validAttribute(a)
			attrs = append(attrs, a)
		}
		r.SetAttributes(attrs...)
	}
	return r, true
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
		exemplars[i].FilteredAttributes, _ = validList(exemplars[i].FilteredAttributes, validAttribute)
	}
}

// validLogsFirst is a processor that makes text valid for those after it, where the exporter cannot be wrapped.
type validLogsFirst struct{}

var _ sdklog.Processor = validLogsFirst{}

// Enabled implements [sdklog.Processor]. It wants nothing for itself.
func (validLogsFirst) Enabled(context.Context, sdklog.EnabledParameters) bool { return false }

// OnEmit implements [sdklog.Processor].
func (validLogsFirst) OnEmit(_ context.Context, r *sdklog.Record) error {
	if valid, bad := validRecord(*r); bad {
		*r = valid
	}
	return nil
}

// Shutdown implements [sdklog.Processor].
func (validLogsFirst) Shutdown(context.Context) error { return nil }

// ForceFlush implements [sdklog.Processor].
func (validLogsFirst) ForceFlush(context.Context) error { return nil }
