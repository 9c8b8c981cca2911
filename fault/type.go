package fault

import (
	"context"
	"errors"
	"reflect"
)

// TypeOf returns the value of the error.type attribute for err: what the first ErrorType method in its tree says,
// "timeout" or "canceled" for context errors, else the Go type of the innermost wrapped error. Of joined errors it is
// the type of the one that decides about the kind, see [KindOf]. It never returns text of a message, so the number of
// values is bounded by the program.
//
// See https://opentelemetry.io/docs/specs/semconv/attributes-registry/error/.
func TypeOf(err error) string {
	if err == nil {
		return ""
	}
	err = decisive(err)
	var typed interface{ ErrorType() string }
	switch {
	case errors.As(err, &typed):
		return typed.ErrorType()
	case errors.Is(err, context.DeadlineExceeded):
		return Timeout.String()
	case errors.Is(err, context.Canceled):
		return Canceled.String()
	}
	for inner := errors.Unwrap(err); inner != nil; inner = errors.Unwrap(err) {
		err = inner
	}
	return reflect.TypeOf(err).String()
}
