package observability_test

import (
	"errors"
	"log/slog"
	"strings"
	"testing"
)

// brokenError panics in a method, with a nil pointer in both.
type brokenError struct{ text *string }

func (e *brokenError) Error() string { return *e.text }

type brokenTypeError struct{ error }

func (brokenTypeError) ErrorType() string { panic("no type") }

type brokenStringer struct{}

func (*brokenStringer) String() string { panic("no text") }

type brokenValuer struct{}

func (*brokenValuer) LogValue() slog.Value { panic("no value") }

func TestAValueWhoseMethodPanicsIsShownAsText(t *testing.T) {
	t.Parallel()
	var nothing *brokenError
	for name, test := range map[string]struct {
		value any
		want  string
	}{
		"nil error":         {nothing, "error=<nil>"},
		"error":             {&brokenError{}, "error=!PANIC: runtime error: invalid memory address or nil pointer dereference"},
		"error type":        {brokenTypeError{errors.New("x")}, "error=!PANIC: no type"},
		"nil error in list": {[]error{errors.New("x"), nothing}, "error=[x <nil>]"},
		"nil error in map":  {map[string]error{"a": nothing}, "error=map[a:<nil>]"},
		"stringer":          {&brokenStringer{}, "error={}"},
		"valuer":            {&brokenValuer{}, "LogValue panicked"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := newOutputs(slog.LevelInfo)
			o.InfoContext(t.Context(), "in the record", "error", test.value)
			o.With("error", test.value).InfoContext(t.Context(), "given before")
			o.WithGroup("g").InfoContext(t.Context(), "in a group", "error", test.value)
			o.InfoContext(t.Context(), "beside an error", "other", test.value, "cause", errors.New("disk full"))
			if got := o.export.String(); strings.Count(got, "INFO ") != 4 || !strings.Contains(got, test.want) {
				t.Errorf("got %s\nwant %s", got, test.want)
			}
			if got := o.export.String(); !strings.Contains(got, "exception.message=disk full") && name != "valuer" {
				t.Errorf("got %s\nwant the exception beside it", got)
			}
			if got := o.written(t); strings.Count(got, "\n") != 3 {
				t.Errorf("got %s, want 4 lines", got)
			}
		})
	}
}
