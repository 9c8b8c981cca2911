package observability_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/slogtest"
	"time"

	"go.opentelemetry.io/otel/baggage"
	sdklog "go.opentelemetry.io/otel/sdk/log"
	"go.opentelemetry.io/otel/trace"

	"github.com/neuroglia-go/neuroglia/fault"
	"github.com/neuroglia-go/neuroglia/observability"
	"github.com/neuroglia-go/neuroglia/observability/observabilitytest"
)

// outputs are both outputs of a logger as text.
type outputs struct {
	stdout bytes.Buffer
	export exported
	*slog.Logger
}

func newOutputs(level slog.Leveler, baggage ...string) *outputs {
	o := &outputs{}
	o.Logger = observability.NewLogger(&o.stdout, sdklog.NewLoggerProvider(sdklog.WithProcessor(&o.export)), level, baggage...)
	return o
}

// written returns the JSON lines without their times.
func (o *outputs) written(t *testing.T) string {
	t.Helper()
	var lines []string
	for line := range strings.Lines(o.stdout.String()) {
		var record map[string]any
		if err := json.Unmarshal([]byte(line), &record); err != nil {
			t.Errorf("%q: %v", line, err)
		}
		delete(record, "time")
		text, err := json.Marshal(record)
		if err != nil {
			t.Error(err)
		}
		lines = append(lines, string(text))
	}
	return strings.Join(lines, "\n")
}

// exported is a processor that keeps records as text.
type exported struct {
	mu    sync.Mutex
	lines []string
}

func (e *exported) OnEmit(_ context.Context, r *sdklog.Record) error {
	var words []string
	for a := range r.WalkAttributes {
		words = append(words, fmt.Sprintf("%s=%s", a.Key, a.Value.String()))
	}
	slices.Sort(words)
	e.mu.Lock()
	defer e.mu.Unlock()
	line := fmt.Sprintf("%s %s %s", r.SeverityText(), r.Body().String(), strings.Join(words, " "))
	if r.SpanID().IsValid() {
		line += " span=" + r.SpanID().String()
	}
	e.lines = append(e.lines, line)
	return nil
}

func (*exported) Enabled(context.Context, sdklog.EnabledParameters) bool { return true }
func (*exported) Shutdown(context.Context) error                         { return nil }
func (*exported) ForceFlush(context.Context) error                       { return nil }

func (e *exported) String() string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return strings.Join(e.lines, "\n")
}

func spanContext(t *testing.T) context.Context {
	t.Helper()
	return trace.ContextWithSpanContext(t.Context(), trace.NewSpanContext(trace.SpanContextConfig{
		TraceID: trace.TraceID{1}, SpanID: trace.SpanID{2}, TraceFlags: trace.FlagsSampled}))
}

func TestTheHandlerKeepsTheRulesOfSlog(t *testing.T) {
	t.Parallel()
	var out *bytes.Buffer
	slogtest.Run(t, func(*testing.T) slog.Handler {
		out = &bytes.Buffer{}
		return observability.NewLogger(out, nil, slog.LevelInfo).Handler()
	}, func(t *testing.T) map[string]any {
		t.Helper()
		var record map[string]any
		if err := json.Unmarshal(out.Bytes(), &record); err != nil {
			t.Fatalf("%q: %v", out.String(), err)
		}
		return record
	})
}

func TestRecordsGoToBothOutputsWithTheIDsOfTheSpan(t *testing.T) {
	t.Parallel()
	o := newOutputs(slog.LevelInfo)
	o.InfoContext(spanContext(t), "order placed", "order.id", "1", "lines", 2)
	o.InfoContext(t.Context(), "no span")
	observabilitytest.Diff(t, o.written(t), `
		{"level":"INFO","lines":2,"msg":"order placed","order.id":"1","span_id":"0200000000000000","trace_id":"01000000000000000000000000000000"}
		{"level":"INFO","msg":"no span"}
	`)
	observabilitytest.Diff(t, o.export.String(), `
		INFO order placed lines=2 order.id=1 span=0200000000000000
		INFO no span
	`)
}

