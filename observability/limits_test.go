package observability_test

import (
	"context"
	"errors"
	"log/slog"
	"runtime"
	"strings"
	"testing"
	"unicode/utf8"

	"go.opentelemetry.io/contrib/bridges/otelslog"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	sdklog "go.opentelemetry.io/otel/sdk/log"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/neuroglia-go/neuroglia/observability"
)

func TestTextsAreSentUpToTheirLimit(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		protocol, env string
		span, log     int
	}{
		"over http":   {"http/protobuf", "", 4096, 16384},
		"over grpc":   {"grpc", "", 4096, 16384},
		"one for all": {"http/protobuf", "OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT=200", 200, 200},
		"own first": {
			"http/protobuf", "OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT=200 OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT=300 OTEL_LOGRECORD_ATTRIBUTE_VALUE_LENGTH_LIMIT=400", 300, 400,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			newReceiver := newHTTPReceiver
			if test.protocol == "grpc" {
				newReceiver = newGRPCReceiver
			}
			r, url := newReceiver(t)
			env := append(strings.Fields(test.env), "OTEL_EXPORTER_OTLP_ENDPOINT="+url, "OTEL_EXPORTER_OTLP_PROTOCOL="+test.protocol)
			if o := live(t, "storm", env...); o.failed || strings.Contains(o.stdout, "telemetry error") {
				t.Fatalf("got\n%s\n%s", o.stdout, o.stderr)
			}
			if span, log := r.longestOf("span"), r.longestOf("log"); span != test.span || log != test.log {
				t.Errorf("the longest texts are %d in spans and %d in logs, want %d and %d", span, log, test.span, test.log)
			}
			if got := r.sum("otel.sdk.processor.span.queue.capacity"); got != 8192 {
				t.Errorf("there is room for %d spans, want 8192", got)
			}
		})
	}
}

// kept is a queue that nobody empties.
type kept struct {
	sdktrace.SpanProcessor

	spans   []sdktrace.ReadOnlySpan
	records []sdklog.Record
}

func (*kept) OnStart(context.Context, sdktrace.ReadWriteSpan) {}

func (k *kept) OnEnd(s sdktrace.ReadOnlySpan) { k.spans = append(k.spans, s) }

func (*kept) Enabled(context.Context, sdklog.EnabledParameters) bool { return true }

func (k *kept) OnEmit(_ context.Context, r *sdklog.Record) error {
	k.records = append(k.records, r.Clone())
	return nil
}

func newKept(limit int, opts ...sdklog.LoggerProviderOption) (*kept, trace.Tracer, *slog.Logger) {
	k := &kept{}
	limits := sdktrace.NewSpanLimits()
	limits.AttributeValueLengthLimit = limit
	spans := sdktrace.NewTracerProvider(sdktrace.WithRawSpanLimits(limits), sdktrace.WithSpanProcessor(observability.ShortSpans(k, limit)))
	logs := sdklog.NewLoggerProvider(append(opts, sdklog.WithAttributeValueLengthLimit(limit),
		sdklog.WithProcessor(observability.ShortLogs(limit)), sdklog.WithProcessor(k))...)
	return k, spans.Tracer("test"), slog.New(otelslog.NewHandler("test", otelslog.WithLoggerProvider(logs)))
}

// places are where a span can have a text.
func places() map[string]func(trace.Span, string) {
	return map[string]func(trace.Span, string){
		"attribute": func(s trace.Span, text string) { s.SetAttributes(attribute.String("body", text)) },
		"list": func(s trace.Span, text string) {
			s.SetAttributes(attribute.StringSlice("list", []string{text}), attribute.Slice("slice", attribute.StringValue(text)))
		},
		"map":    func(s trace.Span, text string) { s.SetAttributes(attribute.Map("map", attribute.String("body", text))) },
		"error":  func(s trace.Span, text string) { s.RecordError(errors.New(text)) },
		"event":  func(s trace.Span, text string) { s.AddEvent(text) },
		"status": func(s trace.Span, text string) { s.SetStatus(codes.Error, text) },
		"name":   func(s trace.Span, text string) { s.SetName(text) },
		"link": func(s trace.Span, text string) {
			s.AddLink(trace.Link{SpanContext: s.SpanContext(), Attributes: []attribute.KeyValue{attribute.String("body", text)}})
		},
	}
}

const keptText = 5000

func TestALongTextOfASpanIsCutAndLetGoWhereverItIs(t *testing.T) { //nolint:paralleltest // the memory of the whole process is measured
	for place, put := range places() { //nolint:paralleltest // the same
		t.Run(place, func(t *testing.T) {
			k, tracer, _ := newKept(keptText)
			before := heap()
			for range 50 {
				_, span := tracer.Start(t.Context(), "place order")
				put(span, strings.Repeat("x", 1<<20))
				span.End()
			}
			if grown := heap() - before; grown > 10<<20 {
				t.Errorf("%d MiB are kept", grown>>20)
			}
			span := k.spans[0]
			if got := longest(span); got != keptText {
				t.Errorf("the longest text has %d characters, want %d", got, keptText)
			}
			if span.Resource() == nil || !span.SpanContext().IsValid() || span.EndTime().IsZero() || span.InstrumentationScope().Name != "test" {
				t.Errorf("the rest of %+v was lost", span)
			}
		})
	}
}

