package observability

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"go.opentelemetry.io/otel"
)

// How often the SDK's troubles may be told: the first of a kind at once, each kind again after a while with the number
// of those that were not told, and all kinds together at most this often a minute.
const (
	errorPause     = 30 * time.Second
	errorsAMinute  = 10
	mostErrorKinds = 100
)

// errorLog is the receiver of the SDK's errors. It logs to standard output only: sent over OTLP, an error of the log
// exporter would make the next one.
type errorLog struct {
	logger *slog.Logger
	now    func() time.Time

	mu    sync.Mutex
	kinds map[string]*errorKind
	told  []time.Time // within the last minute
}

type errorKind struct {
	told   time.Time
	untold int
}

var _ otel.ErrorHandler = (*errorLog)(nil)

func newErrorLog(logger *slog.Logger) *errorLog {
	return &errorLog{logger: logger, now: time.Now, kinds: map[string]*errorKind{}}
}

// Handle implements [otel.ErrorHandler].
func (l *errorLog) Handle(err error) {
	if err == nil {
		return
	}
	if untold, ok := l.admit(err.Error()); ok {
		attrs := append(suppressed(untold), slog.Any("error", err))
		l.logger.LogAttrs(context.Background(), slog.LevelWarn, "telemetry error", attrs...)
	}
}

// admit reports whether a message is to be told now, and how many of its kind were not since the last one.
func (l *errorLog) admit(message string) (untold int, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	l.told = slices.DeleteFunc(l.told, func(t time.Time) bool { return now.Sub(t) >= time.Minute })
	name := kindOf(message)
	kind := l.kinds[name]
	if kind == nil {
		if len(l.kinds) >= mostErrorKinds {
			clear(l.kinds)
		}
		kind = &errorKind{}
		l.kinds[name] = kind
	}
	if len(l.told) >= errorsAMinute || !kind.told.IsZero() && now.Sub(kind.told) < errorPause {
		kind.untold++
		return 0, false
	}
	untold, kind.untold, kind.told = kind.untold, 0, now
	l.told = append(l.told, now)
	return untold, true
}

// suppressed says how many errors were not told, if any.
func suppressed(n int) []slog.Attr {
	if n == 0 {
		return nil
	}
	return []slog.Attr{slog.Int("suppressed", n)}
}

// rest returns how many errors were never told.
func (l *errorLog) rest() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := 0
	for _, kind := range l.kinds {
		n += kind.untold
	}
	return n
}

// kindOf returns what messages about the same trouble have in common: their beginning, without digits.
func kindOf(message string) string {
	const enough = 60
	letters := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return -1
		}
		return r
	}, message[:min(len(message), 2*enough)])
	return letters[:min(len(letters), enough)]
}

// sdkLog is the handler of what the SDK says about itself beside errors. It gates by the SDK's own scale, on which
// warnings, information and debugging are at 1, 4 and 8 below slog's information.
type sdkLog struct {
	slog.Handler
	least  slog.Level
	errors *errorLog
}

func newSDKLog(h slog.Handler, level string, errs *errorLog) *sdkLog {
	least := map[string]slog.Level{"none": slog.Level(100), "error": slog.LevelError, "info": -4, "debug": -8}
	l, ok := least[level]
	if !ok {
		l = -1
	}
	return &sdkLog{Handler: h, least: l, errors: errs}
}

// Enabled reports whether the SDK may say something at this level.
func (h *sdkLog) Enabled(_ context.Context, level slog.Level) bool { return level >= h.least }

// Handle writes the record unless its kind was told a moment ago.
func (h *sdkLog) Handle(ctx context.Context, r slog.Record) error {
	if r.Level < h.least { // logr asks nobody before it logs an error
		return nil
	}
	untold, ok := h.errors.admit(r.Message)
	if !ok {
		return nil
	}
	r = r.Clone()
	r.Level = shown(r.Level)
	r.AddAttrs(suppressed(untold)...)
	return h.Handler.Handle(ctx, r) //nolint:wrapcheck // a handler hands on
}

// WithAttrs implements [slog.Handler].
func (h *sdkLog) WithAttrs(attrs []slog.Attr) slog.Handler {
	return &sdkLog{Handler: h.Handler.WithAttrs(attrs), least: h.least, errors: h.errors}
}

// WithGroup implements [slog.Handler].
func (h *sdkLog) WithGroup(name string) slog.Handler {
	return &sdkLog{Handler: h.Handler.WithGroup(name), least: h.least, errors: h.errors}
}

// shown translates a level of the SDK's scale to slog's.
func shown(sdk slog.Level) slog.Level {
	switch {
	case sdk >= slog.LevelError:
		return slog.LevelError
	case sdk >= -1:
		return slog.LevelWarn
	case sdk >= -4:
		return slog.LevelInfo
	}
	return slog.LevelDebug
}
