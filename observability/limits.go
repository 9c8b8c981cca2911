package observability

import (
	"context"
	"slices"
	"strings"

	"go.opentelemetry.io/otel/attribute"
	sdklog "go.opentelemetry.io/otel/sdk/log"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// What the environment may replace. The specification has no limit of text, so that a few requests with long paths fill
// the memory and the collector refuses the batch they are in; and its queue of 2048 spans is a tenth of a second of a
// service that makes 20 spans for each of 1000 requests a second, as long as another process or a collection of garbage may
// well hold the exporter up. A full queue of such spans takes some 15 MB.
const (
	spanRoom = 8192
	spanText = 4 << 10
	logText  = 16 << 10 // a stack is long
)

// spanQueue makes room for more spans than the specification's default.
func (p *pipelines) spanQueue() []sdktrace.BatchSpanProcessorOption {
	if p.isSet("OTEL_BSP_MAX_QUEUE_SIZE") {
		return nil
	}
	return []sdktrace.BatchSpanProcessorOption{sdktrace.WithMaxQueueSize(spanRoom)}
}

func (p *pipelines) spanLimits() sdktrace.SpanLimits {
	limits := sdktrace.NewSpanLimits()
	if !p.isSet("OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT", "OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT") {
		limits.AttributeValueLengthLimit = spanText
	}
	return limits
}

func (p *pipelines) logLimits() []sdklog.LoggerProviderOption {
	if p.isSet("OTEL_LOGRECORD_ATTRIBUTE_VALUE_LENGTH_LIMIT") {
		return nil
	}
	return []sdklog.LoggerProviderOption{sdklog.WithAttributeValueLengthLimit(logText), sdklog.WithProcessor(shortLogs{})}
}

func (p *pipelines) isSet(names ...string) bool {
	return slices.ContainsFunc(names, func(name string) bool { return slices.Contains(p.settings.Set, name) })
}

// shortLogs limits the message of a record, which the SDK does not, and lets go of long texts that the SDK has cut: a part
// keeps the whole in memory until it is sent.
type shortLogs struct{}

var _ sdklog.Processor = shortLogs{}

// Enabled implements [sdklog.Processor]. It wants nothing for itself.
func (shortLogs) Enabled(context.Context, sdklog.EnabledParameters) bool { return false }

// OnEmit implements [sdklog.Processor].
func (shortLogs) OnEmit(_ context.Context, r *sdklog.Record) error {
	if body := r.Body(); isLong(body) {
		r.SetBody(copied(body))
	}
	long := false
	r.WalkAttributes(func(a attribute.KeyValue) bool {
		long = isLong(a.Value)
		return !long
	})
	if !long {
		return nil
	}
	attrs := make([]attribute.KeyValue, 0, r.AttributesLen())
	r.WalkAttributes(func(a attribute.KeyValue) bool {
		if isLong(a.Value) {
			a.Value = copied(a.Value)
		}
		attrs = append(attrs, a)
		return true
	})
	r.SetAttributes(attrs...)
	return nil
}

func isLong(v attribute.Value) bool {
	return v.Type() == attribute.STRING && len(v.AsString()) >= logText
}

// copied is the beginning of a text, up to the limit, in memory of its own.
func copied(v attribute.Value) attribute.Value {
	text := v.AsString()
	return attribute.StringValue(strings.ToValidUTF8(strings.Clone(text[:min(len(text), logText)]), ""))
}

// Shutdown implements [sdklog.Processor].
func (shortLogs) Shutdown(context.Context) error { return nil }

// ForceFlush implements [sdklog.Processor].
func (shortLogs) ForceFlush(context.Context) error { return nil }
