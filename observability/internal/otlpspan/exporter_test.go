package otlpspan_test

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace"
	"go.opentelemetry.io/otel/sdk/instrumentation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"
	collectorpb "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/encoding/prototext"
	"google.golang.org/protobuf/proto"

	"github.com/neuroglia-go/neuroglia/observability/internal/otlpspan"
)

// client keeps what it is to send, as it is on the wire.
type client struct {
	sent [][]byte
	err  error
}

func (*client) Start(context.Context) error { return nil }
func (*client) Stop(context.Context) error  { return nil }
func (c *client) UploadTraces(_ context.Context, spans []*tracepb.ResourceSpans) error {
	data, err := proto.Marshal(&collectorpb.ExportTraceServiceRequest{ResourceSpans: spans})
	c.sent = append(c.sent, data)
	return errors.Join(err, c.err)
}

func (c *client) received(tb testing.TB) []*collectorpb.ExportTraceServiceRequest {
	tb.Helper()
	var requests []*collectorpb.ExportTraceServiceRequest
	for _, data := range c.sent {
		r := &collectorpb.ExportTraceServiceRequest{}
		if err := proto.Unmarshal(data, r); err != nil {
			tb.Fatalf("what is sent cannot be read: %v", err)
		}
		requests = append(requests, r)
	}
	return requests
}

// compare exports batches with otlptrace's exporter and with ours.
func compare(tb testing.TB, batches ...[]sdktrace.ReadOnlySpan) {
	tb.Helper()
	compareWith(tb, batches, batches)
}

// compareWith exports spans with ours, and what they should be like with otlptrace's exporter.
func compareWith(tb testing.TB, batches, like [][]sdktrace.ReadOnlySpan) {
	tb.Helper()
	theirs, ours := &client{}, &client{}
	want, err := otlptrace.New(context.Background(), theirs)
	if err != nil {
		tb.Fatal(err)
	}
	got, err := otlpspan.New(context.Background(), ours)
	if err != nil {
		tb.Fatal(err)
	}
	for i, spans := range batches {
		if err := errors.Join(want.ExportSpans(context.Background(), like[i]), got.ExportSpans(context.Background(), spans)); err != nil {
			tb.Fatal(err)
		}
	}
	wanted, gotten := theirs.received(tb), ours.received(tb)
	if len(gotten) != len(wanted) {
		tb.Fatalf("%d requests, want %d", len(gotten), len(wanted))
	}
	for i := range wanted {
		sortResources(wanted[i])
		sortResources(gotten[i])
		if !proto.Equal(gotten[i], wanted[i]) {
			tb.Errorf("request %d\ngot  %s\nwant %s", i, prototext.Format(gotten[i]), prototext.Format(wanted[i]))
		}
	}
}

// sortResources puts the resources, which otlptrace has in the order of a map, in that of their schemas.
func sortResources(r *collectorpb.ExportTraceServiceRequest) {
	all := r.GetResourceSpans()
	for i := range all {
		for j := i; j > 0 && all[j].GetSchemaUrl() < all[j-1].GetSchemaUrl(); j-- {
			all[j], all[j-1] = all[j-1], all[j]
		}
	}
}

func spanContext(first byte, remote bool, state string) trace.SpanContext {
	parsed, _ := trace.ParseTraceState(state)
	return trace.NewSpanContext(trace.SpanContextConfig{
		TraceID: trace.TraceID{first, 2}, SpanID: trace.SpanID{first, 3}, TraceFlags: trace.FlagsSampled, Remote: remote, TraceState: parsed,
	})
}

// everyValue is an attribute of every type, with values at the edges.
func everyValue() []attribute.KeyValue {
	return []attribute.KeyValue{
		attribute.String("text", "Pizza \u20ac"), attribute.String("no text", ""), attribute.String("", "no key"),
		attribute.String("long", strings.Repeat("x", 1<<15)), attribute.String("edge", strings.Repeat("x", 127)),
		attribute.Bool("yes", true), attribute.Bool("no", false),
		attribute.Int64("zero", 0), attribute.Int64("least", math.MinInt64), attribute.Int64("most", math.MaxInt64),
		attribute.Float64("none", 0), attribute.Float64("infinite", math.Inf(-1)), attribute.Float64("small", math.SmallestNonzeroFloat64),
		attribute.BoolSlice("bools", []bool{true, false}), attribute.Int64Slice("ints", []int64{-1, 0, 1}),
		attribute.Float64Slice("floats", []float64{0, math.Pi}), attribute.StringSlice("texts", []string{"", "a", "b"}),
		attribute.StringSlice("no texts", nil),
		{Key: "bytes", Value: attribute.ByteSliceValue([]byte{0, 255})},
		{Key: "slice", Value: attribute.SliceValue(attribute.IntValue(1), attribute.StringValue("a"), attribute.SliceValue())},
		{Key: "map", Value: attribute.MapValue(attribute.Int("a", 1), attribute.KeyValue{Key: "b", Value: attribute.MapValue()})},
		{Key: "empty"},
	}
}

