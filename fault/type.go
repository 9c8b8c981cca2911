package fault

import (
	"context"
	"errors"
	"reflect"
)

// TypeOf returns the value of the error.type attribute for err: what the first ErrorType method in its tree says,
// "timeout" or "canceled" for context errors, else the Go type of the innermost wrapped error. It never returns text
// of a message, so the number of values is bounded by the program.
//
// See https://opentelemetry.io/docs/specs/semconv/attributes-registry/error/.
func TypeOf(err error) string {
	if err == nil {
		return ""
	}
	var typed interface{ ErrorType() string }
	switch {
	case errors.As(err, &typed):
		return typed.ErrorType()
	case errors.Is(err, context.DeadlineExceeded):
		return Timeout.String()
	case errors.Is(err, context.Canceled):
		return Canceled.String()
	}
	return reflect.TypeOf(innermost(err)).String()
}

func innermost(err error) error {
	for {
		var next error
		switch e := err.(type) { //nolint:errorlint // this walks down to the innermost error
		case interface{ Unwrap() error }:
			next = e.Unwrap()
		case interface{ Unwrap() []error }:
			if errs := e.Unwrap(); len(errs) > 0 {
				next = errs[0]
			}
		}
		if next == nil {
			return err
		}
		err = next
	}
}
