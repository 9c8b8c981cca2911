package observability

import (
	"context"
	"encoding/hex"
	"errors"
	"log/slog"
	"slices"
	"sync"

	"go.opentelemetry.io/otel/baggage"
	"go.opentelemetry.io/otel/trace"

	"github.com/neuroglia-go/neuroglia/observability/internal/scope"
)

// With returns a context under which every log record has attrs, wherever it is made. They stand outside the groups of
// the logger. Of attributes with the same key, that of the record itself wins, then that of the logger, then that of the
// latest With.
func With(ctx context.Context, attrs ...slog.Attr) context.Context { return scope.With(ctx, attrs...) }

// handler writes records to standard output and over OTLP, with what the context knows: trace and span id (on standard
// output, OTLP has its own fields for them), attributes given to [With], and the baggage that is trusted. All of that
// stands at the top level, also under a logger's groups, so that queries find it.
type handler struct {
	level   slog.Leveler
	stdout  slog.Handler
	export  slog.Handler // nil if logs are not exported
	baggage []string
	attrs   []slog.Attr // the logger's, outside its groups
	groups  []group     // the logger's groups, outermost first, which are opened when a record comes
	room    *sync.Pool  // of lists for the attributes of a record
}

type group struct {
	name  string
	attrs []slog.Attr
}

var _ slog.Handler = (*handler)(nil)

func newHandler(level slog.Leveler, stdout, export slog.Handler, baggage []string) *handler {
	room := &sync.Pool{New: func() any { return new([]slog.Attr) }}
	return &handler{level: level, stdout: stdout, export: export, baggage: baggage, room: room}
}

// Enabled is the gate in front of both outputs: a record below the level costs nothing.
func (h *handler) Enabled(_ context.Context, level slog.Level) bool { return level >= h.level.Level() }

// Handle implements [slog.Handler].
func (h *handler) Handle(ctx context.Context, r slog.Record) error {
	room, _ := h.room.Get().(*[]slog.Attr)
	attrs := (*room)[:0]
	attrs = append(attrs, h.attrs...)
	if len(h.groups) == 0 {
		r.Attrs(func(a slog.Attr) bool {
			attrs = putOne(attrs, a)
			return true
		})
	} else {
		attrs = putOne(attrs, h.grouped(r))
	}
	attrs = h.withContext(ctx, attrs)

	var err error
	if h.export != nil && h.export.Enabled(ctx, r.Level) {
		err = h.exportRecord(ctx, r, attrs)
	}
	if span := trace.SpanContextFromContext(ctx); span.IsValid() {
		traceID, spanID := ids(span)
		attrs = putOne(putOne(attrs, slog.String("trace_id", traceID)), slog.String("span_id", spanID))
	}
	err = errors.Join(err, h.stdout.Handle(ctx, with(r, attrs)))
	clear(attrs)
	*room = attrs
	h.room.Put(room)
	return err
}

// grouped is the outermost group of the logger with what is in it.
func (h *handler) grouped(r slog.Record) slog.Attr {
	inner := make([]slog.Attr, 0, r.NumAttrs())
	r.Attrs(func(a slog.Attr) bool {
		inner = append(inner, a)
		return true
	})
	for _, g := range slices.Backward(h.groups[1:]) {
		inner = []slog.Attr{{Key: g.name, Value: slog.GroupValue(slices.Concat(g.attrs, inner)...)}}
	}
	return slog.Attr{Key: h.groups[0].name, Value: slog.GroupValue(slices.Concat(h.groups[0].attrs, inner)...)}
}

// ids are those of a span in hexadecimal digits, both in one piece of memory.
func ids(span trace.SpanContext) (traceID, spanID string) {
	t, s := span.TraceID(), span.SpanID()
	const first, all = 2 * len(t), 2 * (len(t) + len(s))
	var digits [all]byte
	hex.Encode(digits[:first], t[:])
	hex.Encode(digits[first:], s[:])
	both := string(digits[:])
	return both[:first], both[first:]
}

// exportRecord hands a record on. Values whose methods panic become text, as they do on standard output.
func (h *handler) exportRecord(ctx context.Context, r slog.Record, attrs []slog.Attr) (err error) {
	defer func() {
		if recover() != nil {
			err = h.export.Handle(ctx, with(r, withException(harmless(attrs))))
		}
	}()
	return h.export.Handle(ctx, with(r, withException(attrs))) //nolint:wrapcheck // a handler hands on
}

// with is a record with these attributes only.
func with(r slog.Record, attrs []slog.Attr) slog.Record {
	out := slog.NewRecord(r.Time, r.Level, r.Message, r.PC)
	out.AddAttrs(attrs...)
	return out
}

// withContext appends what the context adds to every record, except what the record has.
func (h *handler) withContext(ctx context.Context, attrs []slog.Attr) []slog.Attr {
	attrs = putAbsent(attrs, scope.Attrs(ctx)...)
	if len(h.baggage) > 0 {
		members := baggage.FromContext(ctx)
		for _, key := range h.baggage {
			if value := members.Member(key).Value(); value != "" {
				attrs = putAbsent(attrs, slog.String(key, value))
			}
		}
	}
	return attrs
}

// WithAttrs implements [slog.Handler].
func (h *handler) WithAttrs(attrs []slog.Attr) slog.Handler {
	if len(attrs) == 0 {
		return h
	}
	next := *h
	if n := len(h.groups); n > 0 {
		last := h.groups[n-1]
		next.groups = append(slices.Clone(h.groups[:n-1]), group{last.name, slices.Concat(last.attrs, attrs)})
		return &next
	}
	next.attrs = put(slices.Clone(h.attrs), attrs...)
	return &next
}

// WithGroup implements [slog.Handler].
func (h *handler) WithGroup(name string) slog.Handler {
	if name == "" {
		return h
	}
	next := *h
	next.groups = append(slices.Clip(h.groups), group{name: name})
	return &next
}