func stub(i byte) tracetest.SpanStub {
	at := time.Date(2026, time.May, 4, 18, 30, 0, 1, time.UTC)
	return tracetest.SpanStub{
		Name: "Command.PlaceOrder", SpanContext: spanContext(i, false, "a=1,b=2"), Parent: spanContext(i+1, i%2 == 0, ""),
		SpanKind: trace.SpanKind(i % 7), StartTime: at, EndTime: at.Add(time.Second), Attributes: everyValue(),
		Events: []sdktrace.Event{
			{Name: "retry", Time: at, Attributes: everyValue(), DroppedAttributeCount: 3}, {},
		},
		Links: []sdktrace.Link{
			{SpanContext: spanContext(i+2, true, "c=3"), Attributes: everyValue(), DroppedAttributeCount: 4}, {},
		},
		Status:            sdktrace.Status{Code: codes.Code(i % 3), Description: strings.Repeat("no oven ", int(i))},
		DroppedAttributes: int(i), DroppedEvents: -int(i), DroppedLinks: math.MaxInt64,
		Resource:             resource.NewWithAttributes("https://example.com/"+string('a'+rune(i%2)), everyValue()...),
		InstrumentationScope: instrumentation.Scope{Name: "scope", Version: strings.Repeat("v", int(i%3)), SchemaURL: "https://example.com"},
	}
}

func TestEverySpanIsWhatTheExporterOfOpenTelemetrySends(t *testing.T) {
	t.Parallel()
	var stubs tracetest.SpanStubs
	for i := range byte(21) {
		stubs = append(stubs, stub(i))
	}
	attributed := stub(21)
	attributed.InstrumentationScope.Attributes = attribute.NewSet(everyValue()...)
	stubs = append(stubs, attributed, tracetest.SpanStub{}, tracetest.SpanStub{StartTime: time.Unix(-1, 0)})
	compare(t, stubs.Snapshots())
}

func TestTheMemoryOfABatchIsUsedForTheNext(t *testing.T) {
	t.Parallel()
	large, small := tracetest.SpanStubs{}, tracetest.SpanStubs{stub(1)}.Snapshots()
	for i := range byte(30) {
		large = append(large, stub(i))
	}
	compare(t, small, large.Snapshots(), small, nil, large.Snapshots()[3:7], small)
}

func TestAnExportThatFailsSaysSo(t *testing.T) {
	t.Parallel()
	refused := errors.New("refused")
	e, err := otlpspan.New(t.Context(), &client{err: refused})
	if err != nil {
		t.Fatal(err)
	}
	err = e.ExportSpans(t.Context(), tracetest.SpanStubs{stub(1)}.Snapshots())
	if !errors.Is(err, refused) || err.Error() != "traces export: refused" {
		t.Errorf("ExportSpans() = %v, want that traces were refused", err)
	}
}

func FuzzSpan(f *testing.F) {
	f.Add("Command.PlaceOrder", "order.id", "4711", int64(7), 0.5, []byte{1, 2}, uint8(1), true)
	f.Add("GET /\xff", "a\xc3", "caf\xe8", int64(0), 0., []byte{0xff}, uint8(3), true)
	f.Add("", "", "", int64(math.MinInt64), math.NaN(), []byte(nil), uint8(255), false)
	f.Fuzz(func(t *testing.T, name, key, words string, n int64, x float64, data []byte, small uint8, yes bool) {
		spans := func(text func(string) string) [][]sdktrace.ReadOnlySpan {
			s := stub(small)
			s.Name, s.Status.Description = text(name), text(words)
			s.StartTime, s.DroppedAttributes = time.Unix(0, n), int(n)
			attrs := []attribute.KeyValue{
				attribute.String(text(key), text(words)), attribute.Int64(text(key), n), attribute.Bool(text(key), yes),
				{Key: "data", Value: attribute.ByteSliceValue(data)}, attribute.Float64("x", x),
				{Key: "all", Value: attribute.SliceValue(attribute.Int64Value(n), attribute.StringValue(text(words)))},
			}
			s.Attributes, s.Events[0].Attributes, s.Links[0].Attributes = attrs, attrs, attrs
			s.Events[0].Name = text(words)
			s.InstrumentationScope = instrumentation.Scope{Name: text(name), Version: text(key), SchemaURL: text(words)}
			s.Resource = resource.NewWithAttributes(text(key), attribute.String(text(name), text(words)))
			return [][]sdktrace.ReadOnlySpan{tracetest.SpanStubs{s, stub(small + 1)}.Snapshots()}
		}
		valid := func(s string) string { return strings.ToValidUTF8(s, "\uFFFD") }
		compareWith(t, spans(func(s string) string { return s }), spans(valid))
	})
}

