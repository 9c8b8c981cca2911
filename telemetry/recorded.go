package telemetry

import (
	"errors"

	"github.com/neuroglia-go/neuroglia/fault"
)

// recorded marks an error that has been logged. It reads like the error it holds.
type recorded struct{ error }

func (r recorded) Unwrap() error { return r.error }

// Recorded reports whether err has been logged by the layer in which it was final, so that no other layer logs it again.
// Joined errors have been if every failure among them has.
func Recorded(err error) bool {
	for ; err != nil; err = errors.Unwrap(err) {
		switch e := err.(type) { //nolint:errorlint // this is the walk that errors.As does, up to joined errors
		case recorded:
			return true
		case interface{ Unwrap() []error }:
			return failuresRecorded(e.Unwrap())
		}
	}
	return false
}

func failuresRecorded(errs []error) bool {
	found := false
	for _, err := range errs {
		switch kind := fault.KindOf(err); {
		case Recorded(err):
			found = true
		case err != nil && !kind.Refusal() && kind != fault.Canceled:
			return false
		}
	}
	return found
}

// MarkRecorded returns err, marked as logged. It keeps the text and what errors.Is and errors.As find.
func MarkRecorded(err error) error {
	if err == nil || Recorded(err) {
		return err
	}
	return recorded{err}
}
