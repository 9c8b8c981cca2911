package observability

import (
	"fmt"
	"log/slog"
	"reflect"
)

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
		if err := errorOf(a.Value); err != nil {
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
		if err := errorOf(a.Value); err != nil && (found == nil || a.Key == "error") {
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

// errorOf returns the error that a value is, if it is one.
func errorOf(v slog.Value) error {
	if v.Kind() != slog.KindAny { // Any would allocate
		return nil
	}
	err, _ := v.Any().(error)
	return err
}

// harmless makes text of values whose methods may panic: of errors only if one does, of others always.
func harmless(attrs []slog.Attr) []slog.Attr {
	out := make([]slog.Attr, 0, len(attrs))
	for _, a := range attrs {
		switch a.Value.Kind() { //nolint:exhaustive // the others have no methods
		case slog.KindGroup:
			a.Value = slog.GroupValue(harmless(a.Value.Group())...)
		case slog.KindAny:
			if err, ok := a.Value.Any().(error); !ok {
				a.Value = slog.StringValue(fmt.Sprintf("%+v", a.Value.Any())) // fmt recovers
			} else if text, panics := panicOf(err); panics {
				a.Value = slog.StringValue(text)
			}
		}
		out = append(out, a)
	}
	return out
}

// panicOf reports whether a method of err that exporting calls panics, and what slog's handlers write then.
func panicOf(err error) (text string, panics bool) {
	defer func() {
		if r := recover(); r != nil {
			text, panics = fmt.Sprintf("!PANIC: %v", r), true
			if v := reflect.ValueOf(err); v.Kind() == reflect.Pointer && v.IsNil() {
				text = "<nil>"
			}
		}
	}()
	_ = err.Error()
	if typed, ok := err.(interface{ ErrorType() string }); ok {
		_ = typed.ErrorType()
	}
	return "", false
}