func TestWhatIsTooMuchForARequestIsSentInSeveral(t *testing.T) {
	t.Parallel()
	var stubs tracetest.SpanStubs
	for i := range byte(40) {
		s := stub(i)
		s.Attributes = []attribute.KeyValue{attribute.String("text", strings.Repeat("x", 1<<20))}
		stubs = append(stubs, s)
	}
	stubs[7].Attributes[0] = attribute.String("text", strings.Repeat("x", 5<<20))
	c := &client{}
	e, err := otlpspan.New(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	if err := e.ExportSpans(t.Context(), stubs.Snapshots()); err != nil {
		t.Fatal(err)
	}
	sent := 0
	for i, r := range c.received(t) {
		spans := 0
		for _, of := range r.GetResourceSpans() {
			for _, in := range of.GetScopeSpans() {
				spans += len(in.GetSpans())
			}
		}
		if size := len(c.sent[i]); size > 4<<20 && spans > 1 {
			t.Errorf("request %d has %d spans and %d bytes", i, spans, size)
		}
		sent += spans
	}
	if sent != len(stubs) || len(c.sent) > 16 {
		t.Errorf("%d spans were sent in %d requests, want %d in 16 at most", sent, len(c.sent), len(stubs))
	}
}

func TestARequestThatIsRefusedDoesNotKeepTheOthers(t *testing.T) {
	t.Parallel()
	large := stub(1)
	large.Attributes = []attribute.KeyValue{attribute.String("text", strings.Repeat("x", 4<<20))}
	c := &client{err: errors.New("refused")}
	e, err := otlpspan.New(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	if err := e.ExportSpans(t.Context(), tracetest.SpanStubs{large, stub(2)}.Snapshots()); !errors.Is(err, c.err) || len(c.sent) != 2 {
		t.Errorf("ExportSpans() = %v after %d requests, want 2 that were refused", err, len(c.sent))
	}
}

func TestABatchIsWrittenWithAFewObjects(t *testing.T) { //nolint:paralleltest // allocations are counted for the whole process
	spans := batch()
	e, err := otlpspan.New(t.Context(), nowhere{})
	if err != nil {
		t.Fatal(err)
	}
	got := testing.AllocsPerRun(100, func() {
		if err := e.ExportSpans(context.Background(), spans); err != nil {
			t.Fatal(err)
		}
	})
	if got > 40 {
		t.Errorf("%v allocations for %d spans, want at most 40", got, len(spans))
	}
	t.Logf("%v allocations for %d spans", got, len(spans))
}

// nowhere is a client that sends nothing.
type nowhere struct{}

func (nowhere) Start(context.Context) error                                  { return nil }
func (nowhere) Stop(context.Context) error                                   { return nil }
func (nowhere) UploadTraces(context.Context, []*tracepb.ResourceSpans) error { return nil }

// batch is as many spans as a processor hands on at once.
func batch() []sdktrace.ReadOnlySpan {
	tracers := sdktrace.NewTracerProvider()
	tracer := tracers.Tracer("benchmark", trace.WithInstrumentationVersion("1.0.0"))
	spans := make([]sdktrace.ReadOnlySpan, 512)
	for i := range spans {
		_, span := tracer.Start(context.Background(), "Command.PlaceOrder", trace.WithAttributes(
			attribute.String("neuroglia.message.kind", "command"), attribute.String("neuroglia.message.type", "PlaceOrder"),
			attribute.String("code.function.name", "example.com/pizzeria/application/ordering.Handlers.placeOrder"),
			attribute.String("neuroglia.outcome", "success"), attribute.String("order.id", "order_l7gazahhygwm6bf7tcxyfi7y47"),
			attribute.Int("order.line_count", 3)))
		span.End()
		spans[i] = span.(sdktrace.ReadOnlySpan)
	}
	return spans
}

func BenchmarkExport(b *testing.B) {
	spans := batch()
	theirs, err := otlptrace.New(b.Context(), &marshaler{})
	if err != nil {
		b.Fatal(err)
	}
	ours, err := otlpspan.New(b.Context(), &marshaler{})
	if err != nil {
		b.Fatal(err)
	}
	for name, e := range map[string]sdktrace.SpanExporter{"otlptrace": theirs, "otlpspan": ours} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := e.ExportSpans(b.Context(), spans); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(spans)), "ns/span")
		})
	}
}

// marshaler does what a client does before it sends.
type marshaler struct{ nowhere }

func (*marshaler) UploadTraces(_ context.Context, spans []*tracepb.ResourceSpans) error {
	_, err := proto.Marshal(&collectorpb.ExportTraceServiceRequest{ResourceSpans: spans})
	return err
}
