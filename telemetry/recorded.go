package telemetry

import "errors"

// recorded marks an error that has been logged. It reads like the error it holds.
type recorded struct{ error }

func (r recorded) Unwrap() error { return r.error }

// Recorded reports whether err has been logged by the layer in which it was final, so that no other layer logs it again.
func Recorded(err error) bool {
	var r recorded
	return errors.As(err, &r)
}

// MarkRecorded returns err, marked as logged. It keeps the text and what errors.Is and errors.As find.
func MarkRecorded(err error) error {
	if err == nil || Recorded(err) {
		return err
	}
	return recorded{err}
}
