package observabilitytest

import (
	"cmp"
	"context"
	"log/slog"
	"slices"
	"strings"
	"sync"

	"go.opentelemetry.io/otel/trace"

	"github.com/neuroglia-go/neuroglia/observability/internal/scope"
)

// LogRecord is one log record. Groups are part of the attributes' keys, with dots between.
type LogRecord struct {
	Level   slog.Level
	Message string
	Attrs   []slog.Attr
	Span    trace.SpanContext // of the context it was logged with; not valid if there was none

	spanName string
}

// Logs returns the recorded log records in the order they were made, one a line, attributes sorted by key:
//
//	ERROR command failed error="disk full" neuroglia.message.type=PlaceOrder span=Command.PlaceOrder
//
// Attributes given to observability.With are shown like those of the record; of those with the same key that of the
// record is shown, else that of the logger. Times and durations are shown as *.
func (r *Recorder) Logs() string {
	var b strings.Builder
	for _, rec := range r.LogRecords() {
		words := []string{rec.Level.String(), rec.Message}
		attrs := slices.Clone(rec.Attrs)
		slices.SortStableFunc(attrs, func(a, b slog.Attr) int { return cmp.Compare(a.Key, b.Key) })
		for _, a := range attrs {
			text := r.config.show(a.Key, a.Value.String())
			if kind := a.Value.Kind(); text != "" && (kind == slog.KindDuration || kind == slog.KindTime) {
				text = a.Key + "=*"
			}
			words = append(words, text)
		}
		if rec.Span.IsValid() {
			words = append(words, "span="+cmp.Or(rec.spanName, "(not recorded)"))
		}
		b.WriteString(join(words...) + "\n")
	}
	return b.String()
}

type logBook struct {
	mu      sync.Mutex
	records []LogRecord
}

func (b *logBook) add(r LogRecord) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.records = append(b.records, r)
}

func (b *logBook) all() []LogRecord {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.records)
}

func (b *logBook) reset() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.records = nil
}

// logHandler writes into a book. Its attrs already have the groups they were given under.
type logHandler struct {
	book   *logBook
	level  slog.Leveler
	prefix string
	attrs  []slog.Attr
}

var _ slog.Handler = (*logHandler)(nil)

func (h *logHandler) Enabled(_ context.Context, level slog.Level) bool {
	return level >= h.level.Level()
}

func (h *logHandler) Handle(ctx context.Context, r slog.Record) error {
	rec := LogRecord{
		Level:   r.Level,
		Message: r.Message,
		Attrs:   flatten(flatten(nil, "", scope.Attrs(ctx)...), "", h.attrs...),
		Span:    trace.SpanContextFromContext(ctx),
	}
	r.Attrs(func(a slog.Attr) bool {
		rec.Attrs = flatten(rec.Attrs, h.prefix, a)
		return true
	})
	if named, ok := trace.SpanFromContext(ctx).(interface{ Name() string }); ok {
		rec.spanName = named.Name()
	}
	h.book.add(rec)
	return nil
}

func (h *logHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	next := *h
	next.attrs = flatten(slices.Clone(h.attrs), h.prefix, attrs...)
	return &next
}

func (h *logHandler) WithGroup(name string) slog.Handler {
	if name == "" {
		return h
	}
	next := *h
	next.prefix += name + "."
	return &next
}

// flatten adds attrs to list, with the names of their groups in their keys. Each takes the place of one with the same key.
func flatten(list []slog.Attr, prefix string, attrs ...slog.Attr) []slog.Attr {
	for _, a := range attrs {
		value := a.Value.Resolve()
		switch {
		case value.Kind() != slog.KindGroup:
			if !a.Equal(slog.Attr{}) {
				a = slog.Attr{Key: prefix + a.Key, Value: value}
				list = append(slices.DeleteFunc(list, func(b slog.Attr) bool { return a.Key == b.Key }), a)
			}
		case a.Key == "":
			list = flatten(list, prefix, value.Group()...)
		default:
			list = flatten(list, prefix+a.Key+".", value.Group()...)
		}
	}
	return list
}
