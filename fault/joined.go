package fault

import "errors"

// decisive returns the joined error that says what a tree of errors is; err itself if it has no joined errors, or
// a classified error above them.
func decisive(err error) error {
	for e := err; e != nil; e = errors.Unwrap(e) {
		switch e := e.(type) { //nolint:errorlint // this is the walk that errors.As does, up to joined errors
		case *Error:
			return err
		case interface{ Unwrap() []error }:
			if worst := worstOf(e.Unwrap()); worst != nil {
				return worst
			}
		}
	}
	return err
}

func worstOf(errs []error) error {
	var worst error
	for _, err := range errs {
		err = decisive(err)
		if err != nil && (worst == nil || KindOf(err).severity() > KindOf(worst).severity()) {
			worst = err
		}
	}
	return worst
}

func (k Kind) severity() int {
	switch {
	case k.Refusal():
		return 0
	case k == Canceled:
		return 1
	}
	return 2
}
