package observability

import (
	"context"
	"slices"
	"strconv"
	"strings"

	sdklog "go.opentelemetry.io/otel/sdk/log"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// What the environment may replace. The specification has no limit of text, so that a few requests with long paths fill
// the memory; and its queue of 2048 spans is a tenth of a second of a service that makes 20 spans for each of 1000 requests
// a second, as long as another process or a collection of garbage may well hold the exporter up. A full queue of such spans
// takes some 15 MB.
const (
	spanRoom = 8192
	spanText = 4 << 10
	logText  = 16 << 10 // a stack is long
)

// spanQueue is a processor that has room for more spans than the specification's default.
func (p *pipelines) spanQueue(exporter sdktrace.SpanExporter) sdktrace.SpanProcessor {
	var opts []sdktrace.BatchSpanProcessorOption
	if !slices.Contains(p.settings.Set, "OTEL_BSP_MAX_QUEUE_SIZE") {
		opts = append(opts, sdktrace.WithMaxQueueSize(spanRoom))
	}
	return shortSpans{sdktrace.NewBatchSpanProcessor(exporter, opts...), cut(p.spanLimits().AttributeValueLengthLimit)}
}

func (p *pipelines) spanLimits() sdktrace.SpanLimits {
	limits := sdktrace.NewSpanLimits()
	limits.AttributeValueLengthLimit = p.textLimit("OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT", spanText)
	return limits
}

func (p *pipelines) logLimits() []sdklog.LoggerProviderOption {
	limit := p.textLimit("OTEL_LOGRECORD_ATTRIBUTE_VALUE_LENGTH_LIMIT", logText)
	return []sdklog.LoggerProviderOption{sdklog.WithAttributeValueLengthLimit(limit), sdklog.WithProcessor(shortLogs{cut(limit)})}
}

// textLimit is what a signal's own variable says, or else the one for all signals.
func (p *pipelines) textLimit(variable string, otherwise int) int {
	for _, name := range []string{variable, "OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT"} {
		for _, entry := range p.environ {
			if value, is := strings.CutPrefix(entry, name+"="); is && slices.Contains(p.settings.Set, name) {
				if limit, err := strconv.Atoi(strings.TrimSpace(value)); err == nil {
					return limit
				}
			}
		}
	}
	return otherwise
}

// cut limits texts to a number of characters, and has them in memory of their own: the SDK, which limits most of them before,
// leaves them a part of the whole text, which thus stays in memory for as long as the part waits to be sent. Names are no
// attributes, to which the variables apply, and keep room. A limit below zero is none.
func cut(limit int) edit {
	return edit{
		name: func(s string) (string, bool) { return beginning(s, max(limit, spanText)) },
		text: func(s string) (string, bool) {
			if limit < 0 {
				return s, false
			}
			return beginning(s, limit)
		},
	}
}

// beginning copies the first characters of a text that has, or had, more of them than the limit.
func beginning(s string, limit int) (string, bool) {
	if len(s) < limit || s == "" {
		return s, false
	}
	n := 0
	for i := range s {
		if n == limit {
			s = s[:i]
			break
		}
		n++
	}
	return strings.Clone(s), true
}

// shortSpans limits the texts of spans before they wait, also those that the SDK does not limit: of events, links and the
// status.
type shortSpans struct {
	sdktrace.SpanProcessor
	cut edit
}

// OnEnd implements [sdktrace.SpanProcessor].
func (p shortSpans) OnEnd(s sdktrace.ReadOnlySpan) {
	s, _ = p.cut.span(s)
	p.SpanProcessor.OnEnd(s)
}

// shortLogs limits the texts of log records before they wait, also the message, which the SDK does not limit.
type shortLogs struct{ cut edit }

var _ sdklog.Processor = shortLogs{}

// Enabled implements [sdklog.Processor]. It wants nothing for itself.
func (shortLogs) Enabled(context.Context, sdklog.EnabledParameters) bool { return false }

// OnEmit implements [sdklog.Processor].
func (p shortLogs) OnEmit(_ context.Context, r *sdklog.Record) error {
	if short, long := p.cut.record(*r); long {
		*r = short
	}
	return nil
}

// Shutdown implements [sdklog.Processor].
func (shortLogs) Shutdown(context.Context) error { return nil }

// ForceFlush implements [sdklog.Processor].
func (shortLogs) ForceFlush(context.Context) error { return nil }