func TestALongTextOfALogRecordIsCutAndLetGoWhereverItIs(t *testing.T) { //nolint:paralleltest // the memory of the whole process is measured
	for place, put := range map[string]func(*slog.Logger, string){ //nolint:paralleltest // the same
		"message":   func(l *slog.Logger, text string) { l.Info(text) },
		"attribute": func(l *slog.Logger, text string) { l.Info("order", "body", text) },
		"group": func(l *slog.Logger, text string) {
			l.Info("order", slog.Group("request", slog.Group("http", "body", text)))
		},
		"list": func(l *slog.Logger, text string) { l.Info("order", "bodies", []string{text}) },
	} {
		t.Run(place, func(t *testing.T) {
			k, _, logger := newKept(keptText)
			before := heap()
			for range 50 {
				put(logger, strings.Repeat("x", 1<<20))
			}
			if grown := heap() - before; grown > 10<<20 {
				t.Errorf("%d MiB are kept", grown>>20)
			}
			got := longestValue(k.records[0].Body())
			for a := range k.records[0].WalkAttributes {
				got = max(got, longestValue(a.Value))
			}
			if got != keptText {
				t.Errorf("the longest text has %d characters, want %d", got, keptText)
			}
		})
	}
}

func heap() int {
	runtime.GC()
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	return int(memory.HeapAlloc)
}

func longest(s sdktrace.ReadOnlySpan) int {
	n := max(utf8.RuneCountInString(s.Name()), utf8.RuneCountInString(s.Status().Description))
	attrs := s.Attributes()
	for _, e := range s.Events() {
		n, attrs = max(n, utf8.RuneCountInString(e.Name)), append(attrs, e.Attributes...)
	}
	for _, l := range s.Links() {
		attrs = append(attrs, l.Attributes...)
	}
	for _, a := range attrs {
		n = max(n, longestValue(a.Value))
	}
	return n
}

func longestValue(v attribute.Value) int {
	n := 0
	switch v.Type() { //nolint:exhaustive // the others hold no text
	case attribute.STRING:
		n = utf8.RuneCountInString(v.AsString())
	case attribute.STRINGSLICE:
		for _, s := range v.AsStringSlice() {
			n = max(n, utf8.RuneCountInString(s))
		}
	case attribute.SLICE:
		for _, e := range v.AsSlice() {
			n = max(n, longestValue(e))
		}
	case attribute.MAP:
		for _, a := range v.AsMap() {
			n = max(n, longestValue(a.Value))
		}
	}
	return n
}

func TestALimitCountsCharacters(t *testing.T) {
	t.Parallel()
	k, tracer, _ := newKept(3)
	_, span := tracer.Start(t.Context(), "place order")
	span.SetAttributes(attribute.String("text", "€€€€"))
	span.SetStatus(codes.Error, "€€€€")
	span.End()
	if got := k.spans[0]; got.Attributes()[0].Value.AsString() != "€€€" || got.Status().Description != "€€€" || got.Name() != "place order" {
		t.Errorf("got %q, %q and the name %q", got.Attributes()[0].Value.AsString(), got.Status().Description, got.Name())
	}
}

func TestALimitBelowZeroIsNone(t *testing.T) {
	t.Parallel()
	k, tracer, logger := newKept(-1)
	_, span := tracer.Start(t.Context(), "place order")
	span.RecordError(errors.New(strings.Repeat("x", 1<<20)))
	span.End()
	logger.Info(strings.Repeat("x", 1<<20))
	if span, log := longest(k.spans[0]), longestValue(k.records[0].Body()); span != 1<<20 || log != 1<<20 {
		t.Errorf("the texts have %d and %d characters, want all", span, log)
	}
}

func TestACutTextLeavesTheCountOfDroppedAttributes(t *testing.T) {
	t.Parallel()
	k, _, logger := newKept(keptText, sdklog.WithAttributeCountLimit(6))
	logger.Info("order placed", "body", strings.Repeat("x", 1<<20), "b", 2, "c", 3, "d", 4, "e", 5, "f", 6, "g", 7, "h", 8)
	r := k.records[0]
	var keys []string
	for a := range r.WalkAttributes {
		keys = append(keys, string(a.Key))
	}
	if got := strings.Join(keys, " "); r.DroppedAttributes() != 2 || got != "body b c d e f" {
		t.Errorf("%d attributes are counted as dropped, want 2, and %s are left", r.DroppedAttributes(), got)
	}
}

func TestShortTextsAreNotCopied(t *testing.T) { //nolint:paralleltest // allocations are counted for the whole process
	k, tracer, logger := newKept(keptText)
	_, span := tracer.Start(t.Context(), "place order", trace.WithAttributes(attribute.String("order.id", "1"), attribute.Int("lines", 2)))
	span.AddEvent("retry", trace.WithAttributes(attribute.String("reason", "no oven")))
	span.SetStatus(codes.Error, "no oven")
	span.End()
	logger.Error("no oven", "order.id", "1", "lines", 2)
	spans, logs := observability.ShortSpans(nowhere{}, keptText), observability.ShortLogs(keptText)
	ended := k.spans[0]
	if got := testing.AllocsPerRun(100, func() { spans.OnEnd(ended) }); got != 0 {
		t.Errorf("a span takes %v allocations, want none", got)
	}
	record := &k.records[0]
	if got := testing.AllocsPerRun(100, func() { _ = logs.OnEmit(context.Background(), record) }); got != 0 {
		t.Errorf("a log record takes %v allocations, want none", got)
	}
}

// nowhere is where spans are lost.
type nowhere struct{ sdktrace.SpanProcessor }

func (nowhere) OnEnd(sdktrace.ReadOnlySpan) {}

// BenchmarkShortSpans is what the limit of texts costs the end of a span whose texts are all short.
func BenchmarkShortSpans(b *testing.B) {
	k, tracer, _ := newKept(keptText)
	_, span := tracer.Start(b.Context(), "Command.PlaceOrder", orderAttributes())
	span.End()
	ended, spans := k.spans[0], observability.ShortSpans(nowhere{}, keptText)
	b.ReportAllocs()
	for b.Loop() {
		spans.OnEnd(ended)
	}
}