func TestWhatTheContextAddsStandsOutsideGroups(t *testing.T) {
	t.Parallel()
	o := newOutputs(slog.LevelInfo)
	ctx := observability.With(spanContext(t), slog.String("tenant", "t1"), slog.Int("attempt", 1))
	ctx = observability.With(ctx, slog.Int("attempt", 2))
	logger := o.With("a", 1).WithGroup("g").With("b", 2).WithGroup("h").WithGroup("")
	logger.InfoContext(ctx, "deep", "c", 3)
	logger.InfoContext(t.Context(), "shallow")
	o.WithGroup("empty").InfoContext(t.Context(), "nothing in it")
	o.InfoContext(ctx, "the record wins", "tenant", "t2")
	observabilitytest.Diff(t, o.written(t), `
		{"a":1,"attempt":2,"g":{"b":2,"h":{"c":3}},"level":"INFO","msg":"deep","span_id":"0200000000000000","tenant":"t1","trace_id":"01000000000000000000000000000000"}
		{"a":1,"g":{"b":2},"level":"INFO","msg":"shallow"}
		{"level":"INFO","msg":"nothing in it"}
		{"attempt":2,"level":"INFO","msg":"the record wins","span_id":"0200000000000000","tenant":"t2","trace_id":"01000000000000000000000000000000"}
	`)
	observabilitytest.Diff(t, o.export.String(), `
		INFO deep a=1 attempt=2 g={"b":2,"h":{"c":3}} tenant=t1 span=0200000000000000
		INFO shallow a=1 g={"b":2}
		INFO nothing in it
		INFO the record wins attempt=2 tenant=t2 span=0200000000000000
	`)
}

func TestDerivedLoggersDoNotDisturbEachOther(t *testing.T) {
	t.Parallel()
	o := newOutputs(slog.LevelInfo)
	base := o.WithGroup("g").With("a", 1)
	left, right := base.With("b", 2), base.With("c", 3)
	left.InfoContext(t.Context(), "left")
	right.InfoContext(t.Context(), "right")
	base.InfoContext(t.Context(), "base")
	observabilitytest.Diff(t, o.export.String(), `
		INFO left g={"a":1,"b":2}
		INFO right g={"a":1,"c":3}
		INFO base g={"a":1}
	`)
}

type secret string

func (secret) LogValue() slog.Value { return slog.DurationValue(time.Minute) }

func TestDurationsAreSecondsAndTimesAreRFC3339(t *testing.T) {
	t.Parallel()
	o := newOutputs(slog.LevelInfo)
	at := time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC)
	o.With("took", 1500*time.Millisecond).InfoContext(t.Context(), "done", "at", at, slog.Group("g", "took", time.Second), "v", secret("x"))
	observabilitytest.Diff(t, o.written(t), `
		{"at":"2026-01-02T03:04:05.000000006Z","g":{"took":1},"level":"INFO","msg":"done","took":1.5,"v":60}
	`)
	observabilitytest.Diff(t, o.export.String(), `
		INFO done at=2026-01-02T03:04:05.000000006Z g={"took":1} took=1.5 v=60
	`)
}

func TestAnErrorBecomesAnException(t *testing.T) {
	t.Parallel()
	o := newOutputs(slog.LevelInfo)
	failed := errors.New("disk full")
	o.ErrorContext(t.Context(), "one", "error", failed)
	o.ErrorContext(t.Context(), "two", "cause", errors.New("first"), "error", fault.New(fault.Conflict, "taken"))
	o.ErrorContext(t.Context(), "other key", "err", failed)
	o.With("error", failed).ErrorContext(t.Context(), "given before")
	o.WithGroup("g").ErrorContext(t.Context(), "in a group", "error", failed)
	observabilitytest.Diff(t, o.export.String(), `
		ERROR one exception.message=disk full exception.type=*errors.errorString
		ERROR two cause=first exception.message=taken exception.type=conflict
		ERROR other key exception.message=disk full exception.type=*errors.errorString
		ERROR given before exception.message=disk full exception.type=*errors.errorString
		ERROR in a group exception.message=disk full exception.type=*errors.errorString g={"error":"disk full"}
	`)
	observabilitytest.Diff(t, o.written(t), `
		{"error":"disk full","level":"ERROR","msg":"one"}
		{"cause":"first","error":"taken","level":"ERROR","msg":"two"}
		{"err":"disk full","level":"ERROR","msg":"other key"}
		{"error":"disk full","level":"ERROR","msg":"given before"}
		{"g":{"error":"disk full"},"level":"ERROR","msg":"in a group"}
	`)
}

