package observability

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"slices"
	"time"

	"go.opentelemetry.io/otel/baggage"
	"go.opentelemetry.io/otel/trace"

	"github.com/neuroglia-go/neuroglia/observability/internal/scope"
)

// With returns a context under which every log record has attrs, wherever it is made. They stand outside the groups of
// the logger; an attribute of the record itself wins over one of the same key, and so does a later With.
func With(ctx context.Context, attrs ...slog.Attr) context.Context { return scope.With(ctx, attrs...) }

// handler writes records to standard output and over OTLP, with what the context knows: trace and span id (on standard
// output, OTLP has its own fields for them), attributes given to [With], and the baggage that is trusted. All of that
// stands at the top level, also under a logger's groups, so that queries find it.
type handler struct {
	level   slog.Leveler
	stdout  slog.Handler
	export  slog.Handler // nil if logs are not exported
	baggage []string
	groups  []group // the logger's groups, outermost first, which are opened when a record comes
}

type group struct {
	name  string
	attrs []slog.Attr
}

var _ slog.Handler = (*handler)(nil)

// newStdoutHandler writes text for people and JSON for machines.
func newStdoutHandler(w io.Writer, level slog.Leveler) slog.Handler {
	opts := &slog.HandlerOptions{Level: level}
	if f, ok := w.(*os.File); ok {
		if info, err := f.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 {
			return slog.NewTextHandler(w, opts)
		}
	}
	return slog.NewJSONHandler(w, opts)
}

// Enabled is the gate in front of both outputs: a record below the level costs nothing.
func (h *handler) Enabled(_ context.Context, level slog.Level) bool { return level >= h.level.Level() }

// Handle implements [slog.Handler].
func (h *handler) Handle(ctx context.Context, r slog.Record) error {
	attrs := make([]slog.Attr, 0, r.NumAttrs())
	r.Attrs(func(a slog.Attr) bool {
		attrs = append(attrs, a)
		return true
	})
	for _, g := range slices.Backward(h.groups) {
		attrs = []slog.Attr{{Key: g.name, Value: slog.GroupValue(slices.Concat(g.attrs, attrs)...)}}
	}
	attrs = plain(h.withContext(ctx, attrs))

	var err error
	if h.export != nil && h.export.Enabled(ctx, r.Level) {
		out := slog.NewRecord(r.Time, r.Level, r.Message, r.PC)
		out.AddAttrs(withException(attrs)...)
		err = h.export.Handle(ctx, out)
	}
	out := slog.NewRecord(r.Time, r.Level, r.Message, r.PC)
	out.AddAttrs(attrs...)
	if span := trace.SpanContextFromContext(ctx); span.IsValid() {
		out.AddAttrs(slog.String("trace_id", span.TraceID().String()), slog.String("span_id", span.SpanID().String()))
	}
	return errors.Join(err, h.stdout.Handle(ctx, out))
}

// withContext appends what the context adds to every record.
func (h *handler) withContext(ctx context.Context, attrs []slog.Attr) []slog.Attr {
	own := attrs
	add := func(a slog.Attr) {
		if !slices.ContainsFunc(own, func(b slog.Attr) bool { return a.Key == b.Key }) {
			attrs = append(attrs, a)
		}
	}
	for _, a := range scope.Attrs(ctx) {
		add(a)
	}
	if len(h.baggage) > 0 {
		members := baggage.FromContext(ctx)
		for _, key := range h.baggage {
			if value := members.Member(key).Value(); value != "" {
				add(slog.String(key, value))
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
	attrs = plain(attrs)
	next.stdout = h.stdout.WithAttrs(attrs)
	if h.export != nil {
		next.export = h.export.WithAttrs(withException(attrs))
	}
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

// plain makes values the same in both outputs: durations are seconds and times RFC 3339. It leaves out empty groups.
func plain(attrs []slog.Attr) []slog.Attr {
	out := make([]slog.Attr, 0, len(attrs))
	for _, a := range attrs {
		if a.Value = plainValue(a.Value); a.Value.Kind() != slog.KindGroup || len(a.Value.Group()) > 0 {
			out = append(out, a)
		}
	}
	return out
}

func plainValue(v slog.Value) slog.Value {
	v = v.Resolve()
	switch v.Kind() { //nolint:exhaustive // the others are plain
	case slog.KindDuration:
		return slog.Float64Value(v.Duration().Seconds())
	case slog.KindTime:
		return slog.StringValue(v.Time().Format(time.RFC3339Nano))
	case slog.KindGroup:
		return slog.GroupValue(plain(v.Group())...)
	}
	return v
}

// withException prepares errors for OTLP. One error, preferably that with the key "error", stands at the top level,
// where the SDK makes exception.type and exception.message from it; the others become text, because the bridge would
// keep only the last.
func withException(attrs []slog.Attr) []slog.Attr {
	key, exception := findError(attrs)
	if exception == nil {
		return attrs
	}
	out := make([]slog.Attr, 0, len(attrs)+1)
	for _, a := range attrs {
		if err, ok := a.Value.Any().(error); ok {
			if a.Key == key {
				continue
			}
			a.Value = slog.StringValue(err.Error())
		}
		out = append(out, a)
	}
	return append(out, slog.Any("error", exception))
}

// findError returns the error with the key "error", else the first error, and its key if it is not in a group.
func findError(attrs []slog.Attr) (key string, found error) {
	for _, a := range attrs {
		if err, ok := a.Value.Any().(error); ok && (found == nil || a.Key == "error") {
			key, found = a.Key, err
		}
	}
	if found != nil {
		return key, found
	}
	for _, a := range attrs {
		if a.Value.Kind() != slog.KindGroup {
			continue
		}
		if _, err := findError(a.Value.Group()); err != nil {
			return "", err
		}
	}
	return "", nil
}