func TestOnlyTrustedBaggageIsCopiedToRecords(t *testing.T) {
	t.Parallel()
	o := newOutputs(slog.LevelInfo, "tenant", "absent")
	o.InfoContext(withBaggage(t, t.Context(), "tenant", "t1", "stranger", "x"), "hello")
	observabilitytest.Diff(t, o.export.String(), `INFO hello tenant=t1`)
	observabilitytest.Diff(t, o.written(t), `{"level":"INFO","msg":"hello","tenant":"t1"}`)
}

func TestTheLevelCanChangeWhileTheServiceRuns(t *testing.T) {
	t.Parallel()
	var level slog.LevelVar
	o := newOutputs(&level)
	o.DebugContext(t.Context(), "hidden")
	level.Set(slog.LevelDebug)
	o.DebugContext(t.Context(), "shown")
	observabilitytest.Diff(t, o.written(t), `{"level":"DEBUG","msg":"shown"}`)
	observabilitytest.Diff(t, o.export.String(), `DEBUG shown`)
}

func TestARecordBelowTheLevelAllocatesNothing(t *testing.T) { //nolint:paralleltest // allocations are counted for the whole process
	o := newOutputs(slog.LevelInfo)
	ctx := observability.With(spanContext(t), slog.String("tenant", "t1"))
	if got := testing.AllocsPerRun(100, func() {
		o.LogAttrs(ctx, slog.LevelDebug, "hidden", slog.Int("n", 1))
	}); got != 0 {
		t.Errorf("got %v allocations, want 0", got)
	}
}

func TestATerminalGetsText(t *testing.T) {
	t.Parallel()
	device, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0) // a character device, as a terminal is
	if err != nil {
		t.Skip(err)
	}
	defer device.Close()
	pipe, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer pipe.Close()
	defer w.Close()
	if got := observability.StdoutFormat(device); got != "*slog.TextHandler" {
		t.Errorf("got %s on a device, want text", got)
	}
	if got := observability.StdoutFormat(w); got != "*slog.JSONHandler" {
		t.Errorf("got %s on a pipe, want JSON", got)
	}
}

func withBaggage(t *testing.T, ctx context.Context, pairs ...string) context.Context { //nolint:revive // t first, as in all helpers
	t.Helper()
	var members []baggage.Member
	for pair := range slices.Chunk(pairs, 2) {
		m, err := baggage.NewMemberRaw(pair[0], pair[1])
		if err != nil {
			t.Fatal(err)
		}
		members = append(members, m)
	}
	b, err := baggage.New(members...)
	if err != nil {
		t.Fatal(err)
	}
	return baggage.ContextWithBaggage(ctx, b)
}

// The race detector makes pools forget, so that the limits leave room.
func TestARecordAllocatesLittle(t *testing.T) { //nolint:paralleltest // allocations are counted for the whole process
	provider := sdklog.NewLoggerProvider(sdklog.WithProcessor(sdklog.NewBatchProcessor(taken{})))
	for name, test := range map[string]struct {
		logger *slog.Logger
		most   float64
	}{
		"standard output": {observability.NewLogger(discard{}, nil, slog.LevelInfo), 4},
		"both outputs":    {observability.NewLogger(discard{}, provider, slog.LevelInfo), 8},
	} {
		ctx := spanContext(t)
		if got := testing.AllocsPerRun(1000, func() {
			test.logger.LogAttrs(ctx, slog.LevelInfo, "order placed", slog.String("order.id", "1"), slog.Int("lines", 2), slog.Bool("paid", true))
		}); got > test.most {
			t.Errorf("%s: got %v allocations, want at most %v", name, got, test.most)
		}
	}
}
